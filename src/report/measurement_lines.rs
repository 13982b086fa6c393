//! Measurements for people: verdict, name, value and limits in columns.

use serde_json::Value as Json;

use crate::event::{Measured, MeasurementReason, Verdict};

use super::visible::visible;

/// Longer values are cut.
const WIDEST: usize = 60;

/// One measurement in columns that fit those of its neighbours.
pub struct MeasurementLine {
    pub verdict: Verdict,
    /// Name, value and limits.
    pub text: String,
    /// Why it failed.
    pub remark: Option<String>,
}

/// The lines of one step's measurements.
pub fn measurement_lines(measurements: &[Measured]) -> Vec<MeasurementLine> {
    let cells: Vec<_> = measurements
        .iter()
        .map(|measured| {
            (
                visible(&measured.name),
                shown_value(measured),
                shown_limits(measured),
            )
        })
        .collect();
    let name_width = cells
        .iter()
        .map(|(name, ..)| name.chars().count())
        .max()
        .unwrap_or(0);
    let value_width = cells
        .iter()
        .map(|(_, value, _)| value.chars().count())
        .max()
        .unwrap_or(0);
    measurements
        .iter()
        .zip(&cells)
        .map(|(measured, (name, value, limits))| MeasurementLine {
            verdict: measured.verdict,
            text: format!("{name:<name_width$}  {value:<value_width$}  ({limits})"),
            // What was expected stands in the limits already.
            remark: measured
                .message
                .as_deref()
                .filter(|_| {
                    measured.reason != Some(MeasurementReason::NotEqual)
                        || measured.expected.is_none()
                })
                .map(|message| visible(message).into_owned()),
        })
        .collect()
}

/// The value with its unit.
pub(crate) fn shown_value(measured: &Measured) -> String {
    with_unit(&value(measured), measured)
}

fn value(measured: &Measured) -> String {
    let text = match &measured.value {
        Json::Null => "no value".into(),
        Json::String(text) if measured.kind == "string" => format!("\"{text}\""),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let text = visible(&text);
    match text.char_indices().nth(WIDEST) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.into_owned(),
    }
}

fn with_unit(text: &str, measured: &Measured) -> String {
    match &measured.unit {
        Some(unit) if !measured.value.is_null() => format!("{text} {}", visible(unit)),
        _ => text.into(),
    }
}

/// What the value must be: `3.2 .. 3.4 V`, `log only`.
pub(crate) fn shown_limits(measured: &Measured) -> String {
    let limit = |sign: &str, limit: &Option<Json>| match limit {
        Some(limit) => match &measured.unit {
            Some(unit) => format!("{sign} {limit} {}", visible(unit)),
            None => format!("{sign} {limit}"),
        },
        None => format!("{sign} ?"),
    };
    let operator = measured.operator.as_deref();
    if operator == Some("log") {
        return "log only".into();
    }
    if measured.kind != "numeric" {
        return match &measured.expected {
            Some(expected) => format!("expected \"{}\"", visible(expected)),
            None => "log only".into(),
        };
    }
    match operator {
        Some("equal") => limit("==", &measured.target),
        Some("notequal") => limit("!=", &measured.target),
        Some("greaterthan") => limit(">", &measured.low_limit),
        Some("greaterthanorequal") => limit(">=", &measured.low_limit),
        Some("lessthan") => limit("<", &measured.high_limit),
        Some("lessthanorequal") => limit("<=", &measured.high_limit),
        _ => match (&measured.low_limit, &measured.high_limit) {
            (Some(low), Some(_)) => limit(&format!("{low} .."), &measured.high_limit),
            (Some(_), None) => limit(">=", &measured.low_limit),
            (None, Some(_)) => limit("<=", &measured.high_limit),
            (None, None) => "log only".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn measured(fields: Json) -> Measured {
        let mut whole = json!({
            "name": "V", "type": "numeric", "value": 5, "unit": null, "operator": null, "low_limit": null,
            "high_limit": null, "target": null, "expected": null, "verdict": "PASS", "reason": null, "message": null,
        });
        for (name, value) in fields.as_object().unwrap() {
            whole[name] = value.clone();
        }
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn limits_read_as_a_person_would_write_them() {
        for (fields, text) in [
            (
                json!({"low_limit": 4.75, "high_limit": 5.25, "unit": "V"}),
                "V  5 V  (4.75 .. 5.25 V)",
            ),
            (json!({"low_limit": 3}), "V  5  (>= 3)"),
            (json!({"high_limit": 3, "unit": "A"}), "V  5 A  (<= 3 A)"),
            (json!({"operator": "equal", "target": 5}), "V  5  (== 5)"),
            (json!({"operator": "notequal", "target": 6}), "V  5  (!= 6)"),
            (
                json!({"operator": "greaterthan", "low_limit": 1}),
                "V  5  (> 1)",
            ),
            (
                json!({"operator": "lessthan", "high_limit": 9}),
                "V  5  (< 9)",
            ),
            (json!({"operator": "lessthan"}), "V  5  (< ?)"),
            (
                json!({"operator": "log", "low_limit": 9}),
                "V  5  (log only)",
            ),
            (json!({}), "V  5  (log only)"),
            (
                json!({"type": "boolean", "value": true, "expected": "true"}),
                "V  true  (expected \"true\")",
            ),
            (
                json!({"type": "string", "value": "a\u{1b}"}),
                "V  \"a\\x1b\"  (log only)",
            ),
            (
                json!({"value": null, "unit": "V", "low_limit": 1}),
                "V  no value  (>= 1 V)",
            ),
            (json!({"value": "NaN", "low_limit": 1}), "V  NaN  (>= 1)"),
        ] {
            assert_eq!(measurement_lines(&[measured(fields)])[0].text, text);
        }
    }
}
