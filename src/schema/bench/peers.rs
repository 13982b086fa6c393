//! `script` and `scpi`: what is at the other end of serial ports and TCP connections.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{
    super::value::{Flag, Number, Scalar, Text, Whole},
    equipment::{given, nothing},
};

/// A rule of a script: what a device says to what it hears, or by itself at a time.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[schemars(extend("oneOf" = [given("hear"), given("at_ms")]))]
pub struct Rule {
    /// The message it is for, with {name} for any part of it, or in hexadecimal after "hex:". This or at_ms.
    #[schemars(extend("examples" = ["set {volts} V", "hex:01 03"]))]
    pub hear: Option<Text>,
    /// So long after its start, in milliseconds. This or hear; serial ports only.
    pub at_ms: Option<Whole<0, 604_800_000>>,
    /// What it says, with {name} for what was heard there, or for a channel's value; or in hexadecimal after "hex:". Ends of lines are part of it.
    #[schemars(extend("examples" = ["OK {volts}\n", "hex:01 03 02 AA 55"]))]
    pub say: Option<Text>,
    /// How much later it says so, in milliseconds. Default: 0.
    #[schemars(extend("default" = 0))]
    pub delay_ms: Option<Whole<0, 604_800_000>>,
    /// The state it is for. Default: any.
    pub r#in: Option<Text>,
    /// The state it leads to. Default: the same.
    pub to: Option<Text>,
    /// Channels by name or alias, and what each is set to, with {name} as in say.
    #[schemars(extend("examples" = [{"Supply.VOLTAGE": "{volts}"}]))]
    pub set: Option<IndexMap<String, Text>>,
    /// Whether the device starts anew. Default: false.
    #[schemars(extend("default" = false))]
    pub restart: Option<Flag>,
}

/// An instrument that speaks SCPI.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Scpi {
    /// Its answer to *IDN?. Default: Rehearsal,Simulated,0,1.
    #[schemars(extend("examples" = ["ACME,PSU-3,SN42,1.0"]))]
    pub identity: Option<Text>,
    /// Its commands as in manuals: "[SOURce]:VOLTage" can be set and asked for, "MEASure:VOLTage?" asked for only. Each with its value, with a map, or with nothing where it only has to be taken.
    #[schemars(extend("examples" = [{"MEASure:VOLTage?": 3.298}]))]
    pub commands: Option<Commands>,
}

/// Commands by their headers: those that end with a question mark are queries.
pub struct Commands;

impl JsonSchema for Commands {
    fn schema_name() -> Cow<'static, str> {
        "Commands".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "patternProperties": {
                r"\?\s*$": generator.subschema_for::<QueryValue>(),
                r"[^?\s]\s*$": generator.subschema_for::<SettingValue>(),
            },
        })
    }
}

/// What a query answers, or a map.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
pub enum QueryValue {
    Value(Text),
    Query(Query),
}

/// What a setting is at first, or a map; nothing for a command that is only taken.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
pub enum SettingValue {
    Value(Scalar),
    Setting(Setting),
}

/// What can be asked for only.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Query {
    /// What it answers: a number, or text. This or channel.
    pub value: Option<Scalar>,
    /// The channel it measures, by name or alias. This or value.
    pub channel: Option<Text>,
    /// Standard deviation of the noise of what it measures. Default: 0.
    #[schemars(extend("minimum" = 0, "maximum" = 1e12, "default" = 0))]
    pub noise: Option<Number>,
    /// The steps in which it measures. Default: none.
    #[schemars(extend("minimum" = 1e-9, "maximum" = 1e12))]
    pub resolution: Option<Number>,
    /// Digits behind the point of its answers. Default: as many as it takes.
    pub decimals: Option<Whole<0, 15>>,
}

/// What can be set and asked for.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[schemars(extend("anyOf" = [nothing("while_on"), given("drives")]))]
pub struct Setting {
    /// What it is at first and after *RST: a number, true or false, or text. Default: it is taken and has no effect.
    pub value: Option<Scalar>,
    /// Digits behind the point of its answers. Default: as many as it takes.
    pub decimals: Option<Whole<0, 15>>,
    /// The least it can be set to. Default: no limit.
    #[schemars(extend("minimum" = -1e12, "maximum" = 1e12))]
    pub min: Option<Number>,
    /// The most it can be set to. Default: no limit.
    #[schemars(extend("minimum" = -1e12, "maximum" = 1e12))]
    pub max: Option<Number>,
    /// A unit that may stand behind the number. Default: none.
    #[schemars(extend("examples" = ["V"]))]
    pub unit: Option<Text>,
    /// The words it can be set to, each with its short form in capitals.
    #[schemars(extend("examples" = [["VOLTage", "CURRent"]]))]
    pub words: Option<Vec<Text>>,
    /// The channel that gets its value, by name or alias.
    pub drives: Option<Text>,
    /// The setting that has to be on for that, written as it is here.
    #[schemars(extend("examples" = ["OUTPut[:STATe]"]))]
    pub while_on: Option<Text>,
}
