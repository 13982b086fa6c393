//! What an instrument can be set to.

use super::{
    decimal::decimal,
    header::Keyword,
    parameter::{boolean, number, string},
    status::{DATA_TYPE, ILLEGAL_VALUE, OUT_OF_RANGE, ScpiError},
};

/// A value that can be set and asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub sort: Sort,
    pub value: Value,
    /// After `*RST`.
    pub initial: Value,
    /// The channel that gets its value.
    pub drives: Option<String>,
    /// The place of the boolean setting without which the channel gets none.
    pub while_on: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Sort {
    Number {
        least: Option<f64>,
        most: Option<f64>,
        unit: Option<String>,
        decimals: Option<usize>,
    },
    Boolean,
    Words(Vec<Keyword>),
    Text,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    Boolean(bool),
    /// A place in the list of words.
    Word(usize),
    Text(String),
}

impl Setting {
    pub fn new(sort: Sort, value: Value) -> Self {
        Self {
            sort,
            initial: value.clone(),
            value,
            drives: None,
            while_on: None,
        }
    }

    /// What the channel it drives is set to for this value.
    pub fn told(&self, value: &Value) -> String {
        match value {
            Value::Boolean(on) => if *on { "True" } else { "False" }.into(),
            Value::Number(number) => number.to_string(),
            Value::Word(_) | Value::Text(_) => self.shown(value),
        }
    }

    /// As the instrument answers it.
    pub fn shown(&self, value: &Value) -> String {
        match (value, &self.sort) {
            (Value::Number(value), Sort::Number { decimals, .. }) => decimal(*value, *decimals),
            (Value::Number(value), _) => decimal(*value, None),
            (Value::Boolean(on), _) => u8::from(*on).to_string(),
            (Value::Word(place), Sort::Words(words)) => {
                words.get(*place).map(Keyword::short).unwrap_or_default()
            }
            (Value::Word(_), _) => String::new(),
            (Value::Text(text), _) => format!("\"{}\"", text.replace('"', "\"\"")),
        }
    }

    pub fn parse(&self, text: &str) -> Result<Value, ScpiError> {
        match &self.sort {
            Sort::Boolean => boolean(text).map(Value::Boolean),
            Sort::Text => string(text).map(Value::Text),
            Sort::Words(words) => {
                if text.starts_with(['"', '\'']) {
                    return Err(DATA_TYPE);
                }
                let place = words.iter().position(|word| word.is(text));
                place.map(Value::Word).ok_or(ILLEGAL_VALUE)
            }
            Sort::Number {
                least, most, unit, ..
            } => {
                if let Some(value) = self.bound(text) {
                    return value;
                }
                let value = number(text, unit.as_deref())?;
                let fits = least.is_none_or(|least| value >= least)
                    && most.is_none_or(|most| value <= most);
                fits.then_some(Value::Number(value)).ok_or(OUT_OF_RANGE)
            }
        }
    }

    /// The value that `MINimum`, `MAXimum` and `DEFault` stand for.
    pub fn bound(&self, text: &str) -> Option<Result<Value, ScpiError>> {
        let Sort::Number { least, most, .. } = &self.sort else {
            return None;
        };
        let is = |word: &str| Keyword::parse(word).is_some_and(|word| word.is(text));
        let value = |bound: &Option<f64>| bound.map(Value::Number).ok_or(ILLEGAL_VALUE);
        if is("MINimum") {
            Some(value(least))
        } else if is("MAXimum") {
            Some(value(most))
        } else if is("DEFault") {
            Some(Ok(self.initial.clone()))
        } else {
            None
        }
    }
}
