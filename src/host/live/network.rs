//! TCP of the machine. Every socket is non-blocking; who waits does so where an interruption reaches it.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use rehearsal_python::interrupt::Interrupt;

use super::{
    error::{bad_handle, from_io, interrupted, timed_out},
    tls::Session,
    wait::{Interest, Source, deadline, wait},
};
use crate::host::{Address, ErrorKind, Handle, HostError, Reply, Shutdown};

/// The most that one receive hands over.
const MAX_RECEIVE: u64 = 1 << 20;

#[derive(Clone)]
pub(super) enum Socket {
    Stream(Arc<TcpStream>),
    Listener(Arc<TcpListener>),
    Tls(Arc<Session>),
}

pub struct Network {
    sockets: Mutex<HashMap<Handle, Socket>>,
    interrupt: Interrupt,
}

impl Network {
    pub fn new(interrupt: Interrupt) -> Self {
        Self {
            sockets: Mutex::default(),
            interrupt,
        }
    }

    pub fn resolve(&self, host: &str, port: u16) -> Result<Reply, HostError> {
        let host = host.to_owned();
        let found = self.apart(None, move || lookup(&host, port))?;
        Ok(Reply::Addresses(
            found
                .iter()
                .map(|address| address.ip().to_string())
                .collect(),
        ))
    }

    pub fn connect(
        &self,
        host: &str,
        port: u16,
        timeout: Option<u64>,
        handle: Handle,
    ) -> Result<Reply, HostError> {
        let name = host.to_owned();
        let until = deadline(timeout);
        let stream = self.apart(until, move || dial(&name, port, until))?;
        self.keep(stream, handle)
    }

    pub fn listen(&self, host: &str, port: u16, handle: Handle) -> Result<Reply, HostError> {
        let host = if host.is_empty() { "0.0.0.0" } else { host };
        let listener = TcpListener::bind((host, port)).map_err(|error| from_io(&error))?;
        listener
            .set_nonblocking(true)
            .map_err(|error| from_io(&error))?;
        let local = listener.local_addr().map_err(|error| from_io(&error))?;
        self.table()
            .insert(handle, Socket::Listener(Arc::new(listener)));
        Ok(Reply::Listening {
            handle,
            local: address(local),
        })
    }

    pub fn accept(
        &self,
        handle: Handle,
        timeout: Option<u64>,
        new: Handle,
    ) -> Result<Reply, HostError> {
        let Socket::Listener(listener) = self.get(handle)? else {
            return Err(HostError::new(ErrorKind::Invalid, "Invalid argument"));
        };
        let (stream, _) = self.retry(
            &Source::Listener(&listener),
            Interest::Read,
            timeout,
            || listener.accept(),
        )?;
        self.keep(stream, new)
    }

    pub fn send(
        &self,
        handle: Handle,
        data: &[u8],
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        if let Socket::Tls(session) = self.get(handle)? {
            let count = session.send(data, timeout, &self.interrupt)?;
            return Ok(Reply::Count(count));
        }
        let stream = self.stream(handle)?;
        let count = self.retry(&Source::Stream(&stream), Interest::Write, timeout, || {
            (&*stream).write(data)
        })?;
        Ok(Reply::Count(count as u64))
    }

    pub fn receive(
        &self,
        handle: Handle,
        max: u64,
        peek: bool,
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        let max = usize::try_from(max.min(MAX_RECEIVE)).unwrap_or(0);
        if let Socket::Tls(session) = self.get(handle)? {
            let data = session.receive(max, peek, timeout, &self.interrupt)?;
            return Ok(Reply::Bytes(data));
        }
        let stream = self.stream(handle)?;
        let mut data = vec![0; max];
        let count = self.retry(&Source::Stream(&stream), Interest::Read, timeout, || {
            if peek {
                stream.peek(&mut data)
            } else {
                (&*stream).read(&mut data)
            }
        })?;
        data.truncate(count);
        Ok(Reply::Bytes(data))
    }

    pub fn shutdown(&self, handle: Handle, how: Shutdown) -> Result<Reply, HostError> {
        if let Socket::Tls(session) = self.get(handle)?
            && how != Shutdown::Read
        {
            session.say_done();
        }
        let how = match how {
            Shutdown::Read => std::net::Shutdown::Read,
            Shutdown::Write => std::net::Shutdown::Write,
            Shutdown::Both => std::net::Shutdown::Both,
        };
        self.stream(handle)?
            .shutdown(how)
            .map(|()| Reply::Done)
            .map_err(|error| from_io(&error))
    }

    pub fn wait(
        &self,
        reads: &[Handle],
        writes: &[Handle],
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        let wanted: Vec<(Handle, Interest)> = reads
            .iter()
            .map(|handle| (*handle, Interest::Read))
            .chain(writes.iter().map(|handle| (*handle, Interest::Write)))
            .collect();
        let sockets = wanted
            .iter()
            .map(|(handle, _)| self.get(*handle))
            .collect::<Result<Vec<_>, _>>()?;
        // A poller knows a socket once only, so that one wanted for both is asked about in two goes.
        let both = writes.iter().any(|handle| reads.contains(handle));
        let until = deadline(timeout);
        let slice = Duration::from_millis(5);
        loop {
            let mut ready = Vec::new();
            for interest in [Interest::Read, Interest::Write] {
                let indexes: Vec<usize> = (0..wanted.len())
                    .filter(|index| !both || wanted[*index].1 == interest)
                    .collect();
                let sources: Vec<_> = indexes
                    .iter()
                    .map(|index| (source(&sockets[*index]), wanted[*index].1))
                    .collect();
                let its = if both {
                    Some(Instant::now() + slice)
                } else {
                    until
                };
                ready.extend(
                    wait(&sources, its, &self.interrupt)?
                        .into_iter()
                        .map(|index| wanted[indexes[index]]),
                );
                if !both {
                    break;
                }
            }
            if !ready.is_empty() || !both || until.is_some_and(|until| Instant::now() >= until) {
                let of = |interest| {
                    ready
                        .iter()
                        .filter(|(_, its)| *its == interest)
                        .map(|(handle, _)| *handle)
                        .collect()
                };
                return Ok(Reply::Ready {
                    reads: of(Interest::Read),
                    writes: of(Interest::Write),
                });
            }
        }
    }

