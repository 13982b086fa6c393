//! Ctrl-C where there are no POSIX signals; closing the window counts as one too.

use std::io;

use crate::flow::interruption::Signal;

/// Calls `raise` at every Ctrl-C from now on.
///
/// # Errors
/// When it cannot be caught.
pub fn forward(raise: impl Fn(Signal) + Send + 'static) -> io::Result<()> {
    ctrlc::set_handler(move || raise(Signal::Interrupt)).map_err(io::Error::other)
}
