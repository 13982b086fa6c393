//! A client of the simulated agent that writes and reads HTTP by hand.

use std::time::Duration;

use rehearsal::{
    diagnostic::{Diagnostics, Style},
    host::bench::{
        BenchNetwork, ConnectionId, Network as _, Received, Station, default_station, read,
    },
    source::Sources,
};
use serde_json::Value as Json;

pub struct Client {
    pub network: BenchNetwork,
    pub connection: ConnectionId,
    pub now: Duration,
}

#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn error(&self) -> String {
        self.json()["error"].as_str().expect("an error text").into()
    }
}

/// The station of a bench.yaml that has no problems.
pub fn station(yaml: &str) -> Station {
    let mut sources = Sources::default();
    let file = sources.add("bench.yaml", yaml);
    let mut problems = Diagnostics::default();
    let station = read(yaml, file, &mut problems);
    station.unwrap_or_else(|| panic!("{}", problems.render(&sources, Style::PLAIN)))
}

impl Client {
    pub fn of(station: Station) -> Self {
        let now = Duration::from_secs(1000);
        let mut network =
            BenchNetwork::new(station, [("agent64.local".into(), 5000)], now).unwrap();
        let connection = network.connect("agent64.local", 5000, now).unwrap();
        Self {
            network,
            connection,
            now,
        }
    }

    pub fn new() -> Self {
        Self::of(default_station())
    }

    pub fn with(yaml: &str) -> Self {
        Self::of(station(yaml))
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        assert_eq!(
            self.network.send(self.connection, bytes, self.now),
            Ok(bytes.len())
        );
    }

    /// Everything there is to receive now, and whether the agent has closed.
    pub fn receive(&mut self) -> (String, bool) {
        let mut all = Vec::new();
        loop {
            match self
                .network
                .receive(self.connection, 1000, false, self.now)
                .unwrap()
            {
                Received::Bytes(bytes) => all.extend(bytes),
                Received::WouldBlock(_) => return (String::from_utf8(all).unwrap(), false),
                Received::Closed => return (String::from_utf8(all).unwrap(), true),
            }
        }
    }

    pub fn request(&mut self, method: &str, path: &str, body: &str) -> Answer {
        self.request_with(method, path, "", body)
    }

    /// With further headers, each ending in CR LF.
    pub fn request_with(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let length = body.len();
        self.send(format!("{method} {path} HTTP/1.1\r\nHost: agent64.local:5000\r\n{headers}Content-Length: {length}\r\n\r\n{body}"));
        let (text, closed) = self.receive();
        assert!(!closed, "{text}");
        answers(&text).pop().expect("an answer")
    }

    pub fn get(&mut self, path: &str) -> Json {
        let answer = self.request("GET", &format!("/api/{path}"), "");
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub fn post(&mut self, path: &str, body: &str) -> Answer {
        self.request("POST", &format!("/api/{path}"), body)
    }

    /// A POST that has to succeed; the JSON of its answer, null when empty.
    pub fn ok(&mut self, path: &str, body: &str) -> Json {
        let answer = self.post(path, body);
        assert_eq!(answer.status, 200, "{answer:?}");
        if answer.body.is_empty() {
            Json::Null
        } else {
            answer.json()
        }
    }

    /// Status and error text of a POST.
    pub fn refused(&mut self, path: &str, body: &str) -> (u16, String) {
        let answer = self.post(path, body);
        (answer.status, answer.error())
    }

    pub fn value(&mut self, name: &str) -> String {
        let reply = self.ok("resources/value/get", &format!(r#"{{"Name": "{name}"}}"#));
        reply["value"].as_str().unwrap().into()
    }

    pub fn set(&mut self, name: &str, value: &str) {
        assert_eq!(
            self.ok(
                "resources/value/set",
                &format!(r#"{{"Name": "{name}", "Value": "{value}"}}"#)
            ),
            Json::Null
        );
    }
}

/// Transfers on a bus, a serial port or a connection.
impl Client {
    /// What a transfer receives, as hexadecimal digits; an answer that takes its time is waited for.
    pub fn transfer(&mut self, bus: &str, device: &str, fields: &str) -> String {
        let answer = self.transferred(bus, device, fields);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["received"].as_str().unwrap().into()
    }

    /// The same with the whole answer.
    pub fn transferred(&mut self, bus: &str, device: &str, fields: &str) -> Answer {
        let body = format!(r#"{{"DeviceName": "{device}", {fields}}}"#);
        let length = body.len();
        self.send(format!(
            "POST /api/comm/{bus} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}"
        ));
        let peeked = self.network.receive(self.connection, 1, true, self.now);
        if let Ok(Received::WouldBlock(Some(ready))) = peeked {
            self.now = ready;
        }
        answers(&self.receive().0).pop().unwrap()
    }

    /// Sends bytes to a device on an I2C bus.
    pub fn write_i2c(&mut self, bus: &str, address: u8, data: &str) {
        let fields =
            format!(r#""Action": "Send", "Address": "{address:02X}", "DataToSend": "{data}""#);
        assert_eq!(self.transfer("i2c", bus, &fields), "");
    }

    /// Sends bytes to a device on an I2C bus and reads so many.
    pub fn read_i2c(&mut self, bus: &str, address: u8, data: &str, count: usize) -> String {
        let fields = format!(
            r#""Action": "SendReceive", "Address": "{address:02X}", "DataToSend": "{data}", "NumberOfBytesToReceive": {count}"#
        );
        self.transfer("i2c", bus, &fields)
    }

    /// Sends a text over a serial port, and receives for so long.
    pub fn ask(&mut self, port: &str, text: &str, timeout_ms: u64) -> String {
        let data: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
        let fields = if data.is_empty() {
            r#""Action": "Receive""#.to_owned()
        } else {
            format!(r#""Action": "SendReceive", "DataToSend": "{data}""#)
        };
        let fields =
            format!(r#"{fields}, "NumberOfBytesToReceive": 9999, "TimeoutMs": {timeout_ms}"#);
        text_of(&self.transfer("uart", port, &fields))
    }
}

/// The text that hexadecimal digits stand for.
pub fn text_of(hex: &str) -> String {
    let pairs = hex.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    String::from_utf8(pairs.map(byte).collect()).unwrap()
}

/// Splits what came into its answers, each with a Content-Length.
pub fn answers(mut text: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    while let Some((head, rest)) = text.split_once("\r\n\r\n") {
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "))
            .map_or(0, |length| length.parse().unwrap());
        let (body, rest) = rest.split_at(length);
        answers.push(Answer {
            status,
            head: head.into(),
            body: body.into(),
        });
        text = rest;
    }
    assert_eq!(text, "");
    answers
}
