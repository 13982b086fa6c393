//! The other end of a serial line or a TCP connection.

use std::collections::VecDeque;

use indexmap::IndexMap;

/// Bytes that wait for so long that there are more of them are lost.
const MOST_WAITING: usize = 1 << 20;

/// Echoes, answers what it knows, or is silent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    pub echo: bool,
    /// Message → answer, both whole.
    pub answers: IndexMap<Vec<u8>, Vec<u8>>,
    waiting: VecDeque<u8>,
}

/// What came in until a transfer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub bytes: Vec<u8>,
    /// Whether it came to its end, or waited until its time was up.
    pub complete: bool,
}

impl Peer {
    pub fn echo() -> Self {
        Self {
            echo: true,
            ..Self::default()
        }
    }

    pub fn answering(answers: IndexMap<Vec<u8>, Vec<u8>>) -> Self {
        Self {
            answers,
            ..Self::default()
        }
    }

    /// Takes what is sent in one transfer: one message, with or without an end of line, or several lines.
    pub fn hear(&mut self, data: &[u8]) {
        if self.echo {
            self.say(data);
        }
        let whole = [data, trimmed(data)];
        if let Some(answer) = whole.iter().find_map(|data| self.answers.get(*data)) {
            let answer = answer.clone();
            self.say(&answer);
            return;
        }
        for line in data.split(|byte| *byte == b'\n') {
            if let Some(answer) = self.answers.get(trimmed(line)).cloned() {
                self.say(&answer);
            }
        }
    }

    fn say(&mut self, data: &[u8]) {
        let room = MOST_WAITING.saturating_sub(self.waiting.len());
        self.waiting.extend(data.iter().take(room));
    }

    /// Takes out at most `count` bytes, with a termination byte no more than up to the first one of these. A `count` of 0 is no
    /// limit where there is a termination byte.
    pub fn receive(&mut self, count: usize, termination: Option<u8>) -> Incoming {
        let end = termination
            .and_then(|end| self.waiting.iter().position(|byte| *byte == end))
            .map(|end| end + 1);
        let wanted = match (count, termination) {
            (0, Some(_)) => end,
            (count, _) => Some(end.map_or(count, |end| end.min(count))),
        };
        let taken = wanted.unwrap_or(usize::MAX).min(self.waiting.len());
        Incoming {
            bytes: self.waiting.drain(..taken).collect(),
            complete: wanted == Some(taken),
        }
    }

    /// Forgets what waits to be received.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }
}

/// Without the ends of lines behind it.
fn trimmed(mut data: &[u8]) -> &[u8] {
    while let [rest @ .., b'\r' | b'\n'] = data {
        data = rest;
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_termination_byte_ends_a_transfer_before_its_count() {
        let mut peer = Peer::echo();
        peer.hear(b"ab\ncdef");
        let incoming = |bytes: &[u8], complete| Incoming {
            bytes: bytes.into(),
            complete,
        };
        assert_eq!(peer.receive(1, Some(b'\n')), incoming(b"a", true));
        assert_eq!(peer.receive(9, Some(b'\n')), incoming(b"b\n", true));
        assert_eq!(peer.receive(0, None), incoming(b"", true));
        assert_eq!(peer.receive(2, None), incoming(b"cd", true));
        assert_eq!(peer.receive(0, Some(b'\n')), incoming(b"ef", false));
        assert_eq!(peer.receive(1, None), incoming(b"", false));
    }

    #[test]
    fn each_line_is_a_message_unless_the_whole_is_one() {
        let mut peer = Peer::default();
        for (message, answer) in [(&b"A"[..], &b"1"[..]), (b"B", b"2"), (b"A\nB", b"3")] {
            peer.answers.insert(message.into(), answer.into());
        }
        let mut answer = |data: &[u8]| {
            peer.hear(data);
            peer.receive(9, None).bytes
        };
        assert_eq!(answer(b"A\r\n"), b"1");
        assert_eq!(answer(b"A\r\nB\n"), b"12");
        assert_eq!(answer(b"A\nB\r\n"), b"3");
        assert_eq!(answer(b"C\n"), b"");
    }
}
