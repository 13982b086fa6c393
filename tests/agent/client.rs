//! A client that writes and reads HTTP by hand.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::serving::Serving;

pub const NAME: &str = "GET /api/application/name HTTP/1.1\r\nHost: a\r\n\r\n";

pub struct Client {
    pub stream: TcpStream,
    buffer: Vec<u8>,
}

/// What of an answer may not depend on who gave it.
#[derive(Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    pub allow: Option<String>,
    pub length: usize,
    pub body: String,
}

impl Client {
    pub fn of(serving: &Serving) -> Self {
        Self::try_of(serving).expect("connected")
    }

    pub fn try_of(serving: &Serving) -> io::Result<Self> {
        let stream = TcpStream::connect(serving.address())?;
        // A test that waits for ever has failed.
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self {
            stream,
            buffer: Vec::new(),
        })
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).expect("sent");
    }

    /// Everything up to the end of the connection, and how it ended.
    pub fn rest(&mut self) -> (Vec<u8>, io::Result<()>) {
        let end = self.stream.read_to_end(&mut self.buffer).map(drop);
        (std::mem::take(&mut self.buffer), end)
    }

    /// The next answer.
    #[track_caller]
    pub fn answer(&mut self, bodiless: bool) -> Answer {
        let head = loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break self.buffer.drain(..end + 4).collect::<Vec<u8>>();
            }
            self.more();
        };
        let mut answer = Answer::of_head(std::str::from_utf8(&head).expect("text"));
        if !bodiless {
            while self.buffer.len() < answer.length {
                self.more();
            }
            answer.body =
                String::from_utf8(self.buffer.drain(..answer.length).collect()).expect("text");
        }
        answer
    }

    /// The status of the next answer, which has neither a length nor a body.
    #[track_caller]
    pub fn status_without_body(&mut self) -> u16 {
        let end = loop {
            match find(&self.buffer, b"\r\n\r\n") {
                Some(end) => break end,
                None => self.more(),
            }
        };
        let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
        let head = String::from_utf8(head).expect("text");
        let status = head.split(' ').nth(1).expect("a status");
        status.parse().expect("a number")
    }

    #[track_caller]
    fn more(&mut self) {
        let mut piece = [0; 4096];
        let count = self.stream.read(&mut piece).expect("more of an answer");
        assert_ne!(count, 0, "the connection ended amid {:?}", self.buffer);
        self.buffer.extend_from_slice(&piece[..count]);
    }

    #[track_caller]
    pub fn ask(&mut self, request: impl AsRef<[u8]>) -> Answer {
        let request = request.as_ref();
        self.send(request);
        self.answer(request.starts_with(b"HEAD "))
    }
}

impl Answer {
    pub fn of_head(head: &str) -> Self {
        let header = |name: &str| {
            head.lines().find_map(|line| {
                let (its, value) = line.split_once(": ")?;
                its.eq_ignore_ascii_case(name).then(|| value.to_owned())
            })
        };
        Self {
            status: head
                .split(' ')
                .nth(1)
                .and_then(|status| status.parse().ok())
                .expect("a status"),
            content_type: header("Content-Type"),
            allow: header("Allow"),
            length: header("Content-Length")
                .and_then(|length| length.parse().ok())
                .expect("a length"),
            body: String::new(),
        }
    }
}

pub fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
