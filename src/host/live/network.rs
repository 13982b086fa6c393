//! TCP and UDP of the machine. Every socket is non-blocking; who waits does so where an interruption reaches it.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rehearsal_python::interrupt::Interrupt;

use super::{
    error::{bad_handle, from_io, timed_out},
    names::{resolve, resolve_one},
    pipe::Waitable,
    pipes::Pipes,
    socket,
    tls::Session,
    wait::{Readiness, Source, deadline, retry, wait},
};
use crate::host::{
    ErrorKind, Family, Handle, HostError, Reply, Shutdown, SocketKind, SocketOption,
};

/// The most that one receive hands over.
const MAX_RECEIVE: u64 = 1 << 20;

#[derive(Clone)]
pub(super) enum Socket {
    Plain(Arc<socket::Socket>),
    /// Waited for with the sockets, and in nothing else one of them.
    Pipe(Arc<Waitable>),
    Tls(Arc<Session>),
}

pub struct Network {
    pipes: Arc<Pipes>,
    sockets: Mutex<HashMap<Handle, Socket>>,
    interrupt: Interrupt,
}

impl Network {
    pub fn new(pipes: Arc<Pipes>, interrupt: Interrupt) -> Self {
        Self {
            pipes,
            sockets: Mutex::default(),
            interrupt,
        }
    }

    pub fn resolve(&self, host: &str, port: u16) -> Result<Reply, HostError> {
        let found = resolve(host, port, None, &self.interrupt)?;
        Ok(Reply::Addresses(
            found
                .iter()
                .map(|address| address.ip().to_string())
                .collect(),
        ))
    }

    pub fn socket(
        &self,
        family: Family,
        kind: SocketKind,
        handle: Handle,
    ) -> Result<Reply, HostError> {
        let made = socket::Socket::new(family, kind).map_err(|error| from_io(&error))?;
        self.keep(made, handle);
        Ok(Reply::Handle(handle))
    }

    pub fn pair(&self, first: Handle, second: Handle) -> Result<Reply, HostError> {
        let made = socket::Socket::pair().map_err(|error| from_io(&error))?;
        self.keep(made.0, first);
        self.keep(made.1, second);
        Ok(Reply::Pair(first, second))
    }

    pub fn duplicate(&self, handle: Handle, new: Handle) -> Result<Reply, HostError> {
        let made = self.plain(handle)?.duplicate();
        self.keep(made.map_err(|error| from_io(&error))?, new);
        Ok(Reply::Handle(new))
    }

    pub fn bind(&self, handle: Handle, host: &str, port: u16) -> Result<Reply, HostError> {
        let socket = self.plain(handle)?;
        let address = resolve_one(host, port, socket.family(), None, &self.interrupt)?;
        let local = socket.bind(address).and_then(|()| socket.local());
        local.map(Reply::Address).map_err(|error| from_io(&error))
    }

    pub fn connect(
        &self,
        handle: Handle,
        host: &str,
        port: u16,
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        let socket = self.plain(handle)?;
        let at_once = timeout == Some(0);
        let until = deadline(timeout);
        let began = socket.connecting();
        if !began {
            // A name is looked up even by a socket that must not block, as everywhere.
            let by = until.filter(|_| !at_once);
            let address = resolve_one(host, port, socket.family(), by, &self.interrupt)?;
            if socket.connect(address)? {
                return socket.connected(handle);
            }
            if at_once {
                return Err(HostError::new(
                    ErrorKind::InProgress,
                    "Operation now in progress",
                ));
            }
        }
        let wanted = [(socket.source(), Readiness::WRITE)];
        if wait(&wanted, until, &self.interrupt)?.is_empty() {
            return Err(if at_once {
                HostError::new(
                    ErrorKind::AlreadyInProgress,
                    "Operation already in progress",
                )
            } else {
                timed_out()
            });
        }
        socket.decided()?;
        socket.connected(handle)
    }

    pub fn listen(&self, handle: Handle, backlog: u32) -> Result<Reply, HostError> {
        let socket = self.plain(handle)?;
        let local = socket.listen(backlog).and_then(|()| socket.local());
        local.map(Reply::Address).map_err(|error| from_io(&error))
    }

