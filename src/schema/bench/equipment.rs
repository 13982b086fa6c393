//! `numeric_results`, `instruments`, `calibration`, `apps`, `media` and `config`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde_json::{Value as Json, json};

use super::super::{
    value::{Bytes, Flag, Name, Number, Text, Whole},
    word::AppType,
};

/// A channel that samples others.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NumericResult {
    /// The channels it samples, each by name or alias, or as a map.
    pub targets: Vec<Target>,
    /// Samples a second. Default: 100000.
    #[schemars(extend("default" = 100_000))]
    pub sample_rate: Option<Whole<1, 100_000_000>>,
    /// How many samples its configuration names at first. Default: 1000.
    #[schemars(extend("default" = 1000))]
    pub default_samples: Option<Whole<1, 100_000>>,
    /// A second name. Default: the name itself.
    pub alias: Option<Text>,
    /// What it is for. Default: empty.
    pub description: Option<Text>,
    /// The group it is shown in. Default: empty.
    pub group: Option<Text>,
}

/// A channel, or a channel and its signal.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
pub enum Target {
    Channel(Text),
    Signal(Signal),
}

/// A channel and its signal.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Signal {
    /// The channel, by name or alias.
    pub name: Name,
    /// Standard deviation around the channel's value, in its unit. Default: 0.
    #[schemars(extend("minimum" = 0, "maximum" = 1e12, "default" = 0))]
    pub noise: Option<Number>,
    /// These instead of the channel's value, over and over.
    #[schemars(length(min = 1))]
    pub samples: Option<Vec<Number>>,
}

/// An instrument.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Instrument {
    /// What it is, such as Voltmeter or PowerSupply.
    pub r#type: Name,
    /// What it is called. Default: the channel's name.
    pub name: Option<Text>,
    /// Capabilities, and the channel of each by name or alias.
    #[schemars(extend("examples" = [{"VOLTAGE": "0.1.ESH10000158.MON_3V3"}]))]
    pub functions: Option<IndexMap<String, Text>>,
    /// A second name. Default: the name itself.
    pub alias: Option<Text>,
    /// What it is for. Default: empty.
    pub description: Option<Text>,
    /// The group it is shown in. Default: empty.
    pub group: Option<Text>,
}

/// A calibration table. It is kept and given back, applied to nothing.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Calibration {
    /// The product it is for. Default: empty.
    pub product_id: Option<Text>,
    /// Revision of the product. Default: empty.
    pub revision: Option<Text>,
    /// Serial number of the unit. Default: empty.
    pub serial_number: Option<Text>,
    /// Its rows by key.
    pub rows: Option<IndexMap<String, Row>>,
    /// A second name. Default: the name itself.
    pub alias: Option<Text>,
    /// What it is for. Default: empty.
    pub description: Option<Text>,
    /// The group it is shown in. Default: empty.
    pub group: Option<Text>,
}

/// A row of a calibration table.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Row {
    /// Default: 1.
    #[schemars(extend("default" = 1))]
    pub gain: Option<Number>,
    /// Default: 0.
    #[schemars(extend("default" = 0))]
    pub offset: Option<Number>,
}

/// An application of the agent.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct App {
    /// What it is called.
    pub name: Name,
    /// Its licence key. Default: empty.
    pub key: Option<Text>,
    /// When its licence ends. Default: empty.
    pub expires: Option<Text>,
    /// What it is. Default: SoftwareModule.
    #[schemars(extend("default" = "SoftwareModule"))]
    pub r#type: Option<AppType>,
    /// Whether it may be used. Default: true.
    #[schemars(extend("default" = true))]
    pub licensed: Option<Flag>,
}

/// The text of a file, or a map.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
pub enum MediaFile {
    Text(Text),
    Content(MediaContent),
}

/// The text of a file, or a map.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
pub enum ConfigFile {
    Text(Text),
    Content(ConfigContent),
}

/// What a file holds: one of the three.
#[derive(JsonSchema)]
#[schemars(extend("oneOf" = [given("text"), given("hex"), given("file")]))]
pub struct Content {
    /// Its text.
    pub text: Option<Text>,
    /// Its bytes in hexadecimal.
    pub hex: Option<Bytes>,
    /// A file that holds the same, beside bench.yaml or below.
    pub file: Option<Text>,
}

/// A media file.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct MediaContent {
    #[schemars(flatten)]
    pub content: Content,
}

/// A config file.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ConfigContent {
    #[schemars(flatten)]
    pub content: Content,
    /// Whether its name is among the loaded ones from the start. Default: false.
    #[schemars(extend("default" = false))]
    pub loaded: Option<Flag>,
}

/// A mapping in which this field has a value.
pub(super) fn given(field: &str) -> Json {
    json!({"required": [field], "properties": {field: {"not": {"type": "null"}}}})
}

/// A mapping in which this field has no value.
pub(super) fn nothing(field: &str) -> Json {
    json!({"properties": {field: {"type": "null"}}})
}
