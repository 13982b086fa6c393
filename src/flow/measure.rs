//! Judging a measurement: its value against its limits (docs/decisions.md 10 to 13).

use std::cmp::Ordering;

use rehearsal_python::value::Value;
use serde_json::Value as Json;

use crate::{
    event::{Measured, MeasurementReason as Reason, Verdict},
    package::model::{self, Measurement, MeasurementKind, Operator},
};

use super::{
    Variable,
    number::{Number, json_number},
    store::ReturnsFirst,
    template::{Template, evaluate},
};

/// A judgement that is not a plain PASS: why, and in words.
type Complaint = (Reason, String);

/// Finds the measurement's value and judges it. The step's own returns come before the store.
pub fn judge(spec: &Measurement, lookup: &ReturnsFirst<'_>) -> Measured {
    let name = Template::parse(&spec.name.value).fill(lookup);
    let (name, unnamed) = match name {
        Ok(name) => (name, None),
        Err(error) => (spec.name.value.clone(), Some(format!("its name: {error}"))),
    };
    let found = match unnamed {
        Some(message) => Err(message),
        None => value_of(spec, &name, lookup),
    };
    let (value, judgement) = match found {
        Ok(variable) => judge_value(spec, &variable),
        Err(message) => (Json::Null, Err((Reason::MissingValue, message))),
    };
    let (verdict, reason, message) = match judgement {
        Ok(()) => (Verdict::Pass, None, unused(spec)),
        Err((reason, message)) => (Verdict::Fail, Some(reason), Some(message)),
    };
    let limit = |limit: &Option<model::Number>| {
        limit
            .as_ref()
            .map(|limit| json_number(limit.value, &limit.text))
    };
    Measured {
        name,
        kind: kind_name(spec.kind).into(),
        value,
        unit: spec.unit.as_ref().map(|unit| unit.value.clone()),
        operator: spec
            .operator
            .as_ref()
            .map(|operator| operator_name(operator.value).into()),
        low_limit: limit(&spec.low_limit),
        high_limit: limit(&spec.high_limit),
        target: limit(&spec.target),
        expected: spec
            .expected
            .as_ref()
            .map(|expected| expected.value.clone()),
        verdict,
        reason,
        message,
    }
}

/// The value, or why there is none. Without `value:` it is the return of the measurement's name in lower case, else `result`.
fn value_of(spec: &Measurement, name: &str, lookup: &ReturnsFirst<'_>) -> Result<Variable, String> {
    let variable = match &spec.value {
        Some(scalar) => evaluate(scalar, lookup).map_err(|error| error.to_string())?,
        None => {
            let key = name.to_lowercase();
            let own = lookup
                .returns
                .get(&key)
                .or_else(|| lookup.returns.get("result"));
            own.cloned()
                .ok_or_else(|| format!("the step returned neither `{key}` nor a single value"))?
        }
    };
    match variable.value {
        Value::None => Err("the value is None".into()),
        _ => Ok(variable),
    }
}

/// The value as a report shows it, and the judgement.
fn judge_value(spec: &Measurement, variable: &Variable) -> (Json, Result<(), Complaint>) {
    let log_only = spec
        .operator
        .as_ref()
        .is_some_and(|operator| operator.value == Operator::Log);
    let text = variable.text();
    match spec.kind {
        MeasurementKind::Numeric => match Number::of(&variable.value, &text) {
            Ok(number) => (number.to_json(), judge_number(spec, &number)),
            Err(_) if log_only => (variable.value.to_json(), Ok(())),
            Err(message) => (variable.value.to_json(), Err((Reason::NotANumber, message))),
        },
        MeasurementKind::Boolean => match boolean(&variable.value) {
            Some(value) => (Json::Bool(value), judge_boolean(spec, value, log_only)),
            None if log_only => (variable.value.to_json(), Ok(())),
            None => {
                let message = match &variable.value {
                    Value::Str(text) => format!("{text:?} is neither true nor false"),
                    value => format!(
                        "a value of type {} is neither true nor false",
                        value.type_name()
                    ),
                };
                (
                    variable.value.to_json(),
                    Err((Reason::NotABoolean, message)),
                )
            }
        },
        MeasurementKind::String => {
            let judgement = match &spec.expected {
                Some(expected) if !log_only && *text != expected.value => {
                    Err((Reason::NotEqual, format!("expected {:?}", expected.value)))
                }
                _ => Ok(()),
            };
            (Json::String(text.into_owned()), judgement)
        }
    }
}

