//! What may be entered as a value.

use rehearsal_python::value::Value;

use super::Entry;
use crate::{
    diagnostic::quoted,
    package::{
        model::{Input, InputMode, Number, Scalar},
        node::number,
    },
};

const YES: [&str; 4] = ["true", "t", "yes", "y"];
const NO: [&str; 4] = ["false", "f", "no", "n"];

impl Entry {
    /// The value as it is kept: `true` for `Yes`, a choice in its own letters. Whether it is within its limits is not asked here.
    ///
    /// # Errors
    /// Says what is wrong with it and what to write instead.
    pub fn accept(&self, text: &str) -> Result<String, String> {
        if text.chars().any(char::is_control) {
            return Err(format!("{} has control characters in it", quoted(text)));
        }
        // What the keyboard puts where it reads no UTF-8; kept, it would be another text than the one typed.
        if text.contains(char::REPLACEMENT_CHARACTER) {
            return Err(format!("{} has a character that is no UTF-8", quoted(text)));
        }
        match self.mode {
            InputMode::Number => decimal(text),
            InputMode::Boolean => truth(text),
            InputMode::Text => Ok(text.to_owned()),
            InputMode::List if self.choices.is_empty() => Ok(text.to_owned()),
            InputMode::List => self.choice(text).map(str::to_owned).ok_or_else(|| {
                format!(
                    "{} is none of the choices: {}",
                    quoted(text),
                    self.choices.join(", ")
                )
            }),
        }
    }

    fn choice(&self, text: &str) -> Option<&str> {
        let folded = text.to_lowercase();
        let mut alike = self
            .choices
            .iter()
            .filter(|choice| choice.to_lowercase() == folded);
        let exact = self.choices.iter().find(|choice| *choice == text);
        exact
            .or_else(|| alike.next().filter(|_| alike.next().is_none()))
            .map(String::as_str)
    }

    /// "a number", as messages say it.
    pub fn wanted(&self) -> &'static str {
        match self.mode {
            InputMode::Number => "a number",
            InputMode::Boolean => "true or false",
            InputMode::Text => "a text",
            InputMode::List => "a choice",
        }
    }

    /// "4.75 … 5.25 V"; nothing without limits and unit.
    pub fn range(&self) -> Option<String> {
        let bounds = match (&self.low_limit, &self.high_limit) {
            (Some(low), Some(high)) => Some(format!("{} … {}", low.text, high.text)),
            (Some(low), None) => Some(format!("at least {}", low.text)),
            (None, Some(high)) => Some(format!("at most {}", high.text)),
            (None, None) => None,
        };
        match (bounds, &self.unit) {
            (Some(bounds), Some(unit)) => Some(format!("{bounds} {unit}")),
            (bounds, unit) => bounds.or_else(|| unit.clone()),
        }
    }
}

impl From<&Input> for Entry {
    fn from(input: &Input) -> Self {
        Self {
            mode: input.mode.value,
            low_limit: input.low_limit.as_ref().and_then(limit),
            high_limit: input.high_limit.as_ref().and_then(limit),
            unit: input.unit.as_ref().map(|unit| unit.value.clone()),
            choices: input
                .choices
                .iter()
                .map(|choice| choice.value.clone())
                .collect(),
        }
    }
}

/// The reader of the file has seen to it that a limit is a finite number.
fn limit(scalar: &Scalar) -> Option<Number> {
    let text = scalar.text.trim();
    let value = match number(text)? {
        Value::Int(value) => value as f64,
        Value::Float(value) => value,
        Value::Big(value) => value.as_str().parse().ok()?,
        _ => return None,
    };
    Some(Number {
        value,
        text: text.to_owned(),
        at: scalar.at,
    })
}

/// Decimal digits with a dot, as measurements take them (docs/decisions.md 10).
fn decimal(text: &str) -> Result<String, String> {
    let text = text.trim();
    let finite = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
            && text.parse::<f64>().is_ok_and(f64::is_finite)
    };
    if finite(text) {
        return Ok(text.to_owned());
    }
    let dotted = text.replacen(',', ".", 1);
    Err(match finite(&dotted) {
        true => format!("{} is no number; write {dotted}", quoted(text)),
        false => format!("{} is no number; write one such as 4.95", quoted(text)),
    })
}

fn truth(text: &str) -> Result<String, String> {
    let folded = text.trim().to_lowercase();
    if YES.contains(&&*folded) {
        Ok("true".into())
    } else if NO.contains(&&*folded) {
        Ok("false".into())
    } else {
        Err(format!(
            "{} is neither true nor false; write one of the two",
            quoted(text)
        ))
    }
}
