//! What a YAML or JSON file holds, before anyone asks what it means: a tree in which everything knows its place.

use rehearsal_python::value::{BigInt, Value};

use super::model::{Scalar, Text};
use crate::source::Span;

/// Lists and mappings may lie this deep in each other; it also bounds every recursion over a tree.
pub const MAX_DEPTH: usize = 64;

/// In one file, those of aliases not counted.
pub const MAX_NODES: usize = 500_000;

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Scalar(Scalar),
    Sequence(Sequence),
    Mapping(Mapping),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    pub items: Vec<Node>,
    /// Its first line.
    pub at: Span,
}

/// Its keys are unique; a file in which one is not has been reported.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// In the order of the file.
    pub entries: Vec<Entry>,
    /// Its first line.
    pub at: Span,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: Text,
    pub value: Node,
}

impl Node {
    pub fn at(&self) -> Span {
        match self {
            Self::Scalar(scalar) => scalar.at,
            Self::Sequence(sequence) => sequence.at,
            Self::Mapping(mapping) => mapping.at,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(
            self,
            Self::Scalar(Scalar {
                value: Value::None,
                ..
            })
        )
    }

    /// Those of a list.
    pub fn items(&self) -> Option<&[Self]> {
        match self {
            Self::Sequence(sequence) => Some(&sequence.items),
            _ => None,
        }
    }

    /// What it is, as messages say it.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Scalar(scalar) => match scalar.value {
                Value::None => "nothing",
                Value::Bool(_) => "a boolean",
                Value::Int(_) | Value::Big(_) | Value::Float(_) => "a number",
                _ => "a text",
            },
            Self::Sequence(_) => "a list",
            Self::Mapping(_) => "a mapping",
        }
    }
}

impl Mapping {
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.value == key)
    }
}

/// The value of a plain scalar by the core schema of YAML 1.2.
pub fn typed(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::None,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| Value::Str(text.to_owned())),
    }
}

/// The number a text is by the core schema; NaN and the infinities are among them (`.nan`, `.inf`).
pub fn number(text: &str) -> Option<Value> {
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" => {
            let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
            return Some(Value::Float(sign * f64::INFINITY));
        }
        ".nan" | ".NaN" | ".NAN" => return (unsigned == text).then_some(Value::Float(f64::NAN)),
        _ => {}
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return match text.parse::<i64>() {
            Ok(small) => Some(Value::Int(small)),
            Err(_) => BigInt::parse(text).map(Value::Big),
        };
    }
    is_float(unsigned)
        .then(|| text.parse().ok().map(Value::Float))
        .flatten()
}

/// Beyond 128 bits such a text stays a text.
fn radix(digits: &str, base: u32) -> Option<Value> {
    if digits.starts_with('+') {
        return None;
    }
    let value = u128::from_str_radix(digits, base).ok()?;
    match i64::try_from(value) {
        Ok(small) => Some(Value::Int(small)),
        Err(_) => BigInt::parse(&value.to_string()).map(Value::Big),
    }
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    exponent && digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_have_the_types_of_the_core_schema() {
        let cases = [
            ("", Value::None),
            ("~", Value::None),
            ("True", Value::Bool(true)),
            ("on", Value::Str("on".into())),
            ("yes", Value::Str("yes".into())),
            ("007", Value::Int(7)),
            ("+5", Value::Int(5)),
            ("0x1F", Value::Int(31)),
            ("0o17", Value::Int(15)),
            ("0x+1", Value::Str("0x+1".into())),
            ("12.0", Value::Float(12.0)),
            ("1.", Value::Float(1.0)),
            (".5e-1", Value::Float(0.05)),
            ("-.inf", Value::Float(f64::NEG_INFINITY)),
            ("1.0.0", Value::Str("1.0.0".into())),
            ("-", Value::Str("-".into())),
            (".", Value::Str(".".into())),
            ("1e", Value::Str("1e".into())),
            ("inf", Value::Str("inf".into())),
            ("1_000", Value::Str("1_000".into())),
            ("4,75", Value::Str("4,75".into())),
        ];
        for (text, value) in cases {
            assert_eq!(typed(text), value, "{text}");
        }
        assert!(matches!(typed(".nan"), Value::Float(nan) if nan.is_nan()));
        assert!(
            matches!(typed("9223372036854775808"), Value::Big(big) if big.as_str() == "9223372036854775808")
        );
        assert!(
            matches!(typed("0xffffffffffffffff"), Value::Big(big) if big.as_str() == "18446744073709551615")
        );
    }
}
