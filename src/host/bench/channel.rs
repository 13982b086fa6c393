//! A channel of the agent: one named value with its type, its direction and what describes it.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value as Json, json};

use super::{error::BenchError, pin::Pin};

/// What a channel can be, as the set of flags the agent knows.
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
    pub const I2C: Self = Self(1 << 15);
    pub const PSEUDO_DIGITAL: Self = Self(1 << 20);

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

/// The form of a value's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Number,
    Logic,
    Text,
}

impl Form {
    /// The text as the agent keeps it, or what was wanted instead.
    pub fn normalise(self, text: &str) -> Result<String, &'static str> {
        match self {
            Self::Number => text
                .trim()
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
                .map(|_| text.trim().into())
                .ok_or("a decimal number"),
            Self::Logic => logic(text).map(logic_text).ok_or(LOGIC_WANTED),
            Self::Text => Ok(text.into()),
        }
    }
}

pub const LOGIC_WANTED: &str = "\"True\" or \"False\"";

/// Reads `True` and `False` in any letter case, `1` and `0`.
pub fn logic(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A boolean as the agent writes it.
pub fn logic_text(value: bool) -> String {
    if value { "True" } else { "False" }.into()
}

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

    fn within(self, capability: Self) -> bool {
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

/// Where a channel's value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The text it was given last.
    Stored(String),
    /// Seconds since the agent started.
    Uptime,
    /// A multi-purpose pin, which may be wired to others.
    Pin(Pin),
    /// A bus: it has no value.
    Bus,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    pub net_name: String,
    pub alias: String,
    pub kind: ChannelType,
    /// The types it may be configured as.
    pub kinds: ChannelType,
    pub source: Source,
    pub direction: Direction,
    pub default_direction: Direction,
    /// The directions it may be configured as.
    pub capability: Direction,
    pub enabled: bool,
    pub usage: &'static str,
    pub unit: String,
    pub description: String,
    pub group: String,
    pub device: String,
    /// Beside those a pin has by itself.
    pub details: Map<String, Json>,
}

impl Channel {
    /// A channel that keeps a text, for input and output.
    pub fn stored(
        net_name: impl Into<String>,
        kind: ChannelType,
        value: impl Into<String>,
    ) -> Self {
        Self::new(
            net_name.into(),
            kind,
            Source::Stored(value.into()),
            Direction::BOTH,
        )
    }

    /// The running time of the agent, in seconds.
    pub fn uptime(net_name: impl Into<String>) -> Self {
        Self::new(
            net_name.into(),
            ChannelType::COUNTER,
            Source::Uptime,
            Direction::IN,
        )
        .unit("s")
    }

    /// A bus, on which only transfers are possible.
    pub fn bus(net_name: impl Into<String>) -> Self {
        let channel = Self::new(
            net_name.into(),
            ChannelType::I2C,
            Source::Bus,
            Direction::BOTH,
        );
        Self {
            usage: "BusSignal",
            ..channel
        }
    }

    /// A multi-purpose pin, at first an input.
    pub fn pin(net_name: impl Into<String>, kind: ChannelType, pin: Pin) -> Self {
        let channel = Self::new(net_name.into(), kind, Source::Pin(pin), Direction::BOTH).unit("V");
        let kinds = ChannelType::ANALOG.with(ChannelType::PSEUDO_DIGITAL);
        Self {
            kinds,
            direction: Direction::IN,
            default_direction: Direction::IN,
            ..channel
        }
    }

    fn new(net_name: String, kind: ChannelType, source: Source, direction: Direction) -> Self {
        Self {
            alias: net_name.clone(),
            net_name,
            kind,
            kinds: kind,
            source,
            direction,
            default_direction: direction,
            capability: direction,
            enabled: true,
            usage: "UserAllocatable",
            unit: String::new(),
            description: String::new(),
            group: String::new(),
            device: String::new(),
            details: Map::new(),
        }
    }

    #[must_use]
    pub fn read_only(self) -> Self {
        Self {
            direction: Direction::IN,
            default_direction: Direction::IN,
            capability: Direction::IN,
            ..self
        }
    }

    #[must_use]
    pub fn unit(self, unit: impl Into<String>) -> Self {
        Self {
            unit: unit.into(),
            ..self
        }
    }

    #[must_use]
    pub fn alias(self, alias: impl Into<String>) -> Self {
        Self {
            alias: alias.into(),
            ..self
        }
    }

    /// Keeps a value in the form the channel's type wants.
    ///
    /// # Errors
    /// When the channel cannot be set now, or not to this.
    pub fn set(&mut self, text: &str) -> Result<(), BenchError> {
        self.check_enabled()?;
        if matches!(self.source, Source::Bus) {
            return Err(BenchError::BusValue(self.net_name.clone()));
        }
        if !self.capability.output {
            return Err(BenchError::ReadOnly(self.net_name.clone()));
        }
        if !self.direction.output {
            return Err(BenchError::SetInput(self.net_name.clone()));
        }
        let result = match &mut self.source {
            Source::Pin(pin) => pin.set(self.kind, text),
            source => self
                .kind
                .form()
                .normalise(text)
                .map(|text| *source = Source::Stored(text)),
        };
        result.map_err(|wanted| BenchError::BadValue {
            channel: self.net_name.clone(),
            value: text.into(),
            wanted,
        })
    }

    /// Refuses a disabled channel.
    pub fn check_enabled(&self) -> Result<(), BenchError> {
        if self.enabled {
            Ok(())
        } else {
            Err(BenchError::Disabled(self.net_name.clone()))
        }
    }

    /// Refuses a direction the channel cannot have.
    pub fn turn(&mut self, direction: Direction) -> Result<(), BenchError> {
        if !direction.within(self.capability) {
            return Err(BenchError::BadDirection {
                channel: self.net_name.clone(),
                direction,
                capability: self.capability,
            });
        }
        self.direction = direction;
        Ok(())
    }

    /// Refuses a type the channel cannot have.
    pub fn become_type(&mut self, kind: ChannelType) -> Result<(), BenchError> {
        if !self.kinds.contains(kind) || !ChannelType::names().any(|name| kind.to_string() == name)
        {
            return Err(BenchError::BadType {
                channel: self.net_name.clone(),
                kind,
                kinds: self.kinds,
            });
        }
        self.kind = kind;
        Ok(())
    }

    /// Changes one detail, found in any letter case.
    pub fn set_detail(&mut self, key: &str, value: &Json) -> Result<(), BenchError> {
        let bad = |wanted| BenchError::BadDetail {
            channel: self.net_name.clone(),
            key: key.into(),
            wanted,
        };
        if let Source::Pin(pin) = &mut self.source
            && let Some(level) = pin.detail_mut(self.kind, key)
        {
            let number = value
                .as_f64()
                .or_else(|| value.as_str()?.trim().parse().ok())
                .filter(|number| number.is_finite());
            *level = number.ok_or_else(|| bad("a number of volts"))?;
            return Ok(());
        }
        let Some((_, old)) = self
            .details
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(key))
        else {
            return Err(BenchError::UnknownDetail {
                channel: self.net_name.clone(),
                key: key.into(),
            });
        };
        let wanted = match old {
            Json::Bool(_) if !value.is_boolean() => "true or false",
            Json::Number(_) if !value.is_number() => "a number",
            Json::String(_) if !value.is_string() => "text",
            _ => {
                *old = value.clone();
                return Ok(());
            }
        };
        Err(bad(wanted))
    }

    /// The channel as the agent shows it, at this place of its list.
    pub fn to_json(&self, index: usize) -> Json {
        let mut details = self.details.clone();
        if let Source::Pin(pin) = &self.source {
            details.extend(pin.details(self.kind));
        }
        json!({
            "channelIndex": index,
            "index": index,
            "enabled": self.enabled,
            "usage": self.usage,
            "deviceName": self.device,
            "channelType": self.kind.to_string(),
            "channelTypeCapability": self.kinds.to_string(),
            "alias": self.alias,
            "netName": self.net_name,
            "groupName": self.group,
            "capability": self.capability.to_string(),
            "direction": self.direction.to_string(),
            "defaultDirection": self.default_direction.to_string(),
            "directionChanged": self.direction != self.default_direction,
            "description": self.description,
            "unit": self.unit,
            "isVirtual": false,
            "details": if details.is_empty() { Json::Null } else { Json::Object(details) },
        })
    }
}
