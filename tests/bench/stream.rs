//! A reader of the simulated agent's events, who takes HTTP and server-sent events apart by hand.

use rehearsal::host::bench::{ConnectionId, Network as _, Received};
use serde_json::Value as Json;

use crate::client::Client;

const OPEN: &str =
    "GET /api/events HTTP/1.1\r\nHost: agent64.local:5000\r\nAccept: text/event-stream\r\n\r\n";

pub struct Stream {
    pub connection: ConnectionId,
    /// From its first event.
    pub name: String,
    closed: bool,
}

#[derive(Debug, PartialEq)]
pub enum Event {
    Ping,
    Event { id: u64, name: String, data: Json },
}

impl Event {
    /// The data of an event with this name.
    #[track_caller]
    pub fn of(&self, wanted: &str) -> &Json {
        match self {
            Self::Event { name, data, .. } if name == wanted => data,
            other => panic!("no {wanted}: {other:?}"),
        }
    }
}

impl Stream {
    /// Opens a stream on a connection of its own and reads its `hello`.
    pub fn open(client: &mut Client) -> (Self, Json) {
        let network = &mut client.network;
        let connection = network
            .connect("agent64.local", 5000, client.now)
            .expect("connected");
        network
            .send(connection, OPEN.as_bytes(), client.now)
            .expect("sent");
        let mut stream = Self {
            connection,
            name: String::new(),
            closed: false,
        };
        let text = stream.receive(client);
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        assert_eq!(
            head,
            "HTTP/1.1 200 OK\r\nServer: Rehearsal\r\nContent-Type: text/event-stream\r\ncache-control: no-cache\r\nTransfer-Encoding: chunked"
        );
        let events = stream.events(body);
        assert_eq!(events.len(), 1, "{events:?}");
        let hello = events[0].of("hello").clone();
        stream.name = hello["streamId"].as_str().expect("an id").into();
        (stream, hello)
    }

    /// The events there are at the client's time.
    pub fn take(&mut self, client: &mut Client) -> Vec<Event> {
        let text = self.receive(client);
        self.events(&text)
    }

    /// Whether the agent has ended the stream, properly, once its events were taken.
    pub fn has_ended(&self) -> bool {
        self.closed
    }

    fn receive(&mut self, client: &mut Client) -> String {
        let mut all = Vec::new();
        loop {
            match client
                .network
                .receive(self.connection, 1 << 16, false, client.now)
                .expect("a connection")
            {
                Received::Bytes(bytes) => all.extend(bytes),
                Received::WouldBlock(_) => return String::from_utf8(all).expect("text"),
                Received::Closed => {
                    let text = String::from_utf8(all).expect("text");
                    self.closed = text.ends_with("0\r\n\r\n");
                    return text;
                }
            }
        }
    }

    fn events(&self, mut chunks: &str) -> Vec<Event> {
        let mut text = String::new();
        while let Some((size, rest)) = chunks.split_once("\r\n") {
            let size = usize::from_str_radix(size, 16).expect("a size");
            let (chunk, rest) = rest.split_at(size);
            text += chunk;
            chunks = rest.strip_prefix("\r\n").expect("the end of a chunk");
        }
        assert_eq!(chunks, "");
        let mut events = Vec::new();
        for block in text.split_terminator("\n\n") {
            if block.starts_with(':') {
                events.push(Event::Ping);
                continue;
            }
            let field = |name: &str| {
                let mut lines = block.lines();
                let found = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                found.unwrap_or_else(|| panic!("no {name} in {block:?}"))
            };
            assert_eq!(block.lines().count(), 3, "{block:?}");
            events.push(Event::Event {
                id: field("id").parse().expect("a number"),
                name: field("event").into(),
                data: serde_json::from_str(field("data")).expect("JSON"),
            });
        }
        events
    }
}
