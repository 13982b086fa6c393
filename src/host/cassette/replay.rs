//! Answers from a recording in the place of a bench: the same answers to the same requests in the same order, and nothing else.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use http::{Response, StatusCode, header};

use super::{
    content::Content,
    difference::{action, differences},
    exchange::{asked, is_http},
    format::{Connect, Ended, Entry, Exchange},
    response::EVENTS,
    script::{Departures, Script},
};
use crate::{
    flow::{clock::Clock as _, virtual_clock::VirtualClock},
    host::{
        ErrorKind,
        bench::{
            ConnectionId, Frame, Framing, Network, NetworkError, Received, encode, encode_head,
        },
        nanoseconds,
    },
};

/// A network that knows what a recording knows.
pub struct ReplayNetwork {
    script: Departures,
    clock: Arc<VirtualClock>,
    /// The hosts of the recording; a place gives an address.
    hosts: Vec<String>,
    connections: BTreeMap<u64, Connection>,
    opened: u64,
}

struct Connection {
    /// In the recording.
    number: u32,
    requests: Framing,
    /// What was sent and not yet compared, where it is no HTTP.
    sent: Vec<u8>,
    is_http: Option<bool>,
    /// What may be the beginning of a request over HTTP.
    held: Vec<u8>,
    outgoing: VecDeque<(Duration, Vec<u8>)>,
    /// How it ends after what is on its way, and when.
    end: Option<(Duration, Ended)>,
    done_reading: bool,
}

impl ReplayNetwork {
    pub fn new(script: Departures, clock: Arc<VirtualClock>) -> Self {
        let mut hosts: Vec<String> = Vec::new();
        for entry in &script.script().entries {
            if let Some(Connect { host, .. }) = &entry.connect
                && !hosts.contains(host)
            {
                hosts.push(host.clone());
            }
        }
        Self {
            script,
            clock,
            hosts,
            connections: BTreeMap::new(),
            opened: 0,
        }
    }

    fn address_of(&self, host: &str) -> Option<String> {
        if host == "localhost" {
            return Some("127.0.0.1".into());
        }
        if host.parse::<std::net::IpAddr>().is_ok() {
            return Some(host.into());
        }
        let place = self.hosts.iter().position(|its| its == host)?;
        Some(format!("192.0.2.{}", place + 1))
    }

    /// Whether a connection to `asked`, a name or an address, is one to this host.
    fn is(&self, host: &str, asked: &str) -> bool {
        host == asked || self.address_of(host).as_deref() == Some(asked)
    }

    /// The first of the hosts that this may be.
    fn name_of(&self, address: &str) -> String {
        let named = self.hosts.iter().find(|host| self.is(host, address));
        named.map_or(address, String::as_str).to_owned()
    }

    /// Hands out what came back next, on whichever connections; ends of connections only when the code `looks`.
    fn deliver(&mut self, script: &mut Script, now: Duration, looks: bool) {
        let elapsed = nanoseconds(self.clock.elapsed());
        while let Some(entry) = script.entries.get(script.next) {
            if entry.is_action() || !entry.says_something() || entry.closed.is_some() && !looks {
                return;
            }
            let end = entry.at.saturating_add(entry.took);
            let ready = now.saturating_add(Duration::from_nanos(end.saturating_sub(elapsed)));
            let its = |connection: &&mut Connection| connection.number == entry.connection;
            if let Some(connection) = self.connections.values_mut().find(its) {
                if let Some(received) = &entry.received {
                    connection.outgoing.push_back((ready, received.bytes()));
                }
                if let Some(closed) = entry.closed {
                    // Of when it was closed nothing is known, only how long the code looked until it saw it.
                    let seen = now.saturating_add(Duration::from_nanos(entry.took));
                    connection.end.get_or_insert((seen, closed));
                }
            }
            script.pass_over();
        }
    }

    /// The time at which an entry began has come.
    fn come_to(&self, at: u64, now: Duration) -> Duration {
        now.saturating_add(self.clock.advance_to(Duration::from_nanos(at)))
    }

