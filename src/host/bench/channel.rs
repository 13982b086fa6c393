//! A channel of the agent: one named value with its type, its direction and what describes it.

use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use super::{
    channel_type::ChannelType, converter::Converter, direction::Direction, error::BenchError,
    pin::Pin, ramp::Ramp,
};

/// Where a channel's value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The text it was given last.
    Stored(String),
    /// Seconds since the agent started.
    Uptime,
    /// A value that moves with time.
    Ramp(Ramp),
    /// A multi-purpose pin, which may be wired to others.
    Pin(Pin),
    /// It has no value: it is a bus, or is used by calls of its own.
    None,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Channel {
    pub net_name: String,
    pub alias: String,
    pub kind: ChannelType,
    /// The types it may be configured as.
    pub kinds: ChannelType,
    pub source: Source,
    /// What measures the value of a channel that is no pin; none where it is read as it is.
    pub converter: Option<Converter>,
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

    /// A channel without a value, on which only the calls for its type are possible.
    pub fn valueless(net_name: impl Into<String>, kind: ChannelType) -> Self {
        let buses = [ChannelType::I2C, ChannelType::SPI, ChannelType::UART];
        let channel = Self::new(net_name.into(), kind, Source::None, Direction::BOTH);
        Self {
            usage: if buses.contains(&kind) {
                "BusSignal"
            } else {
                channel.usage
            },
            ..channel
        }
    }

    /// With these further details, an object.
    #[must_use]
    pub fn details(self, details: Json) -> Self {
        match details {
            Json::Object(details) => Self { details, ..self },
            _ => self,
        }
    }

    /// Why it cannot be read or set.
    pub fn no_value(&self) -> BenchError {
        let (what, instead) = match self.kind {
            ChannelType::SPI => ("a bus", "comm/spi"),
            ChannelType::UART => ("a bus", "comm/uart"),
            ChannelType::SOCKET => ("a socket", "comm/socket"),
            ChannelType::NUMERIC_RESULT => ("a NumericResult channel", "numeric-results"),
            ChannelType::CALIBRATION => ("a calibration channel", "calibration/table"),
            ChannelType::INSTRUMENT => ("an instrument", "the channels of its functionMap"),
            _ => ("a bus", "comm/i2c"),
        };
        BenchError::NoValue {
            channel: self.net_name.clone(),
            what,
            instead,
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
            converter: None,
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
    pub fn set(&mut self, text: &str, now: Duration) -> Result<(), BenchError> {
        self.check_enabled()?;
        if self.source == Source::None {
            return Err(self.no_value());
        }
        if !self.capability.output {
            return Err(BenchError::ReadOnly(self.net_name.clone()));
        }
        if !self.direction.output {
            return Err(BenchError::SetInput(self.net_name.clone()));
        }
        let result = match &mut self.source {
            Source::Pin(pin) => pin.set(self.kind, text, now),
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

    /// What makes a reading of its value, if anything does.
    pub fn converter_mut(&mut self) -> Option<&mut Converter> {
        match &mut self.source {
            Source::Pin(pin) => pin.converter_mut(self.kind),
            _ => self.converter.as_mut(),
        }
    }

    /// Begins what happens by itself.
    pub fn start(&mut self, now: Duration) {
        if let Source::Ramp(ramp) = &mut self.source {
            ramp.start(now);
        }
    }

    /// The channels it depends on, by name.
    pub fn channel_names(&mut self) -> Vec<&mut String> {
        match &mut self.source {
            Source::Ramp(ramp) => ramp.heated_by.iter_mut().collect(),
            _ => Vec::new(),
        }
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
        // Saved settings hold those that cannot be changed, too.
        let same = |(known, old): (&String, &Json)| known.eq_ignore_ascii_case(key) && old == value;
        if self.all_details().iter().any(same) {
            return Ok(());
        }
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
            Json::Array(_) | Json::Object(_) => "left as it is",
            _ => {
                *old = value.clone();
                return Ok(());
            }
        };
        Err(bad(wanted))
    }

    /// What can be configured, in the form in which it is configured.
    pub fn settings(&self) -> Json {
        json!({
            "NetName": self.net_name,
            "Alias": self.alias,
            "Enabled": self.enabled,
            "Direction": self.direction.to_string(),
            "ChannelType": self.kind.to_string(),
            "Description": self.description,
            "Unit": self.unit,
            "GroupName": self.group,
            "DeviceName": self.device,
            "Details": self.all_details(),
        })
    }

    fn all_details(&self) -> Map<String, Json> {
        let mut details = self.details.clone();
        if let Source::Pin(pin) = &self.source {
            details.extend(pin.details(self.kind));
        }
        details
    }

    /// The channel as the agent shows it, at this place of its list.
    pub fn to_json(&self, index: usize) -> Json {
        let details = self.all_details();
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
