;; A guest that wants more than its one way out.
(module
  (import "rehearsal" "host" (func (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func (param i32 i32 i32) (result i32)))
  (import "env" "system" (func (param i32) (result i32)))
  (memory (export "memory") 1))
