//! The device on an SPI bus: full duplex, a byte comes in for each one that goes out.

use std::collections::VecDeque;

use indexmap::IndexMap;

/// What an SPI device with registers has of them.
pub const REGISTERS: usize = 128;
/// Set in the first byte, it makes the transfer a read.
const READ: u8 = 0x80;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpiDevice {
    pub kind: SpiKind,
    /// What comes in while the device has nothing to say.
    pub fill: u8,
    /// What is left of an answer.
    rest: VecDeque<u8>,
    /// The next register.
    pointer: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpiKind {
    /// Output and input are joined.
    Echo,
    /// Command → answer; the longest command that fits is meant.
    Answers(IndexMap<Vec<u8>, Vec<u8>>),
    /// One byte each, [`REGISTERS`] of them.
    Registers(Vec<u8>),
}

impl SpiDevice {
    pub fn new(kind: SpiKind, fill: u8) -> Self {
        Self {
            kind,
            fill,
            rest: VecDeque::new(),
            pointer: 0,
        }
    }

    /// Clocks so many bytes with the device selected, those to send first, and gives what came in, as many.
    pub fn exchange(&mut self, sent: &[u8], clocked: usize) -> Vec<u8> {
        let fill = self.fill;
        let mut received = match &mut self.kind {
            SpiKind::Echo => sent.to_vec(),
            SpiKind::Answers(answers) => {
                let mut heard = 0;
                if !sent.is_empty() {
                    let command = answers
                        .iter()
                        .filter(|(command, _)| sent.starts_with(command))
                        .max_by_key(|(command, _)| command.len());
                    heard = command.map_or(sent.len(), |(command, _)| command.len());
                    self.rest = command
                        .map(|(_, answer)| answer.iter().copied().collect())
                        .unwrap_or_default();
                }
                let mut received = vec![fill; heard];
                let told = clocked.saturating_sub(heard).min(self.rest.len());
                received.extend(self.rest.drain(..told));
                received
            }
            SpiKind::Registers(memory) => {
                let mut received = Vec::new();
                let step = |pointer: &mut usize| {
                    let at = *pointer % REGISTERS;
                    *pointer = at + 1;
                    at
                };
                let reads = match sent {
                    [] => true,
                    [first, rest @ ..] => {
                        self.pointer = usize::from(first & !READ);
                        received.push(fill);
                        if first & READ == 0 {
                            for byte in rest {
                                if let Some(register) = memory.get_mut(step(&mut self.pointer)) {
                                    *register = *byte;
                                }
                            }
                        }
                        first & READ != 0
                    }
                };
                while reads && received.len() < clocked {
                    let at = step(&mut self.pointer);
                    received.push(memory.get(at).copied().unwrap_or(fill));
                }
                received
            }
        };
        let idle = if self.kind == SpiKind::Echo { 0 } else { fill };
        received.resize(clocked, idle);
        received
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_follows_its_command_and_goes_on_in_the_next_transfer() {
        let answers = [
            (vec![0x9F], vec![0xEF, 0x40, 0x18]),
            (vec![0x9F, 1], vec![7]),
        ];
        let mut device = SpiDevice::new(SpiKind::Answers(answers.into_iter().collect()), 0xFF);
        assert_eq!(device.exchange(&[0x9F, 0, 0], 3), [0xFF, 0xEF, 0x40]);
        assert_eq!(device.exchange(&[], 2), [0x18, 0xFF]);
        assert_eq!(device.exchange(&[0x9F, 1], 4), [0xFF, 0xFF, 7, 0xFF]);
        assert_eq!(device.exchange(&[0x9F], 1), [0xFF]);
        assert_eq!(device.exchange(&[0x55, 0], 3), [0xFF, 0xFF, 0xFF]);
        assert_eq!(device.exchange(&[], 1), [0xFF]);
    }

    #[test]
    fn registers_are_written_and_read_by_the_top_bit() {
        let mut device = SpiDevice::new(SpiKind::Registers(vec![0; REGISTERS]), 0xFF);
        assert_eq!(device.exchange(&[0x7F, 1, 2], 3), [0xFF; 3]);
        assert_eq!(device.exchange(&[0xFF, 9, 9, 9], 4), [0xFF, 1, 2, 0]);
        assert_eq!(device.exchange(&[0x80], 2), [0xFF, 2]);
        assert_eq!(device.exchange(&[], 1), [0]);
        // Only what is sent is written.
        assert_eq!(device.exchange(&[0x00, 5], 4), [0xFF; 4]);
        assert_eq!(device.exchange(&[0x80], 3), [0xFF, 5, 0]);
    }
}
