//! Panics within an interpreter: defects of RustPython that some code of the user's finds.

use std::{
    any::Any,
    panic::{self, AssertUnwindSafe},
    sync::Once,
    thread,
};

/// The threads on which interpreters run.
pub const THREAD: &str = "python";

/// Does the work; a panic becomes the sentence it came with, and is not printed. Whatever the work used is not to be used again.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(THREAD) {
                usual(info);
            }
        }));
    });
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| sentence(&*payload))
}

fn sentence(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("it does not say why").to_owned()
}
