//! Connections to the simulated agent and to the instruments beside it: bytes in, bytes out, no socket in between.

use std::{collections::BTreeMap, time::Duration};

use http::{Method, Response, Version};
use rehearsal_python::host::HostError;

use super::{
    agent::{Agent, Events, StreamId},
    connection::{Connection, DeviceEnd, End, Streaming},
    error::BenchError,
    faulty_agent::{FaultyAgent, Treatment},
    framing::Frame,
    hosts::{Answering, Hosts},
    response::{chunk, encode, encode_head, half},
    script::Said,
    station::Station,
};

/// A connection that says nothing for so long is closed by the agent.
pub const IDLE_LIMIT: Duration = Duration::from_secs(120);
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// A connection, numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// What there is to receive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    Bytes(Vec<u8>),
    /// Nothing yet; with the time from which there will be something, if that is known.
    WouldBlock(Option<Duration>),
    /// The agent has closed the connection.
    Closed,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    #[error(
        "nothing answers at {asked}: the simulated bench answers at {known}; \
         to have the agent answer there, add to bench.yaml: addresses: [\"{asked}\"]; an instrument, sockets: {{\"{asked}\": {{scpi: {{}}}}}}"
    )]
    NoSuchAddress { asked: String, known: String },
    #[error(
        "host name \"{asked}\" is unknown: the simulated bench answers at {known}; \
         to have the agent answer there, add to bench.yaml: addresses: [\"{asked}:{port}\"]; an instrument, sockets: {{\"{asked}:{port}\": {{scpi: {{}}}}}}"
    )]
    UnknownHost {
        asked: String,
        port: u16,
        known: String,
    },
    #[error("the simulated agent refuses the connection (faults.agent in bench.yaml)")]
    Refused,
    #[error("the simulated agent broke the connection (faults.agent in bench.yaml)")]
    Reset,
    #[error("the connection to the simulated agent is closed")]
    BrokenPipe,
    #[error("there is no such connection to the simulated agent")]
    NoSuchConnection,
    #[error("nobody has answered yet")]
    Unanswered,
    /// Why a network other than this one refuses.
    #[error("{0}")]
    Other(HostError),
}

/// Connections that never leave the program. Times are of one clock that only goes forward.
pub trait Network: Send {
    /// The IP address of a host the bench knows; an IP address is its own. `port` is for the message only, 0 when unknown.
    ///
    /// # Errors
    /// When nobody has this name.
    fn resolve(&self, host: &str, port: u16) -> Result<String, NetworkError>;
    /// Opens a connection to a host name or an IP address.
    ///
    /// # Errors
    /// When the agent does not answer there, or refuses.
    fn connect(
        &mut self,
        host: &str,
        port: u16,
        now: Duration,
    ) -> Result<ConnectionId, NetworkError>;
    /// Sends bytes, which are all taken, and worked on as far as they are complete; or none of them, while too much waits to be received.
    ///
    /// # Errors
    /// When the connection is closed or broken.
    fn send(
        &mut self,
        id: ConnectionId,
        bytes: &[u8],
        now: Duration,
    ) -> Result<usize, NetworkError>;
    /// Receives at most `max` bytes; `peek` leaves them there.
    ///
    /// # Errors
    /// When the connection is broken.
    fn receive(
        &mut self,
        id: ConnectionId,
        max: usize,
        peek: bool,
        now: Duration,
    ) -> Result<Received, NetworkError>;
    /// When a receive will not block: a time that may have passed already, or none while the agent has nothing to say.
    ///
    /// # Errors
    /// When there is no such connection.
    fn readable_from(
        &mut self,
        id: ConnectionId,
        now: Duration,
    ) -> Result<Option<Duration>, NetworkError>;
    /// Ends one direction of a connection or both.
    ///
    /// # Errors
    /// When there is no such connection.
    fn shutdown(
        &mut self,
        id: ConnectionId,
        reading: bool,
        writing: bool,
    ) -> Result<(), NetworkError>;
    /// Forgets a connection.
    ///
    /// # Errors
    /// When there is no such connection.
    fn close(&mut self, id: ConnectionId) -> Result<(), NetworkError>;
}

/// The simulated agent and everybody who is connected to it. Times are of one clock that only goes forward.
#[derive(Debug)]
pub struct BenchNetwork {
    agent: FaultyAgent,
    hosts: Hosts,
    connections: BTreeMap<u64, Connection>,
    opened: u64,
}

impl BenchNetwork {
    /// An agent for a station, which answers at these addresses (host and port), at those of the station, and at localhost.
    ///
    /// # Errors
    /// When a module that is marked as loaded cannot be loaded.
    pub fn new(
        station: Station,
        addresses: impl IntoIterator<Item = (String, u16)>,
        now: Duration,
    ) -> Result<Self, BenchError> {
        let hosts = Hosts::new(addresses, &station);
        let agent = FaultyAgent::new(station, now)?;
        Ok(Self {
            agent,
            hosts,
            connections: BTreeMap::new(),
            opened: 0,
        })
    }