    /// A request over HTTP: the next thing in the recording, or a departure.
    fn exchange(
        &mut self,
        id: u64,
        request: &http::Request<Vec<u8>>,
        now: Duration,
    ) -> Result<(), NetworkError> {
        let shared = self.script.clone();
        let mut script = shared.script();
        let actual = asked(request, &script.secrets);
        let shown = action(&Entry {
            http: Some(actual.clone()),
            ..Entry::default()
        });
        script.follows()?;
        let number = self.connections.get(&id).map_or(0, |its| its.number);
        let Some(entry) = script.entries.get(script.next).cloned() else {
            return Err(script.depart(&shown, &[]));
        };
        let Some(expected) = entry.http.as_ref().filter(|_| entry.connection == number) else {
            return Err(script.depart(&shown, &[]));
        };
        let fields = differences(expected, &actual, &script.ignore);
        if !fields.is_empty() {
            let fields: Vec<_> = fields.iter().map(ToString::to_string).collect();
            return Err(script.depart(&shown, &fields));
        }
        script.advance();
        let now = self.come_to(entry.at, now);
        let ready = now.saturating_add(Duration::from_nanos(entry.took));
        if let Some(connection) = self.connections.get_mut(&id) {
            if let Some(bytes) = reply(expected, request) {
                connection.outgoing.push_back((ready, bytes));
            }
            if let Some(closed) = expected.closed {
                connection.end.get_or_insert((ready, closed));
            }
        }
        // After the answer, to which the events of a stream belong.
        self.deliver(&mut script, now, false);
        Ok(())
    }

    /// Bytes that are no HTTP: as many as the next thing in the recording has, or a departure.
    fn speak(&mut self, id: u64, now: Duration) -> Result<(), NetworkError> {
        let shared = self.script.clone();
        let mut script = shared.script();
        loop {
            script.follows()?;
            let Some(connection) = self.connections.get_mut(&id) else {
                return Ok(());
            };
            if connection.sent.is_empty() {
                return Ok(());
            }
            let shown = format!(
                "send {}",
                super::difference::shown(&Content::of_bytes(&connection.sent))
            );
            let Some(entry) = script.entries.get(script.next).cloned() else {
                return Err(script.depart(&shown, &[]));
            };
            let expected = entry
                .sent
                .as_ref()
                .filter(|_| entry.connection == connection.number);
            let Some(expected) = expected.map(Content::bytes) else {
                return Err(script.depart(&shown, &[]));
            };
            if expected.starts_with(&connection.sent) && expected.len() > connection.sent.len() {
                return Ok(());
            }
            if !connection.sent.starts_with(&expected) {
                return Err(script.depart(&shown, &[]));
            }
            connection.sent.drain(..expected.len());
            script.advance();
            let now = self.come_to(entry.at, now);
            self.deliver(&mut script, now, false);
        }
    }
}

/// The answer as bytes; none when there was none.
fn reply(exchange: &Exchange, request: &http::Request<Vec<u8>>) -> Option<Vec<u8>> {
    let status = StatusCode::from_u16(exchange.status?).ok()?;
    let body = exchange
        .reply
        .as_ref()
        .map(Content::bytes)
        .unwrap_or_default();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let media = exchange.media.as_deref().unwrap_or("application/json");
    let is_stream = media.starts_with(EVENTS) && exchange.reply.is_none();
    let has_media = is_stream || !response.body().is_empty();
    if let (true, Ok(media)) = (has_media, media.parse()) {
        response.headers_mut().insert(header::CONTENT_TYPE, media);
    }
    for (name, value) in &exchange.headers {
        let name = http::HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value.parse()) {
            response.headers_mut().insert(name, value);
        }
    }
    let bodiless = request.method() == http::Method::HEAD;
    if is_stream && !bodiless {
        return Some(encode_head(&response, false, false));
    }
    Some(encode(&response, bodiless, exchange.closed.is_none()))
}

impl Network for ReplayNetwork {
    fn resolve(&self, host: &str, port: u16) -> Result<String, NetworkError> {
        let shared = self.script.clone();
        let mut script = shared.script();
        script.follows()?;
        let next = script
            .entries
            .get(script.next)
            .and_then(|entry| entry.connect.clone());
        if let Some(Connect {
            host: its,
            error: Some(error),
            ..
        }) = next
            && its == host
            && error.kind == ErrorKind::UnknownHost
        {
            script.advance();
            return Err(NetworkError::Other(error));
        }
        match self.address_of(host) {
            Some(address) => Ok(address),
            None => Err(script.depart(&format!("connect to {host}:{port}"), &[])),
        }
    }

    fn connect(
        &mut self,
        host: &str,
        port: u16,
        now: Duration,
    ) -> Result<ConnectionId, NetworkError> {
        let name = self.name_of(host);
        let shared = self.script.clone();
        let mut script = shared.script();
        script.follows()?;
        let Some(entry) = script.entries.get(script.next).cloned() else {
            return Err(script.depart(&format!("connect to {name}:{port}"), &[]));
        };
        let expected = entry.connect.as_ref();
        let same = |expected: &&Connect| expected.port == port && self.is(&expected.host, host);
        let Some(expected) = expected.filter(same) else {
            return Err(script.depart(&format!("connect to {name}:{port}"), &[]));
        };
        script.advance();
        let at = entry.at.saturating_add(entry.took);
        let now = self.come_to(at, now);
        if let Some(error) = &expected.error {
            if error.kind == ErrorKind::Interrupted {
                return Err(NetworkError::Unanswered);
            }
            return Err(NetworkError::Other(error.clone()));
        }
        let connection = Connection {
            number: entry.connection,
            requests: Framing::listening(),
            sent: Vec::new(),
            is_http: None,
            held: Vec::new(),
            outgoing: VecDeque::new(),
            end: None,
            done_reading: false,
        };
        let id = self.opened;
        self.opened += 1;
        self.connections.insert(id, connection);
        self.deliver(&mut script, now, false);
        Ok(ConnectionId(id))
    }

