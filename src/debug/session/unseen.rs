//! What is not shown a second time.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Passes on what was not seen before.
pub struct Unseen<W> {
    pub(super) inner: W,
    pub(super) quiet: Arc<AtomicBool>,
}

impl<W: Write> Write for Unseen<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self.quiet.load(Ordering::SeqCst) {
            true => Ok(data.len()),
            false => self.inner.write(data),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
