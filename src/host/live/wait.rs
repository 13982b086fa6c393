//! Waiting for sockets, with a way to be woken by an interruption.

use std::{
    io,
    net::{TcpListener, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use polling::{Event, Events, Poller};
use rehearsal_python::interrupt::Interrupt;

use super::{
    error::{from_io, interrupted},
    pipe::Waitable,
};
use crate::host::HostError;

/// What is waited for.
pub enum Source<'a> {
    Stream(&'a TcpStream),
    Listener(&'a TcpListener),
    Pipe(&'a Waitable),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    Read,
    Write,
}

/// The moment a time-out in nanoseconds ends; `None` waits for ever.
pub fn deadline(timeout: Option<u64>) -> Option<Instant> {
    timeout.and_then(|timeout| Instant::now().checked_add(Duration::from_nanos(timeout)))
}

/// Waits until one of the sources is ready; gives the indexes of those that are, none when the time is up.
///
/// # Errors
/// `Interrupted` when the run asks the code to stop; what the operating system refuses.
pub fn wait(
    sources: &[(Source<'_>, Interest)],
    deadline: Option<Instant>,
    interrupt: &Interrupt,
) -> Result<Vec<usize>, HostError> {
    let poller = Arc::new(Poller::new().map_err(|error| from_io(&error))?);
    let waking = {
        let poller = poller.clone();
        interrupt.on_raise(move || drop(poller.notify()))
    };
    let added = add(&poller, sources);
    let result = added
        .map_err(|error| from_io(&error))
        .and_then(|()| poll(&poller, deadline, interrupt));
    for (source, _) in sources {
        let _ = match source {
            Source::Stream(stream) => poller.delete(stream),
            Source::Listener(listener) => poller.delete(listener),
            Source::Pipe(pipe) => poller.delete(pipe),
        };
    }
    drop(waking);
    result
}

#[expect(
    unsafe_code,
    reason = "the poller wants sources that outlive it; `wait` takes them out before it returns"
)]
fn add(poller: &Poller, sources: &[(Source<'_>, Interest)]) -> io::Result<()> {
    for (index, (source, interest)) in sources.iter().enumerate() {
        let event = match interest {
            Interest::Read => Event::readable(index),
            Interest::Write => Event::writable(index),
        };
        // SAFETY: every source is borrowed for the whole of `wait`, which deletes it from the poller at its end.
        unsafe {
            match source {
                Source::Stream(stream) => poller.add(*stream, event)?,
                Source::Listener(listener) => poller.add(*listener, event)?,
                Source::Pipe(pipe) => poller.add(*pipe, event)?,
            }
        }
    }
    Ok(())
}

fn poll(
    poller: &Poller,
    deadline: Option<Instant>,
    interrupt: &Interrupt,
) -> Result<Vec<usize>, HostError> {
    let mut events = Events::new();
    loop {
        if interrupt.pending() {
            return Err(interrupted());
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        poller
            .wait(&mut events, left)
            .map_err(|error| from_io(&error))?;
        if interrupt.pending() {
            return Err(interrupted());
        }
        let ready: Vec<usize> = events.iter().map(|event| event.key).collect();
        if !ready.is_empty() || deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(ready);
        }
    }
}
