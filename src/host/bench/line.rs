//! What is on its way to whoever receives from a serial line or a TCP connection.

use std::{collections::VecDeque, time::Duration};

/// Bytes that wait for so long that there are more of them are lost.
const MOST_WAITING: usize = 1 << 20;

/// Bytes, each from a moment on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// In the order in which they arrive.
    pieces: VecDeque<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    ready: Duration,
    bytes: VecDeque<u8>,
}

/// What came in until a transfer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub bytes: Vec<u8>,
    /// How long the transfer took: until its end, or until its time was up.
    pub after: Duration,
}

impl Line {
    /// Sends bytes that arrive at this moment.
    pub fn push(&mut self, bytes: &[u8], ready: Duration) {
        let waiting: usize = self.pieces.iter().map(|piece| piece.bytes.len()).sum();
        let room = MOST_WAITING.saturating_sub(waiting);
        let bytes: VecDeque<u8> = bytes.iter().copied().take(room).collect();
        if !bytes.is_empty() {
            let place = self.pieces.partition_point(|piece| piece.ready <= ready);
            self.pieces.insert(place, Piece { ready, bytes });
        }
    }

    /// Takes out at most `count` bytes, with a termination byte no more than up to the first one of these. A `count` of 0 is no
    /// limit where there is a termination byte. Waits no longer than the time-out for what is not there yet.
    pub fn receive(
        &mut self,
        count: usize,
        termination: Option<u8>,
        now: Duration,
        timeout: Duration,
    ) -> Incoming {
        let mut incoming = Incoming {
            bytes: Vec::new(),
            after: Duration::ZERO,
        };
        if count == 0 && termination.is_none() {
            return incoming;
        }
        let until = now.saturating_add(timeout);
        while let Some(piece) = self.pieces.front_mut() {
            if piece.ready > until {
                break;
            }
            incoming.after = piece.ready.saturating_sub(now);
            while let Some(byte) = piece.bytes.pop_front() {
                incoming.bytes.push(byte);
                if termination == Some(byte) || incoming.bytes.len() == count {
                    self.drop_empty();
                    return incoming;
                }
            }
            self.drop_empty();
        }
        incoming.after = timeout;
        incoming
    }

    fn drop_empty(&mut self) {
        self.pieces.retain(|piece| !piece.bytes.is_empty());
    }

    /// Forgets what has arrived.
    pub fn clear(&mut self, now: Duration) {
        self.pieces.retain(|piece| piece.ready > now);
    }

    /// Forgets what has not arrived yet.
    pub fn break_off(&mut self, now: Duration) {
        self.pieces.retain(|piece| piece.ready <= now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn line(pieces: &[(&[u8], u64)]) -> Line {
        let mut line = Line::default();
        for (bytes, ready) in pieces {
            line.push(bytes, ms(*ready));
        }
        line
    }

    fn incoming(bytes: &[u8], after: u64) -> Incoming {
        Incoming {
            bytes: bytes.into(),
            after: ms(after),
        }
    }

    #[test]
    fn a_termination_byte_ends_a_transfer_before_its_count() {
        let mut line = line(&[(b"ab\ncdef", 0)]);
        let mut receive = |count, end| line.receive(count, end, ms(0), ms(5));
        assert_eq!(receive(1, Some(b'\n')), incoming(b"a", 0));
        assert_eq!(receive(9, Some(b'\n')), incoming(b"b\n", 0));
        assert_eq!(receive(0, None), incoming(b"", 0));
        assert_eq!(receive(2, None), incoming(b"cd", 0));
        assert_eq!(receive(0, Some(b'\n')), incoming(b"ef", 5));
        assert_eq!(receive(1, None), incoming(b"", 5));
    }

    #[test]
    fn a_transfer_waits_for_what_is_on_its_way() {
        let mut line = line(&[(b"late", 100), (b"now", 0), (b"r", 100)]);
        assert_eq!(line.receive(9, None, ms(10), ms(50)), incoming(b"now", 50));
        assert_eq!(
            line.receive(5, None, ms(60), ms(50)),
            incoming(b"later", 40)
        );
    }

    #[test]
    fn what_has_arrived_and_what_has_not_are_forgotten_each_by_itself() {
        let mut one = line(&[(b"a", 1), (b"b", 3)]);
        let mut other = one.clone();
        one.clear(ms(2));
        assert_eq!(one.receive(9, None, ms(9), ms(0)).bytes, b"b");
        other.break_off(ms(2));
        assert_eq!(other.receive(9, None, ms(9), ms(0)).bytes, b"a");
    }
}
