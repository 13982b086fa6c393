;; What a guest whose own memory is broken could do: every function it is called for, by the first letter of its name, does something else that no
;; guest does. tests/sandbox/hostile.rs says what has to come of it.
(module
  (import "rehearsal" "host" (func $host (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (table 10 funcref)

  ;; 512: the answer `Ok(())`. 520: no request.
  (data (i32.const 512) "\00")
  (data (i32.const 520) "\ff\ff\ff\ff\ff\ff\ff\ff")

  (func $fine (result i64)
    (i64.or (i64.shl (i64.const 1) (i64.const 32)) (i64.const 512)))
  (func (export "settle") (result i64) (call $fine))
  (func (export "import_ahead") (result i64) (call $fine))
  (func (export "resume") (result i64) (call $fine))
  (func (export "script") (result i64) (call $fine))
  (func (export "asked") (result i32) (i32.const 0xfffffff0))
  (func (export "breaker") (result i32) (i32.const 0x7fffffff))
  (func (export "user_code") (result i32) (i32.const 0xffffff00))
  (func (export "room") (param i32) (result i32) (i32.const 1024))

  (func $forever (loop $again (br $again)))
  (func $deeper (call $deeper))

  ;; The message at 1024 is a `Call` of a module with a name of one letter: its length, the letter, the length of the function's name, the name.
  (func (export "call") (result i64)
    (local $which i32)
    (local.set $which (i32.load8_u (i32.const 1027)))

    ;; asks from beyond its memory
    (if (i32.eq (local.get $which) (i32.const 97)) ;; a
      (then (drop (call $host (i32.const 0xffffff00) (i32.const 16) (i32.const 2048) (i32.const 1024)))))
    ;; asks with a length that wraps around
    (if (i32.eq (local.get $which) (i32.const 98)) ;; b
      (then (drop (call $host (i32.const 520) (i32.const 0xffffffff) (i32.const 2048) (i32.const 1024)))))
    ;; asks something that is no request
    (if (i32.eq (local.get $which) (i32.const 99)) ;; c
      (then (drop (call $host (i32.const 520) (i32.const 8) (i32.const 2048) (i32.const 1024)))))
    ;; asks for the rest of an answer into memory that it does not have
    (if (i32.eq (local.get $which) (i32.const 100)) ;; d
      (then (drop (call $host (i32.const 0) (i32.const 0) (i32.const 0xfffffff0) (i32.const 0xffffffff)))))
    ;; answers from beyond its memory
    (if (i32.eq (local.get $which) (i32.const 101)) ;; e
      (then (return (i64.const 0x7fffffff_fffffff0))))
    ;; answers with no outcome
    (if (i32.eq (local.get $which) (i32.const 102)) ;; f
      (then (return (i64.or (i64.shl (i64.const 8) (i64.const 32)) (i64.const 520)))))
    ;; returns a list within a list within a list, sixty thousand times
    (if (i32.eq (local.get $which) (i32.const 103)) ;; g
      (then
        (i32.store8 (i32.const 4096) (i32.const 0)) ;; `Outcome::Returned`
        (call $nest (i32.const 4097) (i32.const 60000))
        (return (i64.or (i64.shl (i64.const 120001) (i64.const 32)) (i64.const 4096)))))
    ;; goes on for ever, where the bytes that interrupt it are out of its memory
    (if (i32.eq (local.get $which) (i32.const 104)) ;; h
      (then (call $forever)))
    ;; uses up the stack
    (if (i32.eq (local.get $which) (i32.const 105)) ;; i
      (then (call $deeper)))
    ;; takes all the memory and all the table it can get
    (if (i32.eq (local.get $which) (i32.const 106)) ;; j
      (then
        (loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
        (loop $more (br_if $more (i32.ne (table.grow 0 (ref.null func) (i32.const 10000)) (i32.const -1))))
        (unreachable)))
    ;; divides by nothing
    (if (i32.eq (local.get $which) (i32.const 107)) ;; k
      (then (drop (i32.div_u (i32.const 1) (i32.const 0)))))
    ;; calls what is not there
    (if (i32.eq (local.get $which) (i32.const 108)) ;; l
      (then (call_indirect (i32.const 3))))
    ;; returns None
    (i32.store8 (i32.const 4096) (i32.const 0))
    (i32.store8 (i32.const 4097) (i32.const 0))
    (i64.or (i64.shl (i64.const 2) (i64.const 32)) (i64.const 4096)))

  ;; Writes `List` of one item, so often.
  (func $nest (param $at i32) (param $times i32)
    (loop $again
      (i32.store8 (local.get $at) (i32.const 6))
      (i32.store8 offset=1 (local.get $at) (i32.const 1))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (local.set $times (i32.sub (local.get $times) (i32.const 1)))
      (br_if $again (local.get $times)))))
