//! One of the chips there are.

use std::time::Duration;

use super::{eeprom::Eeprom, expander::Expander, registers::Registers, thermometer::Thermometer};

#[derive(Clone, Debug, PartialEq)]
pub enum Chip {
    Registers(Registers),
    Eeprom(Eeprom),
    Thermometer(Thermometer),
    Expander(Expander),
}

/// How a chip is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// Which of the addresses it answers at, counted from its first.
    pub block: u8,
    /// Whether the bus stops behind what is written, and does not go on to read.
    pub stops: bool,
    pub now: Duration,
}

impl Chip {
    /// How many addresses it answers at, from its own on.
    pub fn addresses(&self) -> u8 {
        match self {
            Self::Eeprom(eeprom) => eeprom.blocks(),
            _ => 1,
        }
    }

    /// Says why it cannot be at this address.
    pub fn check_address(&self, address: u8) -> Result<(), String> {
        let addresses = self.addresses();
        if address.is_multiple_of(addresses) {
            return Ok(());
        }
        Err(format!(
            "0x{address:02X} is no address of an EEPROM of {addresses} blocks: it must be a multiple of {addresses}"
        ))
    }

    /// Whether it acknowledges its address now.
    pub fn answers(&self, now: Duration) -> bool {
        match self {
            Self::Eeprom(eeprom) => !eeprom.is_busy(now),
            _ => true,
        }
    }

    /// Takes the bytes of a write; false when it does not acknowledge them.
    pub fn write(&mut self, data: &[u8], access: Access) -> bool {
        match self {
            Self::Registers(registers) => return registers.write(data),
            Self::Eeprom(eeprom) => eeprom.write(data, access),
            Self::Thermometer(thermometer) => thermometer.write(data),
            Self::Expander(expander) => expander.write(data),
        }
        true
    }

    pub fn read(&mut self, count: usize) -> Vec<u8> {
        match self {
            Self::Registers(registers) => registers.read(count),
            Self::Eeprom(eeprom) => eeprom.read(count),
            Self::Thermometer(thermometer) => thermometer.read(count),
            Self::Expander(expander) => expander.read(count),
        }
    }

    /// The channels it depends on or is wired to, by name.
    pub fn channel_names(&mut self) -> Vec<&mut String> {
        match self {
            Self::Registers(_) | Self::Eeprom(_) => Vec::new(),
            Self::Thermometer(thermometer) => thermometer.channel_names(),
            Self::Expander(expander) => expander.wires.values_mut().collect(),
        }
    }
}
