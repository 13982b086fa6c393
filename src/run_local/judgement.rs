//! What a measurement asks for, in one form for the YAML and for a script, so that the two can be compared and shown.

use rehearsal_python::value::Value;

use super::{evaluate::Known, literal, steps::only_name};
use crate::{
    flow::Variable,
    package::model::{Measurement, MeasurementKind, Number, Operator},
};

/// Where a measurement's value comes from.
pub fn source(measurement: &Measurement, mock: bool) -> String {
    match (&measurement.value, &measurement.target) {
        (Some(scalar), _) => match &scalar.value {
            Value::Str(text) => template(text),
            _ => Variable::written(scalar).text().into_owned(),
        },
        (None, Some(target)) if mock => literal::limit(target),
        (None, _) => OWN_NAME.into(),
    }
}

const OWN_NAME: &str = "the key of its own name";

/// The same of a script; none where it cannot be told.
pub fn source_in_script(known: &Known) -> Option<String> {
    match known {
        Known::Plain(Value::None) => Some(OWN_NAME.into()),
        Known::Plain(Value::Str(text)) if text.contains("{{") => Some(template(text)),
        Known::Plain(Value::Str(key)) => Some(format!("{{{{{key}}}}}")),
        Known::List(pair) => match &**pair {
            [word, value] if word.as_text() == Some("literal") => value.shown(),
            _ => None,
        },
        other => other.shown(),
    }
}

/// A text with the space inside its braces taken out, where it is one name.
pub fn template(text: &str) -> String {
    match only_name(text) {
        Some(name) => format!("{{{{{name}}}}}"),
        None => text.to_owned(),
    }
}

/// What the value must be.
pub fn wanted(measurement: &Measurement) -> String {
    let operator = measurement.operator.as_ref().map(|its| its.value);
    if operator == Some(Operator::Log) {
        return LOG.into();
    }
    let expected = measurement.expected.as_ref().map(|text| &*text.value);
    match measurement.kind {
        MeasurementKind::Boolean => boolean(expected),
        MeasurementKind::String => text(expected),
        MeasurementKind::Numeric => {
            let show = |number: &Option<Number>| number.as_ref().map(literal::limit);
            let (low, high) = (show(&measurement.low_limit), show(&measurement.high_limit));
            let word = match operator {
                None | Some(Operator::Log) => return between(low, high),
                Some(Operator::Equal) => return equal(show(&measurement.target)),
                Some(Operator::GreaterThanOrEqual) if low.is_some() => return between(low, None),
                Some(Operator::LessThanOrEqual) if high.is_some() => return between(None, high),
                Some(Operator::NotEqual) => ("notequal", show(&measurement.target)),
                Some(Operator::GreaterThan) => ("greaterthan", low),
                Some(Operator::GreaterThanOrEqual) => ("greaterthanorequal", low),
                Some(Operator::LessThan) => ("lessthan", high),
                Some(Operator::LessThanOrEqual) => ("lessthanorequal", high),
            };
            compared(word.0, word.1)
        }
    }
}

const LOG: &str = "anything, only recorded";

/// Whether a script's expectation is what the YAML wants; the script's in words, none where it cannot be told.
pub fn wanted_in_script(known: &Known, measurement: &Measurement) -> Option<String> {
    let number = |known: &Known| match known {
        Known::Plain(Value::None) => Some(None),
        other => Some(Some(shown(other)?)),
    };
    match known {
        // The seed's own form says no type: the text of a boolean, or a text.
        Known::Plain(Value::Str(expected)) => Some(match measurement.kind {
            MeasurementKind::String => text(Some(expected)),
            _ => boolean(Some(expected)),
        }),
        Known::List(pair) => match &**pair {
            [word, bound] => match word.as_text() {
                None => Some(between(number(word)?, number(bound)?)),
                Some("log") => Some(LOG.into()),
                Some("boolean") => Some(boolean(bound.as_text())),
                Some("string") => Some(text(bound.as_text())),
                Some("equal") => Some(equal(number(bound)?)),
                Some("greaterthanorequal") if bound.as_number().is_some() => {
                    Some(between(number(bound)?, None))
                }
                Some("lessthanorequal") if bound.as_number().is_some() => {
                    Some(between(None, number(bound)?))
                }
                Some(word) => Some(compared(word, number(bound)?)),
            },
            _ => None,
        },
        _ => None,
    }
}

/// As the YAML's numbers are shown.
fn shown(known: &Known) -> Option<String> {
    match known {
        Known::Plain(Value::Int(int)) => Some(int.to_string()),
        Known::Plain(Value::Big(big)) => Some(big.as_str().into()),
        Known::Plain(Value::Float(float)) => Some(format!("{float:?}")),
        _ => None,
    }
}

fn boolean(expected: Option<&str>) -> String {
    match expected {
        Some(text) => format!("the boolean {}", text.trim().to_lowercase()),
        None => "a boolean".into(),
    }
}

fn text(expected: Option<&str>) -> String {
    match expected {
        Some(text) => format!("the text {}", literal::text(text)),
        None => "a text".into(),
    }
}

fn equal(target: Option<String>) -> String {
    match target {
        Some(target) => format!("equal to {}", plain(&target)),
        None => "equal to a target that is missing".into(),
    }
}

fn between(low: Option<String>, high: Option<String>) -> String {
    match (low.as_deref().map(plain), high.as_deref().map(plain)) {
        (Some(low), Some(high)) if low == high => equal(Some(low)),
        (Some(low), Some(high)) => format!("from {low} to {high}"),
        (Some(low), None) => format!("at least {low}"),
        (None, Some(high)) => format!("at most {high}"),
        (None, None) => "a number".into(),
    }
}

fn compared(word: &str, bound: Option<String>) -> String {
    format!(
        "{word} {}",
        bound.as_deref().map_or("nothing".into(), plain)
    )
}

/// `4.0` is the same limit as `4`.
fn plain(number: &str) -> String {
    number.strip_suffix(".0").unwrap_or(number).to_owned()
}
