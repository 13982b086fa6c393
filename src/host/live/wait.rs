//! Waiting for sockets, with a way to be woken by an interruption.

use std::{
    cell::RefCell,
    io,
    net::{TcpStream, UdpSocket},
    sync::Arc,
    time::{Duration, Instant},
};

use polling::{Event, Events, Poller};
use rehearsal_python::interrupt::Interrupt;

use super::{
    error::{from_io, interrupted, timed_out},
    pipe::Waitable,
};
use crate::host::HostError;

/// What is waited for.
#[derive(Clone, Copy)]
pub enum Source<'a> {
    Stream(&'a TcpStream),
    Datagram(&'a UdpSocket),
    Pipe(&'a Waitable),
}

/// What a source is wanted to be ready for, or is. One whose peer has closed or whose connection failed is ready for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    pub read: bool,
    pub write: bool,
}

impl Readiness {
    pub const READ: Self = Self {
        read: true,
        write: false,
    };
    pub const WRITE: Self = Self {
        read: false,
        write: true,
    };

    pub fn and(self, other: Self) -> Self {
        Self {
            read: self.read || other.read,
            write: self.write || other.write,
        }
    }
}

thread_local! {
    /// The thread's poller between two waits, empty: making one costs more than most waits.
    static POLLER: RefCell<Option<Arc<Poller>>> = const { RefCell::new(None) };
}

/// The moment a time-out in nanoseconds ends; `None` waits for ever.
pub fn deadline(timeout: Option<u64>) -> Option<Instant> {
    timeout.and_then(|timeout| Instant::now().checked_add(Duration::from_nanos(timeout)))
}

/// Tries until it would no longer block; `until_ready` waits in between, at most until the moment it is given.
///
/// # Errors
/// `TimedOut` after `timeout` nanoseconds, `Interrupted`, and what the attempt or the waiting refuses.
pub fn retry<T>(
    timeout: Option<u64>,
    interrupt: &Interrupt,
    mut attempt: impl FnMut() -> io::Result<T>,
    mut until_ready: impl FnMut(Option<Instant>) -> Result<(), HostError>,
) -> Result<T, HostError> {
    let until = deadline(timeout);
    loop {
        if interrupt.pending() {
            return Err(interrupted());
        }
        match attempt() {
            Ok(result) => return Ok(result),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(from_io(&error)),
        }
        if until.is_some_and(|until| Instant::now() >= until) {
            return Err(timed_out());
        }
        until_ready(until)?;
    }
}

/// Waits until one of the sources is ready; gives the indexes of those that are, none when the time is up. Each source may be
/// there once only.
///
/// # Errors
/// `Interrupted` when the run asks the code to stop; what the operating system refuses.
pub fn wait(
    sources: &[(Source<'_>, Readiness)],
    deadline: Option<Instant>,
    interrupt: &Interrupt,
) -> Result<Vec<(usize, Readiness)>, HostError> {
    let kept = POLLER.with_borrow_mut(Option::take);
    let poller = match kept {
        Some(poller) => poller,
        None => Arc::new(Poller::new().map_err(|error| from_io(&error))?),
    };
    let waking = {
        let poller = poller.clone();
        interrupt.on_raise(move || drop(poller.notify()))
    };
    let added = add(&poller, sources);
    let result = added
        .map_err(|error| from_io(&error))
        .and_then(|()| poll(&poller, sources, deadline, interrupt));
    let mut clean = true;
    for (source, _) in sources {
        let deleted = match source {
            Source::Stream(stream) => poller.delete(stream),
            Source::Datagram(socket) => poller.delete(socket),
            Source::Pipe(pipe) => poller.delete(pipe),
        };
        clean &= deleted.is_ok();
    }
    drop(waking);
    if clean {
        POLLER.set(Some(poller));
    }
    result
}

#[expect(
    unsafe_code,
    reason = "the poller wants sources that outlive it; `wait` takes them out before it returns"
)]
fn add(poller: &Poller, sources: &[(Source<'_>, Readiness)]) -> io::Result<()> {
    for (index, (source, readiness)) in sources.iter().enumerate() {
        let event = Event::new(index, readiness.read, readiness.write);
        // SAFETY: every source is borrowed for the whole of `wait`, which deletes it from the poller at its end.
        unsafe {
            match source {
                Source::Stream(stream) => poller.add(*stream, event)?,
                Source::Datagram(socket) => poller.add(*socket, event)?,
                Source::Pipe(pipe) => poller.add(*pipe, event)?,
            }
        }
    }
    Ok(())
}

fn poll(
    poller: &Poller,
    sources: &[(Source<'_>, Readiness)],
    deadline: Option<Instant>,
    interrupt: &Interrupt,
) -> Result<Vec<(usize, Readiness)>, HostError> {
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
        let ready: Vec<_> = events
            .iter()
            .filter_map(|event| {
                let wanted = sources.get(event.key)?.1;
                let found = Readiness {
                    read: event.readable && wanted.read,
                    write: event.writable && wanted.write,
                };
                (found.read || found.write).then_some((event.key, found))
            })
            .collect();
        if !ready.is_empty() || deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(ready);
        }
    }
}
