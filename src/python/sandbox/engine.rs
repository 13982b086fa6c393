//! How WebAssembly is compiled and run. The build script, which compiles the guest, reads this file too: the two must agree.

use wasmtime::{Config, InstanceAllocationStrategy, PoolingAllocationConfig};

/// What the guest's calls may take of the machine's stack; beyond it Python raises RecursionError.
pub const GUEST_STACK: usize = 24 << 20;

/// WASI's EBADF, for all that needs a file or a socket.
pub const BAD_HANDLE: i32 = 8;

/// WASI's ENOSYS.
pub const NO_SYSTEM_CALL: i32 = 52;

/// The most memory a sandbox can be given: what WebAssembly can address.
pub const MOST_MEMORY: usize = 4 << 30;

/// The most sandboxes at once in one process.
pub const MOST_SANDBOXES: u32 = 256;

/// How the guest is run, once compiled.
pub fn config() -> Config {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_core_instances(MOST_SANDBOXES)
        .total_memories(MOST_SANDBOXES)
        .total_tables(MOST_SANDBOXES)
        .table_elements(100_000)
        .max_memory_size(MOST_MEMORY)
        .table_keep_resident(1 << 20);
    let mut config = with_stack();
    config
        .epoch_interruption(true)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

/// A configuration in which the guest has room for its calls.
pub fn with_stack() -> Config {
    let mut config = Config::new();
    config
        .max_wasm_stack(GUEST_STACK)
        // Nothing here is asynchronous, but the stack for what would be must not be smaller.
        .async_stack_size(GUEST_STACK);
    config
}
