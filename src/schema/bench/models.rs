//! `eeprom`, `temperature` and `expander` of I2C devices, `ramp` of channels, `adc` and `dac` of MPIO channels.

use schemars::JsonSchema;

use super::{
    super::{
        value::{Bytes, Flag, Number, PinWires, Registers, Text, Whole},
        word::{EepromType, ExpanderType, ThermometerType},
    },
    equipment::given,
};

/// A value that moves with time: on its own from the start, or while a heater is on.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[schemars(extend("oneOf" = [given("over_ms"), given("time_constant_ms")]))]
pub struct Ramp {
    /// Where it begins, and goes back to while the heater is off.
    pub from: Number,
    /// Where it goes.
    pub to: Number,
    /// How long the whole way takes, in milliseconds, in a straight line. This or time_constant_ms.
    #[schemars(extend("examples" = [60_000]))]
    pub over_ms: Option<Whole<0, 604_800_000>>,
    /// After how many milliseconds 37 % of the way are left. This or over_ms.
    #[schemars(extend("examples" = [20_000]))]
    pub time_constant_ms: Option<Whole<0, 604_800_000>>,
    /// How long it takes until it begins to move, in milliseconds. Default: 0.
    #[schemars(extend("default" = 0))]
    pub after_ms: Option<Whole<0, 604_800_000>>,
    /// The channel that heats it, by name or alias: on is True, or a number above 0. Default: it moves from the start.
    pub heated_by: Option<Text>,
}

/// A serial EEPROM in the manner of the 24Cxx.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Eeprom {
    /// Which one: its size, its page and how it is addressed.
    pub r#type: EepromType,
    /// The bytes of a page, a power of 2. Default: as in the data sheet.
    pub page: Option<Whole<1, 256>>,
    /// How long it is busy after a write, and does not acknowledge, in milliseconds. Default: 5.
    #[schemars(extend("default" = 5))]
    pub write_ms: Option<Whole<0, 60_000>>,
    /// Whether it keeps what it has, whatever is written. Default: false.
    #[schemars(extend("default" = false))]
    pub write_protected: Option<Flag>,
    /// What it holds from address 0 on, as text. Default: nothing.
    pub text: Option<Text>,
    /// The same in hexadecimal.
    pub hex: Option<Bytes>,
    /// A file that holds the same, beside bench.yaml or below.
    pub file: Option<Text>,
    /// What it holds elsewhere: address and bytes in hexadecimal.
    #[schemars(extend("examples" = [{"0x40": "DE AD BE EF"}]))]
    pub registers: Option<Registers>,
    /// What the other bytes hold. Default: 0xFF.
    #[schemars(extend("default" = 255))]
    pub fill: Option<Whole<0, 255>>,
}

/// A temperature sensor: of value, channel and ramp at most one.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Temperature {
    /// Which one. Default: TMP102.
    #[schemars(extend("default" = "TMP102"))]
    pub r#type: Option<ThermometerType>,
    /// Its temperature in °C, always. Default: 25.
    #[schemars(extend("minimum" = -273.15, "maximum" = 1000, "default" = 25))]
    pub value: Option<Number>,
    /// The channel that has its temperature, by name or alias.
    #[schemars(extend("examples" = ["TempRegulator.CPU_TEMP"]))]
    pub channel: Option<Text>,
    /// Its temperature moves by itself.
    pub ramp: Option<Ramp>,
    /// How far off it is, in °C. Default: 0.
    #[schemars(extend("minimum" = -100, "maximum" = 100, "default" = 0))]
    pub offset: Option<Number>,
    /// Standard deviation of its noise, in °C. Default: 0.
    #[schemars(extend("minimum" = 0, "maximum" = 100, "default" = 0))]
    pub noise: Option<Number>,
}

/// A GPIO expander.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Expander {
    /// Which one.
    pub r#type: ExpanderType,
    /// The level of a pin that is high, in volts. Default: 3.3.
    #[schemars(extend("minimum" = 1, "maximum" = 5.5, "default" = 3.3))]
    pub supply: Option<Number>,
    /// What its pins are wired to: number of the pin, 0 to 7 or 15, and a channel by name or alias.
    #[schemars(extend("examples" = [{"0": "0.ESH10000121.MPIO00"}]))]
    pub pins: Option<PinWires>,
}

/// What measures the levels of MPIO channels.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Adc {
    /// Its resolution, over 0 to 5 V. Default: 12.
    #[schemars(extend("default" = 12))]
    pub bits: Option<Whole<1, 24>>,
    /// What a level is multiplied by. Default: 1.
    #[schemars(extend("minimum" = 0, "maximum" = 10, "default" = 1))]
    pub gain: Option<Number>,
    /// What is added then, in volts. Default: 0.
    #[schemars(extend("minimum" = -5, "maximum" = 5, "default" = 0))]
    pub offset: Option<Number>,
    /// Standard deviation of its noise, in volts. Default: 0.
    #[schemars(extend("minimum" = 0, "maximum" = 5, "default" = 0))]
    pub noise: Option<Number>,
}

/// What drives the levels of MPIO channels.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Dac {
    /// Its resolution, over 0 to 5 V. Default: 12.
    #[schemars(extend("default" = 12))]
    pub bits: Option<Whole<1, 24>>,
    /// What a level is multiplied by. Default: 1.
    #[schemars(extend("minimum" = 0, "maximum" = 10, "default" = 1))]
    pub gain: Option<Number>,
    /// What is added then, in volts. Default: 0.
    #[schemars(extend("minimum" = -5, "maximum" = 5, "default" = 0))]
    pub offset: Option<Number>,
    /// How long it takes to reach a new level, in milliseconds. Default: 0.
    #[schemars(extend("default" = 0))]
    pub settle_ms: Option<Whole<0, 604_800_000>>,
}
