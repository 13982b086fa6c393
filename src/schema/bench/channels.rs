//! `resources` and `mpio`.

use indexmap::IndexMap;
use schemars::JsonSchema;

use super::{
    super::{
        value::{Flag, Name, Number, Scalar, Text, Whole},
        word::{ChannelKind, PinType},
    },
    models::{Adc, Dac, Ramp},
};

/// A value, or a channel with all its fields.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
pub enum Resource {
    Value(Text),
    Channel(Channel),
}

/// A channel that holds a value.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Channel {
    /// What it reads at first: a number with a dot, True or False, or text. Required for a channel that is not in the default station and has no ramp.
    pub value: Option<Scalar>,
    /// Its value moves by itself, and cannot be set.
    pub ramp: Option<Ramp>,
    /// Standard deviation of its noise, in its unit. Default: 0.
    #[schemars(extend("minimum" = 0, "maximum" = 1e12, "default" = 0))]
    pub noise: Option<Number>,
    /// The steps in which it is measured, in its unit. Default: none.
    #[schemars(extend("minimum" = 1e-9, "maximum" = 1e12))]
    pub resolution: Option<Number>,
    /// What it is. Default: Analog for a number, Temperature with a ramp, Digital for a boolean, Register for other text.
    pub r#type: Option<ChannelKind>,
    /// Unit of the value. Default: empty.
    pub unit: Option<Text>,
    /// What it is for. Default: empty.
    pub description: Option<Text>,
    /// The group it is shown in. Default: empty.
    pub group: Option<Text>,
    /// The device it belongs to. Default: empty.
    pub device: Option<Text>,
    /// A second name. Default: the name itself.
    pub alias: Option<Text>,
    /// Whether test code may set it. Default: true.
    #[schemars(extend("default" = true))]
    pub writable: Option<Flag>,
    /// Whether it can be read and set at all. Default: true.
    #[schemars(extend("default" = true))]
    pub enabled: Option<Flag>,
    /// Further values, as the channel shows them.
    pub details: Option<IndexMap<String, Scalar>>,
}

/// A row of multi-purpose I/O channels, named prefix and number.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Pins {
    /// What the names begin with.
    #[schemars(extend("examples" = ["0.ESH10000121.MPIO"]))]
    pub prefix: Name,
    /// How many there are, 1 to 1000.
    pub count: Whole<1, 1000>,
    /// Number of the first. Default: 0.
    #[schemars(extend("default" = 0))]
    pub first: Option<Whole<0, 99_999>>,
    /// Digits of the number, at least. Default: 2.
    #[schemars(extend("default" = 2))]
    pub digits: Option<Whole<1, 6>>,
    /// Whether values are volts or True and False. Default: Analog.
    #[schemars(extend("default" = "Analog"))]
    pub r#type: Option<PinType>,
    /// What an input reads that nothing drives, in volts, 0 to 5. Default: 0.
    #[schemars(extend("minimum" = 0, "maximum" = 5, "default" = 0))]
    pub default: Option<Number>,
    /// PseudoDigital: the low level in volts; negative: not driven low. Default: 0.
    #[schemars(extend("minimum" = -5, "maximum" = 5, "default" = 0))]
    pub vl: Option<Number>,
    /// PseudoDigital: the high level in volts; negative: not driven high. Default: 3.3.
    #[schemars(extend("minimum" = -5, "maximum" = 5, "default" = 3.3))]
    pub vh: Option<Number>,
    /// Analog: what measures its level. Default: it is read exactly.
    pub adc: Option<Adc>,
    /// Analog: what drives its level. Default: it is driven exactly and at once.
    pub dac: Option<Dac>,
}