    fn send(
        &mut self,
        id: ConnectionId,
        bytes: &[u8],
        now: Duration,
    ) -> Result<usize, NetworkError> {
        let shared = self.script.clone();
        let mut script = shared.script();
        script.follows()?;
        self.deliver(&mut script, now, true);
        drop(script);
        let connection = self
            .connections
            .get_mut(&id.0)
            .ok_or(NetworkError::NoSuchConnection)?;
        if let Some((ready, Ended::Reset)) = connection.end {
            self.clock.pass(ready.saturating_sub(now));
            return Err(NetworkError::Reset);
        }
        let mut bytes_now = bytes.to_vec();
        if connection.is_http.is_none() {
            connection.held.append(&mut bytes_now);
            connection.is_http = is_http(&connection.held);
            if connection.is_http.is_none() {
                return Ok(bytes.len());
            }
            bytes_now = std::mem::take(&mut connection.held);
        }
        if connection.is_http == Some(true) {
            connection.requests.push(&bytes_now);
            while let Some(connection) = self.connections.get_mut(&id.0) {
                match connection.requests.next_frame() {
                    Frame::Request(framed) => self.exchange(id.0, &framed.request, now)?,
                    Frame::Continue => connection
                        .outgoing
                        .push_back((now, b"HTTP/1.1 100 Continue\r\n\r\n".to_vec())),
                    Frame::Incomplete => break,
                    Frame::Bad(_) => {
                        let shown = "a request over HTTP that cannot be read";
                        return Err(self.script.script().depart(shown, &[]));
                    }
                }
            }
        } else {
            connection.sent.append(&mut bytes_now);
            self.speak(id.0, now)?;
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
        let connection = self
            .connections
            .get_mut(&id.0)
            .ok_or(NetworkError::NoSuchConnection)?;
        if connection.done_reading {
            return Ok(Received::Closed);
        }
        if !connection.held.is_empty() {
            // The code waits, so it has said all.
            connection.is_http = Some(false);
            connection.sent.append(&mut connection.held);
            self.speak(id.0, now)?;
        }
        self.deliver(&mut self.script.clone().script(), now, true);
        let connection = self
            .connections
            .get_mut(&id.0)
            .ok_or(NetworkError::NoSuchConnection)?;
        match connection.outgoing.front_mut() {
            Some((ready, bytes)) if *ready <= now => {
                let taken: Vec<u8> = bytes.iter().copied().take(max).collect();
                if !peek {
                    bytes.drain(..taken.len());
                    if bytes.is_empty() {
                        connection.outgoing.pop_front();
                    }
                }
                Ok(Received::Bytes(taken))
            }
            Some((ready, _)) => Ok(Received::WouldBlock(Some(*ready))),
            None => match connection.end {
                Some((ready, _)) if ready > now => Ok(Received::WouldBlock(Some(ready))),
                Some((_, Ended::Closed)) => Ok(Received::Closed),
                Some((_, Ended::Reset)) => Err(NetworkError::Reset),
                None => self
                    .script
                    .script()
                    .follows()
                    .map(|()| Received::WouldBlock(None)),
            },
        }
    }

    fn readable_from(
        &mut self,
        id: ConnectionId,
        now: Duration,
    ) -> Result<Option<Duration>, NetworkError> {
        self.deliver(&mut self.script.clone().script(), now, true);
        let connection = self
            .connections
            .get(&id.0)
            .ok_or(NetworkError::NoSuchConnection)?;
        let end = connection.end.map(|(ready, _)| ready);
        let over = connection.done_reading.then_some(now);
        Ok(match connection.outgoing.front() {
            Some((ready, _)) => Some(*ready),
            None => over.or(end),
        })
    }

    fn shutdown(
        &mut self,
        id: ConnectionId,
        reading: bool,
        _writing: bool,
    ) -> Result<(), NetworkError> {
        let connection = self
            .connections
            .get_mut(&id.0)
            .ok_or(NetworkError::NoSuchConnection)?;
        connection.done_reading |= reading;
        Ok(())
    }

    fn close(&mut self, id: ConnectionId) -> Result<(), NetworkError> {
        let closed = self.connections.remove(&id.0);
        closed.map(drop).ok_or(NetworkError::NoSuchConnection)
    }
}
