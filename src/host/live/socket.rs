//! One socket of the machine. None of them ever blocks.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    sync::atomic::{AtomicBool, Ordering},
};

use socket2::{Domain, Protocol, SockRef, Type};

use super::{
    error::from_io,
    names::{shown, shown_or_empty},
    system,
    wait::Source,
};
use crate::host::{
    Address, ErrorKind, Family, Handle, HostError, Reply, Shutdown, SocketKind, SocketState,
};

/// What the standard library reads from and writes to; the types say nothing about a connection or a family.
enum End {
    Stream(TcpStream),
    Datagram(UdpSocket),
}

pub struct Socket {
    end: End,
    family: Family,
    /// A connection has begun and is not decided.
    connecting: AtomicBool,
    listening: AtomicBool,
}

impl Socket {
    pub fn new(family: Family, kind: SocketKind) -> io::Result<Self> {
        let domain = match family {
            Family::V4 => Domain::IPV4,
            Family::V6 => Domain::IPV6,
            Family::Local => return Err(io::ErrorKind::Unsupported.into()),
        };
        let end = match kind {
            SocketKind::Stream => {
                let made = socket2::Socket::new(domain, Type::STREAM, Some(Protocol::TCP))?;
                End::Stream(made.into())
            }
            SocketKind::Datagram => {
                let made = socket2::Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
                End::Datagram(made.into())
            }
        };
        let socket = Self::from_end(end, family)?;
        if family == Family::V6 {
            // The systems differ here; a station's takes both.
            let _ = socket.options().set_only_v6(false);
        }
        Ok(socket)
    }

    pub fn pair() -> io::Result<(Self, Self)> {
        let (first, second) = system::pair()?;
        let end = |stream| Self::from_end(End::Stream(stream), Family::Local);
        Ok((end(first)?, end(second)?))
    }

    fn from_end(end: End, family: Family) -> io::Result<Self> {
        let socket = Self {
            end,
            family,
            connecting: AtomicBool::new(false),
            listening: AtomicBool::new(false),
        };
        socket.options().set_nonblocking(true)?;
        Ok(socket)
    }

    /// A second one for the same connection.
    pub fn duplicate(&self) -> io::Result<Self> {
        Ok(Self {
            end: match &self.end {
                End::Stream(stream) => End::Stream(stream.try_clone()?),
                End::Datagram(socket) => End::Datagram(socket.try_clone()?),
            },
            family: self.family,
            connecting: AtomicBool::new(self.connecting()),
            listening: AtomicBool::new(self.listening.load(Ordering::SeqCst)),
        })
    }

    pub fn family(&self) -> Family {
        self.family
    }

    pub fn kind(&self) -> SocketKind {
        match &self.end {
            End::Stream(_) => SocketKind::Stream,
            End::Datagram(_) => SocketKind::Datagram,
        }
    }

    pub fn connecting(&self) -> bool {
        self.connecting.load(Ordering::SeqCst)
    }

