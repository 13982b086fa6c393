//! A multi-purpose pin: driven to a level or left alone, analog or read as a logic level.

use std::time::Duration;

use serde_json::{Map, Value as Json, json};

use super::{
    channel_type::ChannelType,
    converter::Converter,
    form::{LOGIC_WANTED, logic, logic_text},
};

/// The highest level a pin can drive or measure, in volts; the lowest is 0.
pub const MAX_VOLTS: f64 = 5.0;

/// Levels are volts.
#[derive(Clone, Debug, PartialEq)]
pub struct Pin {
    /// What it reads, and drives before the first set, while nobody drives its net.
    pub default: f64,
    /// The pseudo-digital low level; negative: not driven.
    pub vl: f64,
    /// The pseudo-digital high level; negative: not driven.
    pub vh: f64,
    /// What measures an analog level.
    pub adc: Option<Converter>,
    /// What drives an analog level.
    pub dac: Option<Dac>,
    setting: Option<Setting>,
    /// The level there was at the last set, and when that was.
    moved: Option<(f64, Duration)>,
}

/// A digital to analog converter. It approaches a new level exponentially.
#[derive(Clone, Debug, PartialEq)]
pub struct Dac {
    pub converter: Converter,
    /// How long it takes until less than a thousandth of a step is left, and then nothing.
    pub settle: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Setting {
    Volts(f64),
    Logic(bool),
}

impl Default for Pin {
    fn default() -> Self {
        Self {
            default: 0.0,
            vl: 0.0,
            vh: 3.3,
            adc: None,
            dac: None,
            setting: None,
            moved: None,
        }
    }
}

impl Pin {
    /// Sets what the pin drives as an output, or says what was wanted instead.
    pub fn set(
        &mut self,
        kind: ChannelType,
        text: &str,
        now: Duration,
    ) -> Result<(), &'static str> {
        let before = self.driven(now);
        self.setting = Some(if kind == ChannelType::PSEUDO_DIGITAL {
            Setting::Logic(logic(text).ok_or(LOGIC_WANTED)?)
        } else {
            let volts = text
                .trim()
                .parse()
                .ok()
                .filter(|volts| (0.0..=MAX_VOLTS).contains(volts));
            Setting::Volts(volts.ok_or("volts, a decimal number from 0 to 5")?)
        });
        self.moved = before.map(|before| (before, now));
        Ok(())
    }

    /// The level an output forces, in volts; none when it lets its net float.
    pub fn driven(&self, now: Duration) -> Option<f64> {
        match self.setting {
            None => Some(self.default),
            Some(Setting::Volts(volts)) => Some(match &self.dac {
                Some(dac) => dac.level(volts, self.moved, now),
                None => volts,
            }),
            Some(Setting::Logic(high)) => {
                Some(if high { self.vh } else { self.vl }).filter(|level| *level >= 0.0)
            }
        }
    }

    /// The text of a level on the pin.
    pub fn read(&self, kind: ChannelType, volts: f64) -> String {
        if kind == ChannelType::PSEUDO_DIGITAL {
            logic_text(volts >= self.threshold())
        } else {
            // Adding 0 turns -0 into 0.
            (volts + 0.0).to_string()
        }
    }

    fn threshold(&self) -> f64 {
        let high = if self.vh < 0.0 {
            Self::default().vh
        } else {
            self.vh
        };
        f64::midpoint(self.vl.max(0.0), high)
    }

    /// The level of this detail, by its name in any letter case.
    pub fn detail_mut(&mut self, kind: ChannelType, key: &str) -> Option<&mut f64> {
        let pseudo = kind == ChannelType::PSEUDO_DIGITAL;
        match key.to_ascii_lowercase().as_str() {
            "vl" if pseudo => Some(&mut self.vl),
            "vh" if pseudo => Some(&mut self.vh),
            "defaultvalue" => Some(&mut self.default),
            _ => None,
        }
    }

    /// What measures it, as it is configured.
    pub fn converter_mut(&mut self, kind: ChannelType) -> Option<&mut Converter> {
        (kind == ChannelType::ANALOG).then_some(self.adc.as_mut())?
    }

    /// The details as the agent shows them.
    pub fn details(&self, kind: ChannelType) -> Map<String, Json> {
        let details = if kind == ChannelType::PSEUDO_DIGITAL {
            json!({"vl": self.vl, "vh": self.vh, "minIoVoltage": 0.0, "maxIoVoltage": MAX_VOLTS, "defaultValue": self.default})
        } else {
            json!({"defaultValue": self.default})
        };
        match details {
            Json::Object(details) => details,
            _ => Map::new(),
        }
    }
}

impl Dac {
    /// The level at its output for a setting, in volts, coming from another one.
    fn level(&self, volts: f64, moved: Option<(f64, Duration)>, now: Duration) -> f64 {
        let target = self.converter.quiet(volts);
        match moved {
            Some((from, since)) if now.saturating_sub(since) < self.settle => {
                let passed = now.saturating_sub(since).as_secs_f64() / self.settle.as_secs_f64();
                target + (from - target) * 1000f64.powf(-passed)
            }
            _ => target,
        }
    }
}
