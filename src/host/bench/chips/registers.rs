//! Plain registers behind an address pointer, as of a converter or a small memory.

/// A memory with one or more bytes in each register.
///
/// The first bytes of a write name a register, the others are stored from there on; a read continues where the last transfer
/// stopped. Both wrap at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registers {
    pub writable: bool,
    memory: Vec<u8>,
    width: usize,
    /// 1 or 2.
    pointer_bytes: usize,
    /// The next byte, in bytes.
    pointer: usize,
}

impl Registers {
    /// A memory of `size` registers (1 to 65536) of `width` bytes (1 to 4), all holding `fill`.
    pub fn new(size: usize, width: usize, fill: u8) -> Self {
        let size = size.max(1);
        let width = width.max(1);
        Self {
            writable: true,
            memory: vec![fill; size.saturating_mul(width)],
            width,
            pointer_bytes: if size > 256 { 2 } else { 1 },
            pointer: 0,
        }
    }

    /// With so many bytes naming a register, 1 or 2.
    #[must_use]
    pub fn with_pointer_bytes(self, pointer_bytes: usize) -> Self {
        Self {
            pointer_bytes: pointer_bytes.clamp(1, 2),
            ..self
        }
    }

    /// Puts bytes into the memory from this register on; what does not fit is left out.
    pub fn fill_in(&mut self, register: usize, data: &[u8]) {
        let start = register.saturating_mul(self.width);
        for (cell, byte) in self.memory.iter_mut().skip(start).zip(data) {
            *cell = *byte;
        }
    }

    /// Takes the bytes of a write; false when it does not acknowledge them.
    pub fn write(&mut self, data: &[u8]) -> bool {
        let (register, data) = data.split_at(data.len().min(self.pointer_bytes));
        if !self.writable && !data.is_empty() {
            return false;
        }
        if !register.is_empty() {
            let number = register
                .iter()
                .fold(0, |number, byte| number << 8 | usize::from(*byte));
            self.pointer = number * self.width % self.memory.len();
        }
        for byte in data {
            self.memory[self.pointer] = *byte;
            self.step();
        }
        true
    }

    pub fn read(&mut self, count: usize) -> Vec<u8> {
        (0..count)
            .map(|_| {
                let byte = self.memory[self.pointer];
                self.step();
                byte
            })
            .collect()
    }

    fn step(&mut self) {
        self.pointer = (self.pointer + 1) % self.memory.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_two_byte_pointer_comes_high_byte_first() {
        let mut registers = Registers::new(512, 1, 0xFF);
        assert!(registers.write(&[0x01, 0x02, 0xAA]));
        assert!(registers.write(&[0x01, 0x02]));
        assert_eq!(registers.read(2), [0xAA, 0xFF]);
    }

    #[test]
    fn a_wide_register_is_named_by_its_number() {
        let mut registers = Registers::new(4, 2, 0);
        registers.fill_in(1, &[0x12, 0x34]);
        assert!(registers.write(&[1]));
        assert_eq!(registers.read(3), [0x12, 0x34, 0]);
    }

    #[test]
    fn the_pointer_wraps_at_the_end() {
        let mut registers = Registers::new(4, 1, 0);
        assert!(registers.write(&[3, 1, 2]));
        assert!(registers.write(&[7]));
        assert_eq!(registers.read(2), [1, 2]);
    }
}
