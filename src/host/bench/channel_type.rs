//! What a channel can be, as the set of flags the agent knows.

use std::{fmt, str::FromStr};

use super::form::Form;

/// One type of channel, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelType(u32);

const TYPE_NAMES: [(&str, u32); 26] = [
    ("Analog", 1),
    ("Digital", 1 << 1),
    ("VirtualDigital", 1 << 2),
    ("Temperature", 1 << 3),
    ("Multiplexer", 1 << 4),
    ("Resistance", 1 << 5),
    ("Counter", 1 << 6),
    ("Frequency", 1 << 7),
    ("Actuator", 1 << 8),
    ("Register", 1 << 10),
    ("Current", 1 << 11),
    ("Ratiometric", 1 << 12),
    ("UART", 1 << 13),
    ("SPI", 1 << 14),
    ("I2C", 1 << 15),
    ("ByteStream", 1 << 16),
    ("Socket", 1 << 17),
    ("Waveform", 1 << 18),
    ("NumericResult", 1 << 19),
    ("PseudoDigital", 1 << 20),
    ("Image", 1 << 21),
    ("Audio", 1 << 22),
    ("Video", 1 << 23),
    ("Instrument", 1 << 24),
    ("NumericResults", 1 << 25),
    ("Calibration", 1 << 26),
];

impl ChannelType {
    pub const ANALOG: Self = Self(1);
    pub const DIGITAL: Self = Self(1 << 1);
    pub const TEMPERATURE: Self = Self(1 << 3);
    pub const COUNTER: Self = Self(1 << 6);
    pub const REGISTER: Self = Self(1 << 10);
    pub const UART: Self = Self(1 << 13);
    pub const SPI: Self = Self(1 << 14);
    pub const I2C: Self = Self(1 << 15);
    pub const BYTE_STREAM: Self = Self(1 << 16);
    pub const SOCKET: Self = Self(1 << 17);
    pub const NUMERIC_RESULT: Self = Self(1 << 19);
    pub const PSEUDO_DIGITAL: Self = Self(1 << 20);
    pub const INSTRUMENT: Self = Self(1 << 24);
    pub const NUMERIC_RESULTS: Self = Self(1 << 25);
    pub const CALIBRATION: Self = Self(1 << 26);

    /// Every name a channel type can have.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TYPE_NAMES.into_iter().map(|(name, _)| name)
    }

    /// The set of these flags, if there is such a set.
    pub fn from_bits(bits: u64) -> Option<Self> {
        let known = TYPE_NAMES.iter().fold(0, |all, (_, bit)| all | bit);
        u32::try_from(bits)
            .ok()
            .filter(|bits| *bits != 0 && bits & !known == 0)
            .map(Self)
    }

    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// What the text of a value must be.
    pub fn form(self) -> Form {
        match self.0 {
            // Analog, Temperature, Resistance, Counter, Frequency, Current, Ratiometric
            0x1 | 0x8 | 0x20 | 0x40 | 0x80 | 0x800 | 0x1000 => Form::Number,
            // Digital, VirtualDigital, Actuator, PseudoDigital
            0x2 | 0x4 | 0x100 | 0x10_0000 => Form::Logic,
            _ => Form::Text,
        }
    }
}

impl fmt::Display for ChannelType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = TYPE_NAMES
            .iter()
            .filter(|(_, bit)| self.0 & bit != 0)
            .map(|(name, _)| *name)
            .collect();
        f.write_str(&names.join(", "))
    }
}

impl FromStr for ChannelType {
    type Err = ();

    /// Reads names separated by commas, in any letter case.
    fn from_str(text: &str) -> Result<Self, ()> {
        text.split(',').try_fold(Self(0), |all, name| {
            let bit = TYPE_NAMES
                .iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name.trim()))
                .ok_or(())?
                .1;
            Ok(Self(all.0 | bit))
        })
    }
}
