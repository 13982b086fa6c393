//! A serial EEPROM in the manner of the 24Cxx: pages, a write cycle, block addresses.

use std::time::Duration;

use super::chip::Access;

/// What an address pointer of one byte can name.
const BLOCK: usize = 256;

/// What there is to buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EepromType {
    pub name: &'static str,
    /// Bytes.
    pub size: usize,
    /// The bytes of a page, as in Microchip's AT24C data sheets.
    pub page: usize,
}

const fn eeprom(name: &'static str, size: usize, page: usize) -> EepromType {
    EepromType { name, size, page }
}

pub const EEPROMS: [EepromType; 10] = [
    eeprom("24C01", 128, 8),
    eeprom("24C02", 256, 8),
    eeprom("24C04", 512, 16),
    eeprom("24C08", 1024, 16),
    eeprom("24C16", 2048, 16),
    eeprom("24C32", 4096, 32),
    eeprom("24C64", 8192, 32),
    eeprom("24C128", 16384, 64),
    eeprom("24C256", 32768, 64),
    eeprom("24C512", 65536, 128),
];

impl EepromType {
    /// From 24C32 on the word address has two bytes; below, what one byte cannot name is part of the device address.
    pub fn pointer_bytes(self) -> usize {
        if self.size > 2048 { 2 } else { 1 }
    }

    /// How many addresses it answers at.
    pub fn blocks(self) -> u8 {
        match self.pointer_bytes() {
            1 => u8::try_from(self.size / BLOCK).unwrap_or(1).max(1),
            _ => 1,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eeprom {
    kind: EepromType,
    /// The bytes of a page.
    pub page: usize,
    /// How long it is busy after a write.
    pub write_time: Duration,
    /// Its pin WP is high: it acknowledges what is written, and keeps what it has.
    pub write_protected: bool,
    memory: Vec<u8>,
    pointer: usize,
    busy_until: Duration,
}

impl Eeprom {
    /// One that holds this byte everywhere.
    pub fn new(kind: EepromType, fill: u8) -> Self {
        Self {
            kind,
            page: kind.page,
            write_time: Duration::ZERO,
            write_protected: false,
            memory: vec![fill; kind.size],
            pointer: 0,
            busy_until: Duration::ZERO,
        }
    }

    pub fn blocks(&self) -> u8 {
        self.kind.blocks()
    }

    /// Puts bytes into the memory from this address on; what does not fit is left out.
    pub fn fill_in(&mut self, address: usize, data: &[u8]) {
        for (cell, byte) in self.memory.iter_mut().skip(address).zip(data) {
            *cell = *byte;
        }
    }

    pub fn is_busy(&self, now: Duration) -> bool {
        now < self.busy_until
    }

    /// Takes a word address and what is to be stored there. It begins to store at the stop: where the bus goes on to read
    /// instead, nothing is stored.
    pub fn write(&mut self, data: &[u8], access: Access) {
        let (word, data) = data.split_at(data.len().min(self.kind.pointer_bytes()));
        if !word.is_empty() {
            let within = word
                .iter()
                .fold(0, |address, byte| address << 8 | usize::from(*byte));
            let address = usize::from(access.block) * BLOCK + within;
            self.pointer = address % self.memory.len();
        }
        if data.is_empty() || !access.stops || self.write_protected {
            return;
        }
        let first = self.pointer / self.page * self.page;
        for byte in data {
            if let Some(cell) = self.memory.get_mut(self.pointer) {
                *cell = *byte;
            }
            // Within its page only the lowest bits count on.
            self.pointer = first + (self.pointer + 1 - first) % self.page;
        }
        self.busy_until = access.now.saturating_add(self.write_time);
    }

    /// Reads on, across pages, from the end on from the beginning.
    pub fn read(&mut self, count: usize) -> Vec<u8> {
        let size = self.memory.len();
        let memory = self.memory.iter().cycle().skip(self.pointer);
        let read = memory.take(count).copied().collect();
        self.pointer = (self.pointer + count) % size;
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Eeprom {
        let kind = EEPROMS.iter().find(|kind| kind.name == name).unwrap();
        Eeprom::new(*kind, 0xFF)
    }

    fn access(block: u8, stops: bool) -> Access {
        Access {
            block,
            stops,
            now: Duration::ZERO,
        }
    }

    #[test]
    fn a_write_wraps_within_its_page_and_a_read_at_the_end() {
        let mut eeprom = named("24C02");
        eeprom.write(&[0x06, 1, 2, 3], access(0, true));
        eeprom.write(&[0x00], access(0, false));
        assert_eq!(eeprom.read(9), [3, 255, 255, 255, 255, 255, 1, 2, 255]);
        eeprom.write(&[0xFE], access(0, false));
        assert_eq!(eeprom.read(3), [255, 255, 3]);
        // Of more than a page the last bytes are kept.
        eeprom.write(&[0x10, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9], access(0, true));
        eeprom.write(&[0x10], access(0, false));
        assert_eq!(eeprom.read(8), [8, 9, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn blocks_are_one_memory() {
        let mut eeprom = named("24C16");
        assert_eq!(eeprom.blocks(), 8);
        eeprom.write(&[0x10, 7], access(3, true));
        eeprom.write(&[0x0F], access(3, false));
        assert_eq!(eeprom.read(2), [255, 7]);
        eeprom.write(&[0xFF], access(7, false));
        eeprom.write(&[0x00, 9], access(0, true));
        eeprom.write(&[0xFF], access(7, false));
        assert_eq!(eeprom.read(2), [255, 9]);
    }

    #[test]
    fn large_ones_take_two_bytes_of_address() {
        let mut eeprom = named("24C32");
        assert_eq!(eeprom.blocks(), 1);
        // The upper four bits do not count.
        eeprom.write(&[0x1F, 0xFF, 7], access(0, true));
        eeprom.write(&[0x0F, 0xFF], access(0, false));
        assert_eq!(eeprom.read(2), [7, 255]);
    }

    #[test]
    fn without_a_stop_nothing_is_stored() {
        let mut eeprom = named("24C01");
        eeprom.write(&[0x00, 7], access(0, false));
        eeprom.write_protected = true;
        eeprom.write(&[0x00, 8], access(0, true));
        eeprom.write(&[0x80], access(0, false));
        assert_eq!(eeprom.read(1), [255]);
        assert!(!eeprom.is_busy(Duration::ZERO));
    }
}