    /// Whether the handle was a socket, now closed.
    pub fn close(&self, handle: Handle) -> bool {
        let closed = self.table().remove(&handle);
        if let Some(Socket::Tls(session)) = &closed {
            session.say_done();
        }
        closed.is_some()
    }

    /// Tries until it would no longer block.
    fn retry<T>(
        &self,
        source: &Source<'_>,
        interest: Interest,
        timeout: Option<u64>,
        mut attempt: impl FnMut() -> io::Result<T>,
    ) -> Result<T, HostError> {
        let until = deadline(timeout);
        loop {
            if self.interrupt.pending() {
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
            let source = match source {
                Source::Stream(stream) => Source::Stream(stream),
                Source::Listener(listener) => Source::Listener(listener),
            };
            wait(&[(source, interest)], until, &self.interrupt)?;
        }
    }

    /// Does blocking work on a thread of its own, which is left behind when the time is up or the run is asked to stop.
    fn apart<T: Send + 'static>(
        &self,
        until: Option<Instant>,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, HostError> {
        if self.interrupt.pending() {
            return Err(interrupted());
        }
        let (sender, receiver) = mpsc::channel();
        let waker = sender.clone();
        let waking = self.interrupt.on_raise(move || drop(waker.send(None)));
        thread::Builder::new()
            .name("network".into())
            .spawn(move || drop(sender.send(Some(work()))))
            .map_err(|error| from_io(&error))?;
        let answer = match until {
            Some(until) => receiver
                .recv_timeout(until.saturating_duration_since(Instant::now()))
                .ok(),
            None => receiver.recv().ok(),
        };
        drop(waking);
        match answer {
            Some(Some(Ok(result))) => Ok(result),
            Some(Some(Err(error))) if is_unknown_host(&error) => Err(HostError::new(
                ErrorKind::UnknownHost,
                "Name or service not known",
            )),
            Some(Some(Err(error))) => Err(from_io(&error)),
            Some(None) => Err(interrupted()),
            None => Err(timed_out()),
        }
    }

    fn keep(&self, stream: TcpStream, handle: Handle) -> Result<Reply, HostError> {
        let prepare = || {
            stream.set_nonblocking(true)?;
            stream.set_nodelay(true)?;
            Ok((stream.local_addr()?, stream.peer_addr()?))
        };
        let (local, peer) = prepare().map_err(|error: io::Error| from_io(&error))?;
        self.table()
            .insert(handle, Socket::Stream(Arc::new(stream)));
        Ok(Reply::Connected {
            handle,
            local: address(local),
            peer: address(peer),
        })
    }

    pub(super) fn stream(&self, handle: Handle) -> Result<Arc<TcpStream>, HostError> {
        match self.get(handle)? {
            Socket::Stream(stream) => Ok(stream),
            Socket::Tls(session) => Ok(session.stream().clone()),
            Socket::Listener(_) => Err(HostError::new(
                ErrorKind::NotConnected,
                "Transport endpoint is not connected",
            )),
        }
    }

    pub(super) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    pub(super) fn get(&self, handle: Handle) -> Result<Socket, HostError> {
        self.table().get(&handle).cloned().ok_or_else(bad_handle)
    }

    pub(super) fn table(&self) -> MutexGuard<'_, HashMap<Handle, Socket>> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn source(socket: &Socket) -> Source<'_> {
    match socket {
        Socket::Stream(stream) => Source::Stream(stream),
        Socket::Listener(listener) => Source::Listener(listener),
        Socket::Tls(session) => Source::Stream(session.stream()),
    }
}

fn address(address: SocketAddr) -> Address {
    Address {
        ip: address.ip().to_string(),
        port: address.port(),
    }
}

/// Marks the failure of a name, which the operating systems report each in a way of its own.
#[derive(Debug, thiserror::Error)]
#[error("name or service not known")]
struct UnknownHost;

fn is_unknown_host(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<UnknownHost>())
}

fn lookup(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let found: Vec<_> = (host, port)
        .to_socket_addrs()
        .map_err(|_| io::Error::new(io::ErrorKind::NotFound, UnknownHost))?
        .collect();
    if found.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, UnknownHost));
    }
    Ok(found)
}

/// Tries the addresses of a name in turn.
fn dial(host: &str, port: u16, until: Option<Instant>) -> io::Result<TcpStream> {
    let mut last = None;
    for address in lookup(host, port)? {
        let attempt = match until {
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                TcpStream::connect_timeout(&address, left)
            }
            None => TcpStream::connect(address),
        };
        match attempt {
            Ok(stream) => return Ok(stream),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
}
