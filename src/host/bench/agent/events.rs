//! The group `events`: what happens at the agent, as server-sent events on streams that clients keep open.

use std::{collections::BTreeMap, time::Duration};

use http::StatusCode;
use serde_json::{Value as Json, json};

use super::{
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

/// How often a stream says that it is alive: whole seconds.
pub const PING: Duration = Duration::from_secs(10);
/// What waits for a reader at most, in bytes; what comes then is lost, and the ids have a gap.
const MOST_WAITING: usize = 1 << 20;
/// The most streams at a time.
const MOST_STREAMS: usize = 64;

/// A stream of events, as an extension of the response that opens it: whoever sends the bytes goes on with what [`Agent::events`]
/// gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StreamId(u64);

/// What a stream has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Events {
    /// Perhaps nothing.
    Bytes(Vec<u8>),
    /// Nothing any more.
    End,
}

/// How the station's configuration has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A module has brought channels.
    Added,
    /// A module has taken its channels away.
    Removed,
    Changed,
}

/// All open streams.
#[derive(Clone, Debug, Default)]
pub struct Streams {
    open: BTreeMap<StreamId, Stream>,
    opened: u64,
    /// How often the configuration has changed.
    generation: u64,
    /// Somebody who waits for a stream should look again.
    stirred: bool,
}

#[derive(Clone, Debug)]
struct Stream {
    /// By which clients name it.
    name: String,
    /// How many events there were.
    events: u64,
    waiting: Vec<u8>,
    next_ping: Duration,
    /// There is nothing after what waits.
    ended: bool,
}

impl Streams {
    /// Has those who wait for a stream look again.
    pub fn stir(&mut self) {
        self.stirred = true;
    }

    /// Whether somebody who waits for a stream should look again; asking ends it.
    pub fn stirred(&mut self) -> bool {
        std::mem::take(&mut self.stirred)
    }

    pub fn by_name(&self, name: &str) -> Option<StreamId> {
        let mut open = self.open.iter();
        open.find(|(_, stream)| stream.name == name && !stream.ended)
            .map(|(id, _)| *id)
    }

    /// The next ping there is, of one stream or of all, and whose.
    pub fn next_ping(&self, of: Option<StreamId>) -> Option<(Duration, StreamId)> {
        let open = self
            .open
            .iter()
            .filter(|(id, stream)| !stream.ended && of.is_none_or(|of| of == **id));
        open.map(|(id, stream)| (stream.next_ping, *id)).min()
    }

    /// Says on a stream that it is alive; once for all the times that have passed by now.
    pub fn ping(&mut self, id: StreamId, now: Duration) {
        if let Some(stream) = self.open.get_mut(&id) {
            let late = now.saturating_sub(stream.next_ping);
            let into = Duration::new(late.as_secs() % PING.as_secs(), late.subsec_nanos());
            stream.next_ping = now.saturating_add(PING).saturating_sub(into);
            stream.say(": ping\n\n");
            self.stirred = true;
        }
    }

    /// Puts an event on one stream, or on all.
    pub fn tell(&mut self, of: Option<StreamId>, name: &str, data: &Json) {
        for (id, stream) in &mut self.open {
            if !stream.ended && of.is_none_or(|of| of == *id) {
                stream.events += 1;
                let number = stream.events;
                stream.say(&format!("id: {number}\nevent: {name}\ndata: {data}\n\n"));
                self.stirred = true;
            }
        }
    }

    /// Ends every stream, after what waits.
    pub fn end(&mut self) {
        for stream in self.open.values_mut() {
            stream.ended = true;
        }
        self.stirred = true;
    }
}

impl Stream {
    fn say(&mut self, text: &str) {
        let fits = self.waiting.len().saturating_add(text.len()) <= MOST_WAITING;
        // A single event may be larger than everything that may wait.
        if fits || self.waiting.is_empty() {
            self.waiting.extend_from_slice(text.as_bytes());
        }
    }
}

impl Agent {
    pub(super) fn open_events(&mut self, call: &Call) -> Answer {
        if call.bodiless {
            return Ok(Reply::stream(None));
        }
        if self.streams.open.len() >= MOST_STREAMS {
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("there are {MOST_STREAMS} event streams already: close one first"),
            ));
        }
        let id = StreamId(self.streams.opened);
        self.streams.opened += 1;
        let stream = Stream {
            name: self.unique_id(call.now),
            events: 0,
            waiting: Vec::new(),
            next_ping: call.now.saturating_add(PING),
            ended: false,
        };
        let hello = json!({
            "isConnected": self.lost().is_none(),
            "generation": self.streams.generation,
            "apiVersion": 1,
            "streamId": stream.name,
        });
        self.streams.open.insert(id, stream);
        self.streams.tell(Some(id), "hello", &hello);
        Ok(Reply::stream(Some(id)))
    }

    /// Takes what a stream has to say up to now.
    pub fn events(&mut self, id: StreamId, now: Duration) -> Events {
        self.pass(now);
        match self.streams.open.get_mut(&id) {
            Some(stream) if !(stream.ended && stream.waiting.is_empty()) => {
                Events::Bytes(std::mem::take(&mut stream.waiting))
            }
            _ => Events::End,
        }
    }

    /// When a stream may have more to say; a time that has passed when it has already, or has ended.
    pub fn next_events(&mut self, id: StreamId, now: Duration) -> Duration {
        self.pass(now);
        let stream = self.streams.open.get(&id);
        if stream.is_none_or(|stream| stream.ended || !stream.waiting.is_empty()) {
            return now;
        }
        self.next_due(Some(id)).map_or(now + PING, |(at, _)| at)
    }

    /// Forgets a stream that nobody reads any more, with its subscriptions.
    pub fn close_events(&mut self, id: StreamId) {
        self.streams.open.remove(&id);
        self.subscriptions.forget(id);
    }

    /// Ends all streams: the agent goes.
    pub fn end_events(&mut self) {
        self.streams.end();
        self.subscriptions.clear();
    }

    /// Whether something has happened on a stream since it was asked last.
    pub fn stirred(&mut self) -> bool {
        self.streams.stirred()
    }

    /// Tells that channels or modules have changed.
    pub(super) fn configured(&mut self, change: Change) {
        self.streams.generation += 1;
        let data = json!({
            "changeType": match change {
                Change::Added => "Added",
                Change::Removed => "Removed",
                Change::Changed => "Changed",
            },
            "generation": self.streams.generation,
        });
        self.streams.tell(None, "configuration", &data);
    }

    /// Tells whether the agent has its hardware.
    pub(super) fn tell_connection(&mut self) {
        let data = json!({
            "isConnected": self.lost().is_none(),
            "generation": self.streams.generation,
            "lastError": self.last_error(),
        });
        self.streams.tell(None, "connection", &data);
    }
}
