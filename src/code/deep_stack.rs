//! Room for what goes down a syntax tree: the main thread of some systems has 1 MB.

use std::{panic, thread};

/// More than the deepest tree that [`super::depth`] lets pass can need; only what is used is taken.
const STACK: usize = 64 << 20;

/// Does the work on a thread with a large stack, or here if there is no thread to be had.
pub fn on_a_deep_stack<T: Send + Default>(work: impl FnOnce() -> T + Send) -> T {
    let mut waiting = Some(work);
    let mut done = None;
    let ended = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK);
        let work = || done = waiting.take().map(|work| work());
        thread.spawn_scoped(scope, work).map(|thread| thread.join())
    });
    if let Ok(Err(panic)) = ended {
        panic::resume_unwind(panic);
    }
    done.or_else(|| waiting.map(|work| work()))
        .unwrap_or_default()
}
