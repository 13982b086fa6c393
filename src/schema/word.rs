//! Words of closed lists, and of lists that may have more.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::host::bench::ChannelType;

/// A schema of no name of its own, whose words are offered.
macro_rules! words {
    ($(#[$doc:meta])* $type:ident: $($word:literal),+) => {
        $(#[$doc])*
        pub struct $type;

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "enum": [$($word),+]})
            }
        }
    };
}

words!(StepType: "delay", "mock", "prompt", "manual", "sequence");
words!(Runner: "python", "dotnet");
words!(Python: "python");
words!(Dotnet: "dotnet");
words!(Delay: "delay");
words!(Mock: "mock");
words!(PromptType: "prompt");
words!(Manual: "manual");
words!(SequenceType: "sequence");
words!(Force: "pass", "fail", "skip", "run");
words!(OnStepFailure: "abort", "continue");
words!(MeasurementKind: "numeric", "boolean", "string");
words!(ButtonAction: "pass", "fail", "abort", "continue");
words!(InputMode: "number", "text", "boolean", "list");
words!(LifecycleStatus: "NotReleased", "Evaluation", "Released", "Obsolete");
words!(AgentStatus: "Unknown", "OK", "Warning", "Error", "Disabled");
words!(PinType: "Analog", "PseudoDigital");
words!(EepromType: "24C01", "24C02", "24C04", "24C08", "24C16", "24C32", "24C64", "24C128", "24C256", "24C512");
words!(ThermometerType: "LM75", "LM75B", "TMP102");
words!(ExpanderType: "PCF8574", "PCF8575", "TCA9534", "TCA9555", "MCP23008", "MCP23017");
words!(AppType: "Unknown", "SoftwareModule", "HardwareModule");
words!(FaultKind: "refuse", "reset", "stall", "half_reply", "slow");

/// Words that are offered where others are only warned of.
macro_rules! suggestions {
    ($type:ident: $($word:literal),+) => {
        pub struct $type;

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    // What is left is a plain value, of which an editor has nothing to offer.
                    "anyOf": [{"enum": [$($word),+]}, {"not": {"type": ["object", "array", "null"]}}],
                })
            }
        }
    };
}

suggestions!(RunnerType: "python3.11", "net10.0");
suggestions!(PostExecutionAction: "terminate-on-fail");

/// The long names first, for editors offer them in this order.
const OPERATORS: [&str; 15] = [
    "equal",
    "notequal",
    "greaterthan",
    "greaterthanorequal",
    "lessthan",
    "lessthanorequal",
    "log",
    "eq",
    "ne",
    "gt",
    "gte",
    "ge",
    "lt",
    "lte",
    "le",
];

/// An operator, in any letter case.
pub struct Operator;

impl JsonSchema for Operator {
    fn schema_name() -> Cow<'static, str> {
        "Operator".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let any_case = OPERATORS.map(in_any_case).join("|");
        json_schema!({
            "anyOf": [
                {"type": "string", "enum": OPERATORS},
                {"type": "string", "pattern": format!("^({any_case})$")},
            ],
        })
    }
}

/// `eq` as `[eE][qQ]`: a pattern of JSON Schema has no switch for letter case.
fn in_any_case(word: &str) -> String {
    let both = |letter: char| format!("[{letter}{}]", letter.to_ascii_uppercase());
    word.chars().map(both).collect()
}

/// One type of channel.
pub struct ChannelKind;

impl JsonSchema for ChannelKind {
    fn schema_name() -> Cow<'static, str> {
        "ChannelKind".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<_> = ChannelType::names().collect();
        json_schema!({"type": "string", "enum": names})
    }
}
