//! A value as it crosses between test code and the engine: what Python may return, what the variable store holds.

use std::{cell::Cell, fmt};

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, de::Error};

/// One value of the closed set that may cross (docs/decisions.md 27).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    None,
    Bool(bool),
    Int(i64),
    /// An integer beyond 64 bits.
    Big(BigInt),
    Float(f64),
    Str(String),
    List(#[serde(deserialize_with = "nested")] Vec<Value>),
    Dict(#[serde(deserialize_with = "nested")] IndexMap<String, Value>),
}

/// Deeper ones come from no function's result (`convert.rs`), but from somebody who wants to use up the reader's stack.
const MAX_DEPTH: usize = 200;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

fn nested<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    if DEPTH.get() >= MAX_DEPTH {
        return Err(D::Error::custom("a value within too many others"));
    }
    DEPTH.set(DEPTH.get() + 1);
    let read = T::deserialize(deserializer);
    DEPTH.set(DEPTH.get() - 1);
    read
}

/// A decimal integer of any size, in canonical text: an optional minus, no leading zeros.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BigInt(String);

impl BigInt {
    /// Takes decimal digits with an optional sign; `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let (minus, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits = digits.trim_start_matches('0');
        Some(Self(match (minus, digits) {
            (_, "") => "0".into(),
            (true, digits) => format!("-{digits}"),
            (false, digits) => digits.into(),
        }))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value {
    /// The name Python gives the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Big(_) => "int",
            Self::Float(_) => "float",
            Self::Str(_) => "str",
            Self::List(_) => "list",
            Self::Dict(_) => "dict",
        }
    }

    /// The value as JSON. NaN and the infinities become the strings "NaN", "Infinity", "-Infinity" (docs/decisions.md 27);
    /// integers keep all their digits.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::None => Json::Null,
            Self::Bool(b) => Json::Bool(*b),
            Self::Int(i) => Json::from(*i),
            Self::Big(i) => {
                i.0.parse::<serde_json::Number>()
                    .map_or_else(|_| Json::String(i.0.clone()), Json::Number)
            }
            Self::Float(f) => serde_json::Number::from_f64(*f)
                .map_or_else(|| Json::String(non_finite(*f).into()), Json::Number),
            Self::Str(s) => Json::String(s.clone()),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Dict(items) => Json::Object(
                items
                    .iter()
                    .map(|(key, value)| (key.clone(), value.to_json()))
                    .collect(),
            ),
        }
    }
}

fn non_finite(f: f64) -> &'static str {
    if f.is_nan() {
        "NaN"
    } else if f > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

/// The text that a template puts in a value's place (docs/decisions.md 14): booleans in lower case, floats in their shortest
/// round-trip form, integers plain, lists and dicts as JSON, nothing for None.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Bool(b) => write!(f, "{b}"),
            Self::Int(i) => write!(f, "{i}"),
            Self::Big(i) => f.write_str(&i.0),
            Self::Float(x) if !x.is_finite() => f.write_str(non_finite(*x)),
            Self::Float(x) => write!(f, "{x:?}"),
            Self::Str(s) => f.write_str(s),
            Self::List(_) | Self::Dict(_) => write!(f, "{}", self.to_json()),
        }
    }
}
