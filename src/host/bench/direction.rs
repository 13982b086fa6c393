//! Whether a channel is read, driven or both.

use std::{fmt, str::FromStr};

/// Whether a channel is read, driven or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction {
    pub input: bool,
    pub output: bool,
}

impl Direction {
    pub const IN: Self = Self {
        input: true,
        output: false,
    };
    pub const OUT: Self = Self {
        input: false,
        output: true,
    };
    pub const BOTH: Self = Self {
        input: true,
        output: true,
    };

    /// The direction of these flags (1 in, 2 out).
    pub fn from_bits(bits: u64) -> Option<Self> {
        (1..=3).contains(&bits).then_some(Self {
            input: bits & 1 != 0,
            output: bits & 2 != 0,
        })
    }

    /// Whether a channel with this capability can have it.
    pub fn within(self, capability: Self) -> bool {
        (capability.input || !self.input) && (capability.output || !self.output)
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.input, self.output) {
            (true, true) => "IN, OUT",
            (false, true) => "OUT",
            _ => "IN",
        })
    }
}

impl FromStr for Direction {
    type Err = ();

    /// Reads `IN`, `OUT` or both with a comma, in any letter case.
    fn from_str(text: &str) -> Result<Self, ()> {
        let none = Self {
            input: false,
            output: false,
        };
        text.split(',').try_fold(none, |direction, part| {
            match part.trim().to_ascii_uppercase().as_str() {
                "IN" => Ok(Self {
                    input: true,
                    ..direction
                }),
                "OUT" => Ok(Self {
                    output: true,
                    ..direction
                }),
                _ => Err(()),
            }
        })
    }
}
