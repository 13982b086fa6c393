//! Signals as POSIX systems send them.

use std::{io, thread};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};

use crate::flow::interruption::Signal;

/// Calls `raise` at every SIGHUP, SIGINT and SIGTERM from now on.
///
/// # Errors
/// When the signals cannot be caught.
pub fn forward(raise: impl Fn(Signal) + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            for number in signals.forever() {
                raise(match number {
                    SIGHUP => Signal::Hangup,
                    SIGTERM => Signal::Terminate,
                    _ => Signal::Interrupt,
                });
            }
        })?;
    Ok(())
}