fn judge_number(spec: &Measurement, number: &Number) -> Result<(), Complaint> {
    let needs = |limit: &'static str| {
        (
            Reason::MissingValue,
            format!("its operator needs `{limit}`, which is not given"),
        )
    };
    let low = || spec.low_limit.as_ref().ok_or_else(|| needs("low_limit"));
    let high = || spec.high_limit.as_ref().ok_or_else(|| needs("high_limit"));
    let target = || spec.target.as_ref().ok_or_else(|| needs("target"));
    let check =
        |holds: fn(Ordering) -> bool, reason: Reason, wanted: &str, limit: &model::Number| {
            if number.compare(limit.value, &limit.text).is_some_and(holds) {
                Ok(())
            } else {
                Err((reason, format!("must be {wanted} {}", limit.text)))
            }
        };
    let above = |low, holds, wanted| check(holds, Reason::BelowLimit, wanted, low);
    let below = |high, holds, wanted| check(holds, Reason::AboveLimit, wanted, high);
    let Some(operator) = spec.operator.as_ref().map(|operator| operator.value) else {
        if let Some(low) = &spec.low_limit {
            above(low, Ordering::is_ge, "at least")?;
        }
        if let Some(high) = &spec.high_limit {
            below(high, Ordering::is_le, "at most")?;
        }
        return Ok(());
    };
    match operator {
        Operator::Log => Ok(()),
        Operator::Equal => check(Ordering::is_eq, Reason::NotEqual, "equal to", target()?),
        Operator::NotEqual => check(Ordering::is_ne, Reason::NotEqual, "other than", target()?),
        Operator::GreaterThan => above(low()?, Ordering::is_gt, "above"),
        Operator::GreaterThanOrEqual => above(low()?, Ordering::is_ge, "at least"),
        Operator::LessThan => below(high()?, Ordering::is_lt, "below"),
        Operator::LessThanOrEqual => below(high()?, Ordering::is_le, "at most"),
    }
}

fn judge_boolean(spec: &Measurement, value: bool, log_only: bool) -> Result<(), Complaint> {
    match &spec.expected {
        Some(expected) if !log_only && truth(&expected.value) != Some(value) => {
            Err((Reason::NotEqual, format!("expected {:?}", expected.value)))
        }
        _ => Ok(()),
    }
}

/// true and false, from a bool or from text in any letter case; nothing else.
fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Str(text) => truth(text),
        _ => None,
    }
}

fn truth(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Operators but `log` apply to numeric measurements only.
fn unused(spec: &Measurement) -> Option<String> {
    if spec.kind == MeasurementKind::Numeric && spec.expected.is_some() {
        return Some(
            "`expected` applies to boolean and string measurements only and was not used".into(),
        );
    }
    let operator = spec.operator.as_ref()?.value;
    let unused = spec.kind != MeasurementKind::Numeric && operator != Operator::Log;
    unused.then(|| {
        format!(
            "operator {} applies to numeric measurements only and was not used",
            operator_name(operator)
        )
    })
}

fn kind_name(kind: MeasurementKind) -> &'static str {
    match kind {
        MeasurementKind::Numeric => "numeric",
        MeasurementKind::Boolean => "boolean",
        MeasurementKind::String => "string",
    }
}

fn operator_name(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "equal",
        Operator::NotEqual => "notequal",
        Operator::GreaterThan => "greaterthan",
        Operator::GreaterThanOrEqual => "greaterthanorequal",
        Operator::LessThan => "lessthan",
        Operator::LessThanOrEqual => "lessthanorequal",
        Operator::Log => "log",
    }
}