    pub fn accept(
        &self,
        handle: Handle,
        timeout: Option<u64>,
        new: Handle,
    ) -> Result<Reply, HostError> {
        let listener = self.plain(handle)?;
        let accepted = self.retry(listener.source(), Readiness::READ, timeout, || {
            listener.accept()
        })?;
        let reply = accepted.connected(new)?;
        self.keep(accepted, new);
        Ok(reply)
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
        let socket = self.plain(handle)?;
        let count = self.retry(socket.source(), Readiness::WRITE, timeout, || {
            socket.send(data)
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
        if let Socket::Tls(session) = self.get(handle)? {
            let max = usize::try_from(max.min(MAX_RECEIVE)).unwrap_or(0);
            let data = session.receive(max, peek, timeout, &self.interrupt)?;
            return Ok(Reply::Bytes(data));
        }
        let socket = self.plain(handle)?;
        let mut data = buffer(max);
        let count = self.retry(socket.source(), Readiness::READ, timeout, || {
            socket.receive(&mut data, peek)
        })?;
        data.truncate(count);
        Ok(Reply::Bytes(data))
    }

    pub fn send_to(
        &self,
        handle: Handle,
        host: &str,
        port: u16,
        data: &[u8],
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        let socket = self.plain(handle)?;
        let by = deadline(timeout.filter(|timeout| *timeout != 0));
        let address = resolve_one(host, port, socket.family(), by, &self.interrupt)?;
        let count = self.retry(socket.source(), Readiness::WRITE, timeout, || {
            socket.send_to(data, address)
        })?;
        Ok(Reply::Count(count as u64))
    }

    pub fn receive_from(
        &self,
        handle: Handle,
        max: u64,
        peek: bool,
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        let socket = self.plain(handle)?;
        let mut data = buffer(max);
        let (count, from) = self.retry(socket.source(), Readiness::READ, timeout, || {
            socket.receive_from(&mut data, peek)
        })?;
        data.truncate(count);
        Ok(Reply::Datagram { data, from })
    }

    pub fn shutdown(&self, handle: Handle, how: Shutdown) -> Result<Reply, HostError> {
        if let Socket::Tls(session) = self.get(handle)?
            && how != Shutdown::Read
        {
            session.say_done();
        }
        self.plain(handle)?
            .shutdown(how)
            .map(|()| Reply::Done)
            .map_err(|error| from_io(&error))
    }

    pub fn state(&self, handle: Handle) -> Result<Reply, HostError> {
        let state = self.plain(handle)?.state();
        state.map(Reply::Socket).map_err(|error| from_io(&error))
    }

    pub fn take_error(&self, handle: Handle) -> Result<Reply, HostError> {
        self.plain(handle)?.take_error().map(|()| Reply::Done)
    }

    pub fn set_option(
        &self,
        handle: Handle,
        option: SocketOption,
        value: i64,
    ) -> Result<Reply, HostError> {
        let set = self.plain(handle)?.set_option(option, value);
        set.map(|()| Reply::Done).map_err(|error| from_io(&error))
    }

    pub fn get_option(&self, handle: Handle, option: SocketOption) -> Result<Reply, HostError> {
        let value = self.plain(handle)?.option(option);
        value.map(Reply::Value).map_err(|error| from_io(&error))
    }

    pub fn group(
        &self,
        handle: Handle,
        group: &str,
        interface: &str,
        join: bool,
    ) -> Result<Reply, HostError> {
        let done = self.plain(handle)?.group(group, interface, join);
        done.map(|()| Reply::Done).map_err(|error| from_io(&error))
    }

    pub fn wait(
        &self,
        reads: &[Handle],
        writes: &[Handle],
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        // A poller knows a socket once only.
        let mut wanted: Vec<(Handle, Readiness)> = Vec::new();
        let mut places: HashMap<Handle, usize> = HashMap::new();
        let all = reads
            .iter()
            .map(|handle| (*handle, Readiness::READ))
            .chain(writes.iter().map(|handle| (*handle, Readiness::WRITE)));
        for (handle, readiness) in all {
            let place = *places.entry(handle).or_insert(wanted.len());
            match wanted.get_mut(place) {
                Some((_, its)) => *its = its.and(readiness),
                None => wanted.push((handle, readiness)),
            }
        }
        let sockets = wanted
            .iter()
            .map(|(handle, _)| {
                self.get(*handle)
                    .or_else(|_| self.pipes.waitable(*handle).map(Socket::Pipe))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let sources: Vec<_> = sockets
            .iter()
            .zip(&wanted)
            .map(|(socket, (_, readiness))| (source(socket), *readiness))
            .collect();
        let found = wait(&sources, deadline(timeout), &self.interrupt)?;
        let of = |ready: fn(&Readiness) -> bool| {
            found
                .iter()
                .filter(|(_, its)| ready(its))
                .map(|(place, _)| wanted[*place].0)
                .collect()
        };
        Ok(Reply::Ready {
            reads: of(|its| its.read),
            writes: of(|its| its.write),
        })
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
        source: Source<'_>,
        readiness: Readiness,
        timeout: Option<u64>,
        attempt: impl FnMut() -> io::Result<T>,
    ) -> Result<T, HostError> {
        retry(timeout, &self.interrupt, attempt, |until| {
            wait(&[(source, readiness)], until, &self.interrupt).map(drop)
        })
    }

    fn keep(&self, socket: socket::Socket, handle: Handle) {
        self.table().insert(handle, Socket::Plain(Arc::new(socket)));
    }

    /// The socket itself, below TLS where there is some.
    pub(super) fn plain(&self, handle: Handle) -> Result<Arc<socket::Socket>, HostError> {
        match self.get(handle)? {
            Socket::Plain(socket) => Ok(socket),
            Socket::Pipe(_) => Err(bad_handle()),
            Socket::Tls(session) => Ok(session.socket().clone()),
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
        Socket::Plain(socket) => socket.source(),
        Socket::Pipe(pipe) => Source::Pipe(pipe),
        Socket::Tls(session) => session.socket().source(),
    }
}

fn buffer(max: u64) -> Vec<u8> {
    vec![0; usize::try_from(max.min(MAX_RECEIVE)).unwrap_or(0)]
}
