//! A multi-purpose pin: driven to a level or left alone, analog or read as a logic level.

use serde_json::{Map, Value as Json, json};

use super::{
    channel_type::ChannelType,
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
    setting: Option<Setting>,
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
            setting: None,
        }
    }
}

impl Pin {
    /// Sets what the pin drives as an output, or says what was wanted instead.
    pub fn set(&mut self, kind: ChannelType, text: &str) -> Result<(), &'static str> {
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
        Ok(())
    }

    /// The level an output forces, in volts; none when it lets its net float.
    pub fn driven(&self) -> Option<f64> {
        match self.setting {
            None => Some(self.default),
            Some(Setting::Volts(volts)) => Some(volts),
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
