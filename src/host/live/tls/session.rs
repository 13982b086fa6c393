//! One TLS connection on a TCP connection that does not block.

use std::{
    io::{self, BufRead, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use rehearsal_python::interrupt::Interrupt;
use rustls::{Connection, ProtocolVersion};

use super::{
    authentication::Refusal,
    configuration::{cipher, connection},
    trouble::{end_of_file, from_rustls, protocol, want_write},
};
use crate::host::{
    Der, HostError, Secured, Tls, TlsVersion,
    live::{
        error::{from_io, interrupted, timed_out},
        socket::Socket,
        wait::{Readiness, deadline, wait},
    },
    nanoseconds,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    In,
    Out,
}

pub struct Session {
    socket: Arc<Socket>,
    state: Mutex<State>,
}

struct State {
    connection: Connection,
    refusal: Refusal,
    /// What ended the connection, once its plain text has been read.
    failed: Option<HostError>,
    /// This side has said that it is done.
    closing: bool,
}

impl Session {
    /// Sends nothing yet.
    ///
    /// # Errors
    /// When what is wanted is not available.
    pub fn new(socket: Arc<Socket>, tls: &Tls) -> Result<Self, HostError> {
        let (connection, refusal) = connection(tls)?;
        Ok(Self {
            socket,
            state: Mutex::new(State {
                connection,
                refusal,
                failed: None,
                closing: false,
            }),
        })
    }

    pub fn socket(&self) -> &Arc<Socket> {
        &self.socket
    }

    pub fn handshake(
        &self,
        timeout: Option<u64>,
        interrupt: &Interrupt,
    ) -> Result<Secured, HostError> {
        self.retry(Direction::In, timeout, interrupt, |state, socket| {
            loop {
                if !state.flush(socket)? {
                    return Ok(None);
                }
                if !state.connection.is_handshaking() {
                    return state.secured().map(Some);
                }
                if !state.take_in(socket)? {
                    return Ok(None);
                }
            }
        })
    }

    /// Sends some of `data`; what the system does not take at once follows with the next request.
    pub fn send(
        &self,
        data: &[u8],
        timeout: Option<u64>,
        interrupt: &Interrupt,
    ) -> Result<u64, HostError> {
        let until = deadline(timeout);
        let count = self.retry(Direction::Out, timeout, interrupt, |state, socket| {
            if let Some(error) = &state.failed {
                return Err(error.clone());
            }
            if !state.flush(socket)? {
                return Ok(None);
            }
            let count = state.connection.writer().write(data);
            let count = count.map_err(|error| from_io(&error))?;
            state.flush(socket)?;
            Ok((count > 0 || data.is_empty()).then_some(count))
        })?;
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.map(nanoseconds);
        let rest = self.retry(Direction::Out, left, interrupt, |state, socket| {
            Ok(state.flush(socket)?.then_some(()))
        });
        match rest {
            // It has been taken, and waits in this process instead of the system's.
            Err(error) if !is_pause(&error) => Err(error),
            _ => Ok(count as u64),
        }
    }

    /// Receives at most `max` bytes of plain text; `peek` leaves them there. None when the peer has said that it is done.
    pub fn receive(
        &self,
        max: usize,
        peek: bool,
        timeout: Option<u64>,
        interrupt: &Interrupt,
    ) -> Result<Vec<u8>, HostError> {
        self.retry(Direction::In, timeout, interrupt, |state, socket| {
            if max == 0 {
                return Ok(Some(Vec::new()));
            }
            loop {
                if let Some(data) = state.plain(max, peek)? {
                    return Ok(Some(data));
                }
                // Whether the peer still listens matters to the next send only.
                let _ = state.flush(socket);
                if !state.take_in(socket)? {
                    return Ok(None);
                }
            }
        })
    }

    /// Says that this side is done, and waits until the peer does.
    pub fn end(&self, timeout: Option<u64>, interrupt: &Interrupt) -> Result<(), HostError> {
        self.retry(Direction::In, timeout, interrupt, |state, socket| {
            state.say_done();
            loop {
                if !state.flush(socket)? {
                    return Ok(None);
                }
                match state.plain(1, true)? {
                    Some(data) if data.is_empty() => return Ok(Some(())),
                    Some(_) => return Err(protocol("application data after close notify")),
                    None => {}
                }
                if !state.take_in(socket)? {
                    return Ok(None);
                }
            }
        })
    }

    /// Says that this side is done, as far as the system takes it at once.
    pub fn say_done(&self) {
        let mut state = self.state();
        if !state.connection.is_handshaking() {
            state.say_done();
            // Nobody waits for the outcome.
            let _ = state.flush(&self.socket);
        }
    }

    /// Whether a receive would not block; `arrived` says that the system has something.
    pub fn readable(&self, arrived: bool) -> bool {
        let mut state = self.state();
        if state.connection.is_handshaking() {
            return arrived;
        }
        let _ = state.flush(&self.socket);
        loop {
            match state.plain(1, true) {
                Ok(None) => {}
                Ok(Some(_)) | Err(_) => return true,
            }
            match state.take_in(&self.socket) {
                Ok(true) => {}
                Ok(false) => return false,
                Err(_) => return true,
            }
        }
    }

    /// Tries until it would no longer block. What only sends is not woken by what arrives.
    fn retry<T>(
        &self,
        side: Direction,
        timeout: Option<u64>,
        interrupt: &Interrupt,
        mut attempt: impl FnMut(&mut State, &Socket) -> Result<Option<T>, HostError>,
    ) -> Result<T, HostError> {
        let until = deadline(timeout);
        loop {
            if interrupt.pending() {
                return Err(interrupted());
            }
            let (writing, reading) = {
                let mut state = self.state();
                if let Some(result) = attempt(&mut state, &self.socket)? {
                    return Ok(result);
                }
                let connection = &state.connection;
                let reading = side == Direction::In && connection.wants_read();
                (connection.wants_write(), reading)
            };
            if until.is_some_and(|until| Instant::now() >= until) {
                return Err(if writing && timeout == Some(0) {
                    want_write()
                } else {
                    timed_out()
                });
            }
            let readiness = Readiness {
                read: reading,
                write: writing || !reading,
            };
            wait(&[(self.socket.source(), readiness)], until, interrupt)?;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Sends what is to be sent; false when the system takes no more for now.
    fn flush(&mut self, mut socket: &Socket) -> Result<bool, HostError> {
        while self.connection.wants_write() {
            match self.connection.write_tls(&mut socket) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(from_io(&error)),
            }
        }
        Ok(true)
    }

    /// Takes in what has arrived; false when there is nothing for now.
    fn take_in(&mut self, mut socket: &Socket) -> Result<bool, HostError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let result = loop {
            match self.connection.read_tls(&mut socket) {
                Ok(0) if self.connection.is_handshaking() => break Err(end_of_file()),
                Ok(_) => break Ok(()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => break Err(from_io(&error)),
            }
        };
        let result = result.and_then(|()| {
            let processed = self.connection.process_new_packets();
            processed.map(drop).map_err(|error| {
                let refused = self.refusal.take();
                refused.unwrap_or_else(|| from_rustls(&error))
            })
        });
        if let Err(error) = result {
            // The peer is told why, if it still listens.
            let _ = self.flush(socket);
            self.failed = Some(error.clone());
            return Err(error);
        }
        Ok(true)
    }

    /// At most `max` bytes of plain text, if there are any; none of them at its end.
    fn plain(&mut self, max: usize, peek: bool) -> Result<Option<Vec<u8>>, HostError> {
        let mut reader = self.connection.reader();
        let data = match reader.fill_buf() {
            Ok(data) => data[..data.len().min(max)].to_vec(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(_) => return Err(end_of_file()),
        };
        if !peek {
            reader.consume(data.len());
        }
        Ok(Some(data))
    }

    fn say_done(&mut self) {
        if !self.closing {
            self.closing = true;
            self.connection.send_close_notify();
        }
    }

    fn secured(&self) -> Result<Secured, HostError> {
        let connection = &self.connection;
        let version = match connection.protocol_version() {
            Some(ProtocolVersion::TLSv1_2) => TlsVersion::V12,
            _ => TlsVersion::V13,
        };
        let suite = connection
            .negotiated_cipher_suite()
            .ok_or_else(|| protocol("no cipher was agreed on"))?;
        let (cipher, bits) = cipher(suite.suite());
        Ok(Secured {
            version,
            cipher,
            bits,
            alpn: connection
                .alpn_protocol()
                .map(|name| String::from_utf8_lossy(name).into_owned()),
            chain: connection
                .peer_certificates()
                .unwrap_or_default()
                .iter()
                .map(|der| Der(der.to_vec()))
                .collect(),
        })
    }
}

/// Whether what was begun can go on with the next request.
fn is_pause(error: &HostError) -> bool {
    use crate::host::{ErrorKind, TlsTrouble};
    matches!(
        error.kind,
        ErrorKind::TimedOut | ErrorKind::Interrupted | ErrorKind::Tls(TlsTrouble::WantWrite)
    )
}