    /// Says what time it really is at `now`, since 1970-01-01 UTC, for the dates the agent gives.
    pub fn tell_time(&mut self, real: Duration, now: Duration) {
        self.agent.tell_time(real, now);
    }

    pub fn agent(&self) -> &Agent {
        self.agent.agent()
    }

    fn connection(&mut self, id: ConnectionId) -> Result<&mut Connection, NetworkError> {
        self.connections
            .get_mut(&id.0)
            .ok_or(NetworkError::NoSuchConnection)
    }

    fn work(&mut self, id: ConnectionId, now: Duration) -> Result<(), NetworkError> {
        loop {
            let connection = self.connection(id)?;
            let busy = connection.stream.is_some() || connection.is_full();
            if connection.stalled || busy || connection.end.is_some() {
                return Ok(());
            }
            match connection.framing.next_frame() {
                Frame::Incomplete => return Ok(()),
                Frame::Continue => connection.say(CONTINUE.to_vec(), now),
                Frame::Bad(problem) => {
                    connection.say(encode(&problem.response(), false, false), now);
                    connection.end = Some(End::Closed);
                }
                Frame::Request(framed) => {
                    let keep_alive = framed.keep_alive;
                    let bodiless = framed.request.method() == Method::HEAD;
                    let (bytes, ready, end) = match self.agent.treat(&framed.request, now) {
                        Treatment::Close => (Vec::new(), now, Some(End::Closed)),
                        Treatment::Reset => (Vec::new(), now, Some(End::Reset)),
                        Treatment::Stall => {
                            self.connection(id)?.stalled = true;
                            return Ok(());
                        }
                        Treatment::Half(response, delay) => {
                            let bytes = half(&response, bodiless, keep_alive);
                            (bytes, now.saturating_add(delay), Some(End::Closed))
                        }
                        Treatment::Answer(response, delay)
                            if response.extensions().get::<StreamId>().is_some() =>
                        {
                            let version = framed.request.version();
                            let begins = now.saturating_add(delay);
                            self.begin(id, &response, version, keep_alive, begins)?;
                            if self.agent.refuses() {
                                self.hang_up();
                            }
                            return Ok(());
                        }
                        Treatment::Answer(response, delay) => {
                            let bytes = encode(&response, bodiless, keep_alive);
                            (bytes, now.saturating_add(delay), None)
                        }
                    };
                    let end = end.or((!keep_alive).then_some(End::Closed));
                    let connection = self.connection(id)?;
                    connection.say(bytes, ready);
                    connection.end = end;
                    if self.agent.refuses() {
                        self.hang_up();
                    }
                }
            }
        }
    }

    /// Ends every connection after what is on its way.
    fn hang_up(&mut self) {
        self.agent.end_events();
        for connection in self.connections.values_mut() {
            if connection.stream.is_none() && connection.device.is_none() {
                connection.end = connection.end.or(Some(End::Closed));
            }
        }
    }

    /// Begins a stream of events.
    fn begin(
        &mut self,
        id: ConnectionId,
        response: &Response<Vec<u8>>,
        version: Version,
        keep_alive: bool,
        begins: Duration,
    ) -> Result<(), NetworkError> {
        let Some(stream) = response.extensions().get::<StreamId>().copied() else {
            return Ok(());
        };
        let chunked = version == Version::HTTP_11;
        let connection = self.connection(id)?;
        connection.say(
            encode_head(response, chunked, keep_alive && chunked),
            begins,
        );
        connection.stream = Some(Streaming {
            id: stream,
            chunked,
            begins,
        });
        Ok(())
    }

    /// Brings on its way what the stream of a connection has to say; what nobody receives stays with the agent, which keeps only so much.
    fn listen(&mut self, id: ConnectionId, now: Duration) -> Result<(), NetworkError> {
        let connection = self.connection(id)?;
        let Some(stream) = connection.stream else {
            return Ok(());
        };
        let held_up = connection.outgoing.iter().any(|piece| piece.ready <= now);
        if held_up || now < stream.begins {
            return Ok(());
        }
        let events = self.agent.events(stream.id, now);
        let connection = self.connection(id)?;
        match events {
            Events::Bytes(bytes) if bytes.is_empty() => {}
            Events::Bytes(bytes) if stream.chunked => connection.say(chunk(&bytes), now),
            Events::Bytes(bytes) => connection.say(bytes, now),
            Events::End => {
                if stream.chunked {
                    connection.say(chunk(&[]), now);
                }
                connection.stream = None;
                connection.end = Some(End::Closed);
            }
        }
        Ok(())
    }

