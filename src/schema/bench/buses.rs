//! `i2c`, `spi`, `uart` and `sockets`.

use indexmap::IndexMap;
use schemars::JsonSchema;

use super::{
    super::value::{Bytes, Flag, Registers, Text, Whole},
    models::{Eeprom, Expander, Temperature},
    peers::{Rule, Scpi},
};

/// An I2C bus.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct I2cBus {
    /// What is on it.
    pub devices: Option<Vec<I2cDevice>>,
}

/// What an I2C device is, but for where.
#[derive(JsonSchema)]
pub struct AnyI2cDevice {
    /// For people. Default: none.
    pub name: Option<Text>,
    /// Number of registers, 1 to 65536. Default: 256.
    #[schemars(extend("default" = 256))]
    pub size: Option<Whole<1, 65536>>,
    /// Bytes in a register, 1 to 4. Default: 1.
    #[schemars(extend("default" = 1))]
    pub width: Option<Whole<1, 4>>,
    /// What registers hold: number and bytes in hexadecimal; more bytes fill the registers that follow.
    #[schemars(extend("examples" = [{"0x00": "DE AD BE EF"}]))]
    pub registers: Option<Registers>,
    /// What the other bytes hold. Default: 0xFF.
    #[schemars(extend("default" = 255))]
    pub fill: Option<Whole<0, 255>>,
    /// How many bytes name a register in a transfer, 1 or 2. Default: 1, or 2 with more than 256 registers.
    pub pointer_bytes: Option<Whole<1, 2>>,
    /// false: a write that carries data is not acknowledged. Default: true.
    #[schemars(extend("default" = true))]
    pub writable: Option<Flag>,
    /// false: nobody answers at this address. Default: true.
    #[schemars(extend("default" = true))]
    pub present: Option<Flag>,
    /// It is a serial EEPROM, instead of plain registers.
    pub eeprom: Option<Eeprom>,
    /// It is a temperature sensor, instead of plain registers.
    pub temperature: Option<Temperature>,
    /// It is a GPIO expander, instead of plain registers.
    pub expander: Option<Expander>,
}

/// A device on an I2C bus.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct I2cDevice {
    /// Its 7 bits, 0x08 to 0x77.
    pub address: Whole<0x08, 0x77>,
    #[schemars(flatten)]
    pub any: AnyI2cDevice,
}

/// The device on an SPI bus: echo, answers or registers, one of them. Without any nobody is there.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SpiBus {
    /// Whether output and input are joined. Default: false.
    #[schemars(extend("default" = false))]
    pub echo: Option<Flag>,
    /// Commands and answers, both in hexadecimal; of several that fit the longest is meant.
    #[schemars(extend("examples" = [{"9F": "EF 40 18"}]))]
    pub answers: Option<IndexMap<String, Bytes>>,
    /// What registers 0 to 127 hold: number and bytes in hexadecimal; more bytes fill the registers that follow.
    pub registers: Option<Registers>,
    /// What comes in while the device has nothing to say, and what registers hold at first. Default: 0xFF.
    #[schemars(extend("default" = 255))]
    pub fill: Option<Whole<0, 255>>,
    /// A second name. Default: the name itself.
    pub alias: Option<Text>,
    /// What it is for. Default: empty.
    pub description: Option<Text>,
    /// The group it is shown in. Default: empty.
    pub group: Option<Text>,
}

/// What answers at the other end.
#[derive(JsonSchema)]
pub struct Peer {
    /// Gives back what is sent. Default: false.
    #[schemars(extend("default" = false))]
    pub echo: Option<Flag>,
    /// Messages and answers, as text, or in hexadecimal after "hex:".
    #[schemars(extend("examples" = [{"*IDN?": "ACME,PSU,1,2"}, {"hex:01 03": "hex:01 03 02 AA 55"}]))]
    pub answers: Option<IndexMap<String, Text>>,
    /// What ends an answer that is text, or the instrument's. Default: a line feed.
    pub termination: Option<Text>,
    /// What it says by itself and to what it hears; the first rule that fits is followed.
    pub script: Option<Vec<Rule>>,
    /// It is an instrument that speaks SCPI.
    pub scpi: Option<Scpi>,
    /// The channel without which it is off and silent, by name or alias: on is True, or a number above 0. Default: it is always on.
    pub powered_by: Option<Text>,
}

/// A serial port.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Line {
    #[schemars(flatten)]
    pub peer: Peer,
    /// A second name. Default: the name itself.
    pub alias: Option<Text>,
    /// What it is for. Default: empty.
    pub description: Option<Text>,
    /// The group it is shown in. Default: empty.
    pub group: Option<Text>,
}

/// A TCP connection.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Socket {
    #[schemars(flatten)]
    pub peer: Peer,
    /// A socket device to add; the connection can be reached through any. Default: none.
    pub device: Option<Text>,
}
