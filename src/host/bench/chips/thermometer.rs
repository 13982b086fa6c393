//! A temperature sensor in the manner of the LM75 and the TMP102.

use std::time::Duration;

use super::super::{converter::Converter, ramp::Ramp};

/// Degrees in the upper byte of a temperature register.
const TEMPERATURE: u8 = 0;
const CONFIGURATION: u8 = 1;
/// What the limits hold at first: 75 °C and 80 °C.
const LIMITS: [[u8; 2]; 2] = [[0x4B, 0], [0x50, 0]];
/// In the first byte of the configuration: the sensor sleeps, and keeps its last temperature.
const SHUTDOWN: u8 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThermometerType {
    pub name: &'static str,
    /// Of a temperature, the lowest of them worth 2 to the power of 8 less this, in °C.
    bits: u32,
    /// What the configuration holds at first.
    configuration: &'static [u8],
}

pub const THERMOMETERS: [ThermometerType; 3] = [
    ThermometerType {
        name: "LM75",
        bits: 9,
        configuration: &[0],
    },
    ThermometerType {
        name: "LM75B",
        bits: 11,
        configuration: &[0],
    },
    ThermometerType {
        name: "TMP102",
        bits: 12,
        configuration: &[0x60, 0xA0],
    },
];

/// Where it takes its temperature from.
#[derive(Clone, Debug, PartialEq)]
pub enum Heat {
    /// Always this, in °C.
    Fixed(f64),
    Ramp(Ramp),
    /// The value of this channel.
    Channel(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Thermometer {
    kind: ThermometerType,
    pub heat: Heat,
    pub converter: Converter,
    pointer: u8,
    /// The temperature register, once there was something to measure.
    measured: Option<[u8; 2]>,
    configuration: Vec<u8>,
    limits: [[u8; 2]; 2],
}

impl Thermometer {
    pub fn new(kind: ThermometerType, heat: Heat, converter: Converter) -> Self {
        Self {
            kind,
            heat,
            converter,
            pointer: TEMPERATURE,
            measured: None,
            configuration: kind.configuration.to_vec(),
            limits: LIMITS,
        }
    }

    /// Its own temperature now, or the name of the channel that has it.
    pub fn temperature(&self, now: Duration) -> Result<f64, &str> {
        match &self.heat {
            Heat::Fixed(value) => Ok(*value),
            Heat::Ramp(ramp) => Ok(ramp.at(now)),
            Heat::Channel(name) => Err(name),
        }
    }

    /// Whether a read would give a temperature that has to be measured first.
    pub fn measures(&self) -> bool {
        self.pointer == TEMPERATURE && !self.is_asleep()
    }

    fn is_asleep(&self) -> bool {
        let first = self.configuration.first();
        first.is_some_and(|byte| byte & SHUTDOWN != 0)
    }

    /// Whether it sleeps from this write on: what it would have measured until then has to be measured first.
    pub fn falls_asleep(&self, data: &[u8]) -> bool {
        let [pointer, configuration, ..] = data else {
            return false;
        };
        pointer & 3 == CONFIGURATION && configuration & SHUTDOWN != 0 && !self.is_asleep()
    }

    /// Whether it has measured nothing yet.
    pub fn is_new(&self) -> bool {
        self.measured.is_none()
    }

    /// Has it know a temperature, in °C, before it is asked for one.
    pub fn begin(&mut self, celsius: f64) {
        self.keep(self.converter.quiet(celsius));
    }

    /// Puts this temperature, in °C, into its register.
    pub fn measure(&mut self, celsius: f64) {
        let celsius = self.converter.convert(celsius);
        self.keep(celsius);
    }

    fn keep(&mut self, celsius: f64) {
        let shift = 16 - self.kind.bits;
        let most = f64::from(1u32 << (self.kind.bits - 1));
        let per_degree = f64::from(1u32 << (self.kind.bits - 8));
        let steps = (celsius * per_degree).round();
        // Within 16 bits, so that nothing is cut off.
        let steps = steps.clamp(-most, most - 1.0) as i16;
        self.measured = Some((steps << shift).to_be_bytes());
    }

    /// The first byte names a register, the others are stored there; the temperature itself keeps what it has.
    pub fn write(&mut self, data: &[u8]) {
        let [pointer, data @ ..] = data else {
            return;
        };
        self.pointer = pointer & 3;
        let register: &mut [u8] = match self.pointer {
            TEMPERATURE => return,
            CONFIGURATION => &mut self.configuration,
            limit => &mut self.limits[usize::from(limit - 2)],
        };
        for (cell, byte) in register.iter_mut().zip(data) {
            *cell = *byte;
        }
    }

    /// The register over and over.
    pub fn read(&mut self, count: usize) -> Vec<u8> {
        let measured = self.measured.unwrap_or_default();
        let register: &[u8] = match self.pointer {
            TEMPERATURE => &measured,
            CONFIGURATION => &self.configuration,
            limit => &self.limits[usize::from(limit - 2)],
        };
        register.iter().copied().cycle().take(count).collect()
    }

    pub fn ramp_mut(&mut self) -> Option<&mut Ramp> {
        match &mut self.heat {
            Heat::Ramp(ramp) => Some(ramp),
            Heat::Fixed(_) | Heat::Channel(_) => None,
        }
    }

    pub fn channel_names(&mut self) -> Vec<&mut String> {
        match &mut self.heat {
            Heat::Fixed(_) => Vec::new(),
            Heat::Ramp(ramp) => ramp.heated_by.iter_mut().collect(),
            Heat::Channel(name) => vec![name],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::bench::noise::Noise;

    fn sensor(name: &str) -> Thermometer {
        let kind = THERMOMETERS.iter().find(|kind| kind.name == name).unwrap();
        let converter = Converter::new(Noise::new(0));
        Thermometer::new(*kind, Heat::Fixed(0.0), converter)
    }

    /// The examples of the data sheets of LM75 and TMP102.
    #[test]
    fn temperatures_are_as_in_the_data_sheets() {
        for (name, celsius, register) in [
            ("LM75", 125.0, [0x7D, 0x00]),
            ("LM75", 25.3, [0x19, 0x80]),
            ("LM75", -0.5, [0xFF, 0x80]),
            ("LM75", -55.0, [0xC9, 0x00]),
            ("LM75B", 126.875, [0x7E, 0xE0]),
            ("TMP102", 127.9375, [0x7F, 0xF0]),
            ("TMP102", 0.25, [0x00, 0x40]),
            ("TMP102", -25.0, [0xE7, 0x00]),
            ("TMP102", 300.0, [0x7F, 0xF0]),
            ("TMP102", -300.0, [0x80, 0x00]),
        ] {
            let mut sensor = sensor(name);
            sensor.measure(celsius);
            assert_eq!(sensor.read(2), register, "{name} at {celsius}");
        }
    }

    #[test]
    fn a_register_is_named_first() {
        let mut sensor = sensor("TMP102");
        sensor.write(&[1]);
        assert_eq!(sensor.read(3), [0x60, 0xA0, 0x60]);
        assert!(!sensor.measures());
        sensor.write(&[3, 0x55, 0x10]);
        assert_eq!(sensor.read(2), [0x55, 0x10]);
        sensor.write(&[2]);
        assert_eq!(sensor.read(2), [0x4B, 0x00]);
        sensor.write(&[0, 0x55, 0x55]);
        assert_eq!(sensor.read(2), [0, 0]);
        assert!(sensor.measures());
        sensor.write(&[1, 0x61]);
        sensor.write(&[0]);
        assert!(!sensor.measures());
    }

    #[test]
    fn it_falls_asleep_once() {
        let mut sensor = sensor("LM75");
        for (data, falls) in [
            (&[1][..], false),
            (&[1, 0], false),
            (&[0, 1], false),
            (&[2, 1], false),
            (&[1, 1], true),
            (&[1, 1], false),
            (&[1, 0], false),
            (&[1, 3], true),
        ] {
            assert_eq!(sensor.falls_asleep(data), falls, "{data:?}");
            sensor.write(data);
        }
    }
}
