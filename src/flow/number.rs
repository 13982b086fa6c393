//! Numbers as measurements know them: a value to compare and the text to show.

use std::cmp::Ordering;

use rehearsal_python::value::{BigInt, Value};
use serde_json::Value as Json;

/// A finite number with its digits as they came.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    pub value: f64,
    text: String,
}

impl Number {
    /// Takes an int, a finite float, or text that is a number with a dot (docs/decisions.md 10). Fails with what it is instead.
    pub fn of(value: &Value, text: &str) -> Result<Self, String> {
        let number = match value {
            Value::Int(_) | Value::Big(_) => text.parse().ok(),
            Value::Float(float) if float.is_finite() => Some(*float),
            Value::Float(float) => {
                return Err(format!("{} is not a number to judge", Value::Float(*float)));
            }
            Value::Str(_) => {
                return Self::parse(text).ok_or_else(|| format!("{text:?} is not a number"));
            }
            Value::None | Value::Bool(_) | Value::List(_) | Value::Dict(_) => None,
        };
        match number {
            Some(value) => Ok(Self {
                value,
                text: text.into(),
            }),
            None => Err(format!("a {} is not a number", value.type_name())),
        }
    }

    /// Reads decimal text with an optional sign, dot and exponent; space around it does not count.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if !text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
        {
            return None;
        }
        let value: f64 = text.parse().ok()?;
        value.is_finite().then(|| Self {
            value,
            text: text.into(),
        })
    }

    /// Compares by value; whole numbers keep all their digits.
    pub fn compare(&self, other: f64, other_text: &str) -> Option<Ordering> {
        match (BigInt::parse(&self.text), BigInt::parse(other_text)) {
            (Some(this), Some(other)) => Some(compare_whole(this.as_str(), other.as_str())),
            _ => self.value.partial_cmp(&other),
        }
    }

    pub fn to_json(&self) -> Json {
        json_number(self.value, &self.text)
    }
}

/// Of whole numbers in their canonical text.
fn compare_whole(one: &str, other: &str) -> Ordering {
    let by_size = |one: &str, other: &str| one.len().cmp(&other.len()).then(one.cmp(other));
    match (one.strip_prefix('-'), other.strip_prefix('-')) {
        (None, None) => by_size(one, other),
        (Some(one), Some(other)) => by_size(other, one),
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
    }
}

/// A JSON number with its text as written where JSON has that form.
pub fn json_number(value: f64, text: &str) -> Json {
    match text.parse::<serde_json::Number>() {
        Ok(number) => Json::Number(number),
        Err(_) => Value::Float(value).to_json(),
    }
}
