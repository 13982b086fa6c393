//! Ctrl-C where there are no POSIX signals; closing the window counts as one too.

use std::io;

use crate::flow::interruption::{Interruption, Signal};

/// Counts every Ctrl-C from now on.
///
/// # Errors
/// When it cannot be caught.
pub fn forward(interruption: Interruption) -> io::Result<()> {
    ctrlc::set_handler(move || interruption.raise(Signal::Interrupt)).map_err(io::Error::other)
}
