//! What sits on an I2C bus: plain registers, EEPROMs, thermometers, GPIO expanders.
//!
//! A chip sees its bus, the time and what the bench lays at its pins; it knows no channels but by name.

mod chip;
mod eeprom;
mod expander;
mod registers;
mod thermometer;

pub use chip::{Access, Chip};
pub use eeprom::{EEPROMS, Eeprom, EepromType};
pub use expander::{Drive, EXPANDERS, Expander, ExpanderType};
pub use registers::Registers;
pub use thermometer::{Heat, THERMOMETERS, Thermometer, ThermometerType};
