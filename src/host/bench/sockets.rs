//! Test code's sockets on a simulated bench: what there is of them beside the bytes.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rehearsal_python::host::{
    Address, ErrorKind, Family, Handle, HostError, Reply, Request, SocketKind, SocketOption,
    SocketState,
};

use super::network::ConnectionId;

/// Handles of sockets on the bench count from here, far above those of the host within.
const FIRST_HANDLE: u64 = 1 << 32;
/// Where the ports begin that an operating system gives out, and how many there are.
const FREE_PORTS: (u16, u16) = (49152, 16384);

/// Whether the handle is one of the bench's.
pub fn ours(handle: Handle) -> bool {
    handle.0 >= FIRST_HANDLE
}

#[derive(Debug, Default)]
pub struct Sockets(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    opened: u64,
    open: BTreeMap<Handle, Socket>,
}

#[derive(Debug)]
struct Socket {
    state: SocketState,
    connection: Option<ConnectionId>,
    /// Kept for whoever asks; none has an effect.
    options: BTreeMap<SocketOption, i64>,
}

impl Sockets {
    pub fn open(&self, family: Family, kind: SocketKind) -> Reply {
        let mut table = self.table();
        let handle = Handle(FIRST_HANDLE + table.opened);
        table.opened += 1;
        let ip = if family == Family::V6 {
            "::"
        } else {
            "0.0.0.0"
        };
        let state = SocketState {
            family,
            kind,
            local: Address {
                ip: ip.into(),
                port: 0,
            },
            peer: None,
            listening: false,
        };
        let socket = Socket {
            state,
            connection: None,
            options: BTreeMap::new(),
        };
        table.open.insert(handle, socket);
        Reply::Handle(handle)
    }

    /// Makes sure that a socket can be connected.
    ///
    /// # Errors
    /// When it is UDP, connected already, or not there.
    pub fn unconnected(&self, handle: Handle) -> Result<(), HostError> {
        self.with(handle, |socket| {
            if socket.state.kind == SocketKind::Datagram {
                return Err(no_datagrams());
            }
            match socket.connection {
                None => Ok(()),
                Some(_) => Err(HostError::new(
                    ErrorKind::AlreadyConnected,
                    "Transport endpoint is already connected",
                )),
            }
        })
    }

    /// Notes a connection; answers it.
    ///
    /// # Errors
    /// When the socket is not there.
    pub fn connected(
        &self,
        handle: Handle,
        id: ConnectionId,
        ip: String,
        port: u16,
    ) -> Result<Reply, HostError> {
        self.with(handle, |socket| {
            let peer = Address { ip, port };
            let loopback = if peer.ip.contains(':') {
                "::1"
            } else {
                "127.0.0.1"
            };
            let local = &mut socket.state.local;
            if local.port == 0 {
                local.port = free_port(id.0);
            }
            local.ip = loopback.into();
            socket.connection = Some(id);
            socket.state.peer = Some(peer.clone());
            Ok(Reply::Connected {
                handle,
                local: socket.state.local.clone(),
                peer,
            })
        })
    }

    /// The connection of a socket, if it has one.
    ///
    /// # Errors
    /// When the socket is not there.
    pub fn find(&self, handle: Handle) -> Result<Option<ConnectionId>, HostError> {
        self.with(handle, |socket| Ok(socket.connection))
    }

    /// The connection of a connected socket.
    ///
    /// # Errors
    /// When the socket is not connected, or not there.
    pub fn connection(&self, handle: Handle) -> Result<ConnectionId, HostError> {
        self.find(handle)?.ok_or_else(|| {
            HostError::new(
                ErrorKind::NotConnected,
                "Transport endpoint is not connected",
            )
        })
    }

    /// Forgets a socket; gives its connection.
    ///
    /// # Errors
    /// When the socket is not there.
    pub fn close(&self, handle: Handle) -> Result<Option<ConnectionId>, HostError> {
        let closed = self.table().open.remove(&handle);
        closed.map(|socket| socket.connection).ok_or_else(missing)
    }

    /// Answers a request about a socket of the bench that needs neither the network nor the clock; `None` for any other.
    pub fn answer(&self, request: &Request) -> Option<Result<Reply, HostError>> {
        let (Request::Bind { handle, .. }
        | Request::SendTo { handle, .. }
        | Request::ReceiveFrom { handle, .. }
        | Request::SocketState { handle }
        | Request::TakeError { handle }
        | Request::SetOption { handle, .. }
        | Request::GetOption { handle, .. }
        | Request::Group { handle, .. }
        | Request::Duplicate { handle }) = request
        else {
            return None;
        };
        ours(*handle).then(|| self.with(*handle, |socket| socket.answer(*handle, request)))
    }

    fn with<T>(
        &self,
        handle: Handle,
        act: impl FnOnce(&mut Socket) -> Result<T, HostError>,
    ) -> Result<T, HostError> {
        act(self.table().open.get_mut(&handle).ok_or_else(missing)?)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Socket {
    fn answer(&mut self, handle: Handle, request: &Request) -> Result<Reply, HostError> {
        let datagrams = self.state.kind == SocketKind::Datagram;
        match request {
            Request::Bind { host, port, .. } if !datagrams => {
                let port = match port {
                    0 => free_port(handle.0 - FIRST_HANDLE),
                    port => *port,
                };
                let ip = host.clone();
                self.state.local = Address { ip, port };
                Ok(Reply::Address(self.state.local.clone()))
            }
            Request::SocketState { .. } => Ok(Reply::Socket(self.state.clone())),
            Request::TakeError { .. } => Ok(Reply::Done),
            Request::SetOption { option, value, .. } => {
                self.options.insert(*option, *value);
                Ok(Reply::Done)
            }
            Request::GetOption { option, .. } => Ok(Reply::Value(
                self.options.get(option).copied().unwrap_or_default(),
            )),
            Request::Duplicate { .. } => Err(HostError::new(
                ErrorKind::Unsupported,
                "a socket on a simulated bench cannot be duplicated",
            )),
            _ => Err(no_datagrams()),
        }
    }
}

fn free_port(number: u64) -> u16 {
    let (first, count) = FREE_PORTS;
    first + u16::try_from(number % u64::from(count)).unwrap_or_default()
}

fn no_datagrams() -> HostError {
    HostError::new(
        ErrorKind::Unsupported,
        "a simulated bench carries TCP only, no UDP: run against the real station for this",
    )
}

fn missing() -> HostError {
    HostError::new(ErrorKind::BadHandle, "Bad file descriptor")
}
