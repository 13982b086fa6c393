//! The socket clients connect to, which refuses them as the bench's fault says.

use std::{
    future::pending,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{extract::connect_info::Connected, serve::IncomingStream};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    select,
    time::sleep,
};

use super::{connection::Connection, desk::Desk, line::Line, occurrence::Occurrence};
use crate::host::bench::IDLE_LIMIT;

/// How long to wait when the system has no more sockets to give.
const PAUSE: Duration = Duration::from_millis(100);

pub struct Listener {
    address: SocketAddr,
    socket: Option<TcpListener>,
    /// Keeps the port from everybody else after the listener has closed; a connection to it is refused by the system.
    placeholder: Option<TcpSocket>,
    desk: Arc<Desk>,
}

/// Who sent a request.
#[derive(Clone, Debug)]
pub struct Caller {
    pub line: Arc<Line>,
    pub ip: IpAddr,
}

impl Listener {
    /// # Errors
    /// When the socket has no address.
    pub fn new(socket: TcpListener, desk: Arc<Desk>) -> io::Result<Self> {
        let address = socket.local_addr()?;
        let mut listener = Self {
            address,
            socket: Some(socket),
            placeholder: None,
            desk,
        };
        if listener.desk.agent().is_gone() {
            listener.close();
        }
        Ok(listener)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn close(&mut self) {
        self.socket = None;
        self.placeholder = placeholder(self.address).ok();
        self.desk.closed.send_replace(true);
    }

    fn take(&self, stream: TcpStream, ip: IpAddr) -> Option<(Connection, Caller)> {
        if self.desk.agent().refuse_connection() {
            // A port that listens cannot refuse: the nearest is a connection that breaks before anything was said.
            let _ = stream.set_zero_linger();
            drop(stream);
            self.desk.tell(&Occurrence::ConnectionRefused);
            return None;
        }
        // Answers are small and wanted at once.
        let _ = stream.set_nodelay(true);
        let line = self.desk.line();
        let connection = Connection::new(stream, line.clone(), IDLE_LIMIT);
        Some((connection, Caller { line, ip }))
    }
}

/// A socket that has the address and does not listen.
fn placeholder(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

impl axum::serve::Listener for Listener {
    type Io = Connection;
    type Addr = Caller;

    async fn accept(&mut self) -> (Connection, Caller) {
        loop {
            let Some(socket) = &self.socket else {
                return pending().await;
            };
            select! {
                biased;
                () = self.desk.closing.notified() => self.close(),
                accepted = socket.accept() => match accepted {
                    Ok((stream, address)) => {
                        if let Some(taken) = self.take(stream, address.ip()) {
                            return taken;
                        }
                    }
                    Err(error) if is_of_client(&error) => {}
                    Err(_) => sleep(PAUSE).await,
                },
            }
        }
    }

    fn local_addr(&self) -> io::Result<Caller> {
        Ok(Caller {
            line: Arc::default(),
            ip: self.address.ip(),
        })
    }
}

/// Whether a client was gone before it was accepted.
fn is_of_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

impl Connected<IncomingStream<'_, Listener>> for Caller {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.remote_addr().clone()
    }
}