    pub fn options(&self) -> SockRef<'_> {
        match &self.end {
            End::Stream(stream) => SockRef::from(stream),
            End::Datagram(socket) => SockRef::from(socket),
        }
    }

    pub fn source(&self) -> Source<'_> {
        match &self.end {
            End::Stream(stream) => Source::Stream(stream),
            End::Datagram(socket) => Source::Datagram(socket),
        }
    }

    pub fn bind(&self, address: SocketAddr) -> io::Result<()> {
        self.options().bind(&address.into())
    }

    pub fn listen(&self, backlog: u32) -> io::Result<()> {
        let backlog = i32::try_from(backlog).unwrap_or(i32::MAX);
        self.options().listen(backlog)?;
        self.listening.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Begins to connect; true when that is done already.
    pub fn connect(&self, address: SocketAddr) -> Result<bool, HostError> {
        let options = self.options();
        if self.kind() == SocketKind::Stream && options.peer_addr().is_ok() {
            return Err(HostError::new(
                ErrorKind::AlreadyConnected,
                "Transport endpoint is already connected",
            ));
        }
        let begun = match options.connect(&address.into()) {
            // Linux says so once of an earlier attempt that failed.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {
                options.connect(&address.into())
            }
            begun => begun,
        };
        match begun {
            Ok(()) => Ok(true),
            Err(error) => {
                let began = error.kind() == io::ErrorKind::WouldBlock;
                let error = from_io(&error);
                if began || error.kind == ErrorKind::InProgress {
                    self.connecting.store(true, Ordering::SeqCst);
                    return Ok(false);
                }
                Err(error)
            }
        }
    }

    /// How a connection ended that had begun, once the socket is ready for writing.
    pub fn decided(&self) -> Result<(), HostError> {
        self.connecting.store(false, Ordering::SeqCst);
        self.take_error()?;
        match self.options().peer_addr() {
            Ok(_) => Ok(()),
            Err(error) => Err(from_io(&error)),
        }
    }

    pub fn take_error(&self) -> Result<(), HostError> {
        match self.options().take_error() {
            Ok(None) => Ok(()),
            Ok(Some(error)) | Err(error) => {
                self.connecting.store(false, Ordering::SeqCst);
                Err(from_io(&error))
            }
        }
    }

    pub fn accept(&self) -> io::Result<Self> {
        let (accepted, _) = self.options().accept()?;
        Self::from_end(End::Stream(accepted.into()), self.family)
    }

    pub fn send(&self, data: &[u8]) -> io::Result<usize> {
        match &self.end {
            End::Stream(stream) => (&*stream).write(data),
            End::Datagram(socket) => socket.send(data),
        }
    }

    pub fn receive(&self, buffer: &mut [u8], peek: bool) -> io::Result<usize> {
        match (&self.end, peek) {
            (End::Stream(stream), true) => stream.peek(buffer),
            (End::Stream(stream), false) => (&*stream).read(buffer),
            (End::Datagram(socket), true) => socket.peek(buffer),
            (End::Datagram(socket), false) => socket.recv(buffer),
        }
    }

    pub fn send_to(&self, data: &[u8], address: SocketAddr) -> io::Result<usize> {
        match &self.end {
            End::Stream(stream) => (&*stream).write(data),
            End::Datagram(socket) => socket.send_to(data, address),
        }
    }

    pub fn receive_from(&self, buffer: &mut [u8], peek: bool) -> io::Result<(usize, Address)> {
        let (count, from) = match &self.end {
            End::Datagram(socket) if peek => socket.peek_from(buffer)?,
            End::Datagram(socket) => socket.recv_from(buffer)?,
            End::Stream(_) => return Ok((self.receive(buffer, peek)?, Address::default())),
        };
        Ok((count, shown(from)))
    }

    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.options().shutdown(match how {
            Shutdown::Read => std::net::Shutdown::Read,
            Shutdown::Write => std::net::Shutdown::Write,
            Shutdown::Both => std::net::Shutdown::Both,
        })
    }

    /// Its own address; that of no host and no port while it has none.
    pub fn local(&self) -> io::Result<Address> {
        if self.family == Family::Local {
            return Ok(Address::default());
        }
        let found = shown_or_empty(self.options().local_addr());
        // Windows has no address to give before it is bound.
        if cfg!(windows) && found.is_err() {
            let ip = if self.family == Family::V6 {
                "::"
            } else {
                "0.0.0.0"
            };
            return Ok(Address {
                ip: ip.into(),
                port: 0,
            });
        }
        found
    }

    pub fn peer(&self) -> io::Result<Address> {
        let found = self.options().peer_addr();
        if self.family == Family::Local {
            return found.map(|_| Address::default());
        }
        shown_or_empty(found)
    }

    pub fn state(&self) -> io::Result<SocketState> {
        Ok(SocketState {
            family: self.family,
            kind: self.kind(),
            local: self.local()?,
            peer: self.peer().ok(),
            listening: self.listening.load(Ordering::SeqCst),
        })
    }

    /// The answer that says it is connected.
    pub fn connected(&self, handle: Handle) -> Result<Reply, HostError> {
        let ends = self.local().and_then(|local| Ok((local, self.peer()?)));
        let (local, peer) = ends.map_err(|error| from_io(&error))?;
        Ok(Reply::Connected {
            handle,
            local,
            peer,
        })
    }
}

/// The bytes below TLS.
impl Read for &Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.receive(buffer, false)
    }
}

impl Write for &Socket {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.send(data)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