    /// Forgets the stream of a connection, if it has one.
    fn leave(&mut self, id: ConnectionId) -> Result<(), NetworkError> {
        if let Some(stream) = self.connection(id)?.stream.take() {
            self.agent.close_events(stream.id);
        }
        Ok(())
    }

    /// Sends bytes to a device, and takes what it says to them.
    fn tell(
        &mut self,
        id: ConnectionId,
        mut end: DeviceEnd,
        bytes: &[u8],
        now: Duration,
    ) -> Result<(), NetworkError> {
        let said = self
            .agent
            .converse(&end.address, bytes, &mut end.unfinished, now);
        let connection = self.connection(id)?;
        for Said { after, bytes } in said {
            connection.say(bytes, now.saturating_add(after));
        }
        connection.device = Some(end);
        Ok(())
    }
}

impl Network for BenchNetwork {
    fn resolve(&self, host: &str, port: u16) -> Result<String, NetworkError> {
        self.hosts.resolve(host, port)
    }

    fn connect(
        &mut self,
        host: &str,
        port: u16,
        now: Duration,
    ) -> Result<ConnectionId, NetworkError> {
        let device = match self.hosts.find(host, port)? {
            Answering::Agent if self.agent.refuse_connection() => {
                return Err(NetworkError::Refused);
            }
            Answering::Agent => None,
            Answering::Device(address) => Some(DeviceEnd {
                address,
                unfinished: Vec::new(),
            }),
        };
        let id = self.opened;
        self.opened += 1;
        self.connections.insert(
            id,
            Connection {
                device,
                last_used: now,
                ..Connection::default()
            },
        );
        Ok(ConnectionId(id))
    }

    fn send(
        &mut self,
        id: ConnectionId,
        bytes: &[u8],
        now: Duration,
    ) -> Result<usize, NetworkError> {
        let connection = self.connection(id)?;
        connection.close_when_idle(now);
        if connection.client_done_sending || connection.ended {
            return Err(NetworkError::BrokenPipe);
        }
        connection.last_used = now;
        if connection.is_full() {
            return Ok(0);
        }
        // What comes after the agent's last word, or while it tells of events, is dropped, so that the client can still read that word.
        let listens = !connection.stalled && connection.stream.is_none();
        if connection.end.is_none()
            && let Some(device) = connection.device.take()
        {
            self.tell(id, device, bytes, now)?;
        } else if listens && connection.end.is_none() {
            connection.framing.push(bytes);
            self.work(id, now)?;
        }
        Ok(bytes.len())
    }

    fn receive(
        &mut self,
        id: ConnectionId,
        max: usize,
        peek: bool,
        now: Duration,
    ) -> Result<Received, NetworkError> {
        let ready = self.readable_from(id, now)?;
        let connection = self.connection(id)?;
        if connection.client_done_reading {
            return Ok(Received::Closed);
        }
        if max == 0 {
            return Ok(Received::Bytes(Vec::new()));
        }
        if ready.is_none_or(|ready| ready > now) {
            return Ok(Received::WouldBlock(ready));
        }
        let bytes = connection.take(max, peek, now);
        if !bytes.is_empty() {
            // There may be room again for what was asked meanwhile.
            if !peek && connection.device.is_none() {
                self.work(id, now)?;
            }
            return Ok(Received::Bytes(bytes));
        }
        connection.ended = true;
        match connection.end {
            Some(End::Reset) => Err(NetworkError::Reset),
            _ => Ok(Received::Closed),
        }
    }

    fn readable_from(
        &mut self,
        id: ConnectionId,
        now: Duration,
    ) -> Result<Option<Duration>, NetworkError> {
        self.listen(id, now)?;
        let connection = self.connection(id)?;
        connection.close_when_idle(now);
        if connection.client_done_reading {
            return Ok(Some(now));
        }
        let ready = connection.readable_from();
        match (ready, connection.stream) {
            (None, Some(stream)) => Ok(self.agent.next_events(stream.id, now)),
            (ready, _) => Ok(ready),
        }
    }

    fn shutdown(
        &mut self,
        id: ConnectionId,
        reading: bool,
        writing: bool,
    ) -> Result<(), NetworkError> {
        let connection = self.connection(id)?;
        connection.client_done_reading |= reading;
        if writing && !connection.client_done_sending {
            connection.client_done_sending = true;
            // The agent sees the end of the requests and closes its side, unless it hangs.
            if !connection.stalled {
                connection.end = connection.end.or(Some(End::Closed));
                self.leave(id)?;
            }
        }
        Ok(())
    }

    fn close(&mut self, id: ConnectionId) -> Result<(), NetworkError> {
        self.leave(id)?;
        self.connections
            .remove(&id.0)
            .map(drop)
            .ok_or(NetworkError::NoSuchConnection)
    }
}
