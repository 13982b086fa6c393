//! One connection to the simulated agent, as the agent sees it: what came, and what is on its way.

use std::{collections::VecDeque, time::Duration};

use super::{agent::StreamId, framing::Framing, network::IDLE_LIMIT};

/// With more bytes than these that nobody receives, a connection takes no more.
const MOST_UNREAD: usize = 1 << 20;

#[derive(Debug, Default)]
pub struct Connection {
    pub framing: Framing,
    /// Where another device is than the agent.
    pub device: Option<DeviceEnd>,
    pub outgoing: VecDeque<Piece>,
    /// How many bytes of it nobody has received.
    pub unread: usize,
    /// What follows the outgoing bytes.
    pub end: Option<End>,
    pub stalled: bool,
    /// The events that go on after the outgoing bytes.
    pub stream: Option<Streaming>,
    pub last_used: Duration,
    /// The client has seen the end.
    pub ended: bool,
    pub client_done_sending: bool,
    pub client_done_reading: bool,
}

/// A connection's end at a device of `sockets`.
#[derive(Debug)]
pub struct DeviceEnd {
    pub address: String,
    /// The beginning of a line.
    pub unfinished: Vec<u8>,
}

/// A stream of events on a connection, which carries nothing else from then on.
#[derive(Clone, Copy, Debug)]
pub struct Streaming {
    pub id: StreamId,
    /// In chunks, or up to the end of the connection.
    pub chunked: bool,
    /// When its head is there.
    pub begins: Duration,
}

/// Bytes that can be received from a moment on.
#[derive(Debug)]
pub struct Piece {
    pub ready: Duration,
    bytes: Vec<u8>,
    /// So many of them were received.
    taken: usize,
}

impl Piece {
    fn left(&self) -> &[u8] {
        self.bytes.get(self.taken..).unwrap_or_default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Closed,
    Reset,
}

impl Connection {
    pub fn say(&mut self, bytes: Vec<u8>, ready: Duration) {
        // A later answer never overtakes a slow one.
        let ready = self
            .outgoing
            .back()
            .map_or(ready, |last| last.ready.max(ready));
        if !bytes.is_empty() {
            self.unread += bytes.len();
            let taken = 0;
            self.outgoing.push_back(Piece {
                ready,
                bytes,
                taken,
            });
        }
    }

    /// Whether so much waits to be received that nothing more is taken, as between two machines.
    pub fn is_full(&self) -> bool {
        self.unread >= MOST_UNREAD
    }

    /// Between two requests, or amid one that the client does not finish.
    pub fn close_when_idle(&mut self, now: Duration) {
        let waits = !self.stalled && self.stream.is_none() && self.device.is_none();
        let idle = self.outgoing.is_empty() && waits;
        if idle && now.saturating_sub(self.last_used) >= IDLE_LIMIT {
            self.end = self.end.or(Some(End::Closed));
        }
    }

    pub fn readable_from(&self) -> Option<Duration> {
        self.outgoing
            .front()
            .map(|piece| piece.ready)
            .or(self.end.map(|_| Duration::ZERO))
    }

    pub fn take(&mut self, max: usize, peek: bool, now: Duration) -> Vec<u8> {
        let mut taken = Vec::new();
        for piece in self.outgoing.iter().take_while(|piece| piece.ready <= now) {
            let left = max - taken.len();
            taken.extend_from_slice(piece.left().get(..left).unwrap_or(piece.left()));
        }
        if peek {
            return taken;
        }
        let mut left = taken.len();
        while left > 0
            && let Some(piece) = self.outgoing.front_mut()
        {
            let gone = left.min(piece.left().len());
            left -= gone;
            self.unread = self.unread.saturating_sub(gone);
            piece.taken += gone;
            if piece.left().is_empty() {
                self.outgoing.pop_front();
            }
        }
        if !taken.is_empty() && self.outgoing.is_empty() {
            self.last_used = self.last_used.max(now);
        }
        taken
    }
}
