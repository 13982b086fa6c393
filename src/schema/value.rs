//! Plain values, with what the readers take for them beside the obvious (docs/decisions.md 33).
//!
//! Each is one flat schema, so that an editor's message is short: a pattern binds texts only, a bound binds numbers only.
//! `patternErrorMessage` is what VS Code says instead of the pattern; others pass it over.

use std::{borrow::Cow, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A number by YAML's core schema, as a text. Infinities and NaN are none that a field takes.
const NUMBER: &str =
    r"^\s*(0x[0-9A-Fa-f]+|0o[0-7]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)\s*$";
const WHOLE: &str = r"^\s*(0x[0-9A-Fa-f]+|0o[0-7]+|[-+]?[0-9]+)\s*$";
const BOOLEAN: &str = "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$";
/// Pairs of digits, with or without blanks between them.
const BYTES: &str = r"^\s*([0-9A-Fa-f]\s*[0-9A-Fa-f]\s*)+$";

/// A schema of no name of its own.
macro_rules! plain {
    ($type:ident, $name:literal, $schema:expr) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

/// Any plain value, nothing included: a variable, a parameter, a template.
pub struct Scalar;
plain!(
    Scalar,
    "Scalar",
    json_schema!({"type": ["string", "number", "boolean", "null"]})
);

/// A text; a number or a boolean is taken as it is written.
pub struct Text;
plain!(
    Text,
    "Text",
    json_schema!({"type": ["string", "number", "boolean"]})
);

/// A text that is not empty.
pub struct Name;
plain!(
    Name,
    "Name",
    json_schema!({"type": ["string", "number", "boolean"], "pattern": r"\S", "patternErrorMessage": "it is empty"})
);

/// A text of JSON, where a number is none.
pub struct JsonText;
plain!(JsonText, "JsonText", json_schema!({"type": "string"}));

/// The same, not empty.
pub struct JsonName;
plain!(
    JsonName,
    "JsonName",
    json_schema!({"type": "string", "pattern": r"\S", "patternErrorMessage": "it is empty"})
);

/// A finite number, also in quotes.
pub struct Number;
plain!(
    Number,
    "Number",
    json_schema!({"type": ["number", "string"], "pattern": NUMBER, "patternErrorMessage": "write a number, such as 4.75; templates do not work here"})
);

/// `true` or `false`, also in quotes and in any letter case.
pub struct Flag;
plain!(
    Flag,
    "Flag",
    json_schema!({"type": ["boolean", "string"], "pattern": BOOLEAN, "patternErrorMessage": "write true or false"})
);

/// Bytes in hexadecimal, such as "DE AD BE EF".
pub struct Bytes;
plain!(
    Bytes,
    "Bytes",
    json_schema!({"type": ["string", "number"], "pattern": BYTES, "patternErrorMessage": "write two hexadecimal digits a byte, such as \"DE AD BE EF\""})
);

/// Whatever it is, nobody looks at it.
pub struct Anything;
plain!(Anything, "Anything", json_schema!(true));

/// A whole number within bounds, also in quotes; `u64::MAX` is no bound.
pub struct Whole<const LEAST: u64, const MOST: u64>;

impl<const LEAST: u64, const MOST: u64> JsonSchema for Whole<LEAST, MOST> {
    fn schema_name() -> Cow<'static, str> {
        format!("Whole_{LEAST}_{MOST}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema = json_schema!({"type": ["integer", "string"], "pattern": WHOLE, "patternErrorMessage": "write a whole number"});
        schema.insert("minimum".into(), LEAST.into());
        if MOST != u64::MAX {
            schema.insert("maximum".into(), MOST.into());
        }
        schema
    }
}

/// What registers hold at first, by their numbers, decimal or as `0x0F`.
pub type Registers = Numbered<Bytes>;

/// What the pins of an expander are wired to, by their numbers.
pub type PinWires = Numbered<Text>;

/// Values by numbers, decimal or hexadecimal.
pub struct Numbered<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for Numbered<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Numbered_{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "propertyNames": {"pattern": WHOLE},
            "additionalProperties": generator.subschema_for::<T>(),
        })
    }
}

/// An I2C address, or `${Key}` for an entry of a module's initial data.
pub struct ModuleAddress;

impl JsonSchema for ModuleAddress {
    fn schema_name() -> Cow<'static, str> {
        "ModuleAddress".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                generator.subschema_for::<Whole<0x08, 0x77>>(),
                {"type": "string", "pattern": r"^\$\{.*\}$"},
            ],
        })
    }
}
