//! L06, L11, L13, L14, L15: measurements whose limits cannot do what they are meant to.

use super::Subject;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::model::{Action, Measurement, MeasurementKind, Operator},
    source::Span,
};

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for (_, step) in subject.steps() {
        for measurement in &step.measurements {
            let name = format!("measurement {}", quoted(&measurement.name.value));
            limits(measurement, found);
            unit(measurement, &name, found);
            operator(measurement, found);
            always_passes(measurement, &name, found);
        }
        if let Action::Prompt(prompt) | Action::Manual(Some(prompt)) = &step.action
            && let Some(input) = &prompt.input
            && let (Some(low), Some(high)) = (&input.low_limit, &input.high_limit)
            && let (Ok(low_value), Ok(high_value)) =
                (low.text.trim().parse(), high.text.trim().parse())
        {
            order((low_value, low.at), (high_value, high.at), found);
        }
    }
}

/// L06, where both limits count.
fn limits(measurement: &Measurement, found: &mut Diagnostics) {
    let numeric = measurement.kind == MeasurementKind::Numeric;
    if let (Some(low), Some(high), true, None) = (
        &measurement.low_limit,
        &measurement.high_limit,
        numeric,
        &measurement.operator,
    ) {
        order((low.value, low.at), (high.value, high.at), found);
    }
}

fn order(low: (f64, Span), high: (f64, Span), found: &mut Diagnostics) {
    if low.0 > high.0 {
        found.push(
            Diagnostic::error("`low_limit` is above `high_limit`, so that no value passes")
                .at(low.1)
                .also(high.1, "the `high_limit`")
                .code("L06")
                .hint("exchange the two"),
        );
    } else if low.0 == high.0 {
        found.push(
            Diagnostic::warning("`low_limit` and `high_limit` are equal, so that one value passes")
                .at(low.1)
                .also(high.1, "the `high_limit`")
                .code("L06")
                .hint("Maestro's own check refuses equal limits: write `operator: equal` with `target`, or a range"),
        );
    }
}

/// L11
fn unit(measurement: &Measurement, name: &str, found: &mut Diagnostics) {
    let has = measurement
        .unit
        .as_ref()
        .is_some_and(|unit| !unit.value.trim().is_empty());
    if measurement.kind == MeasurementKind::Numeric && !has {
        let problem = Diagnostic::warning(format!("numeric {name} has no unit"));
        found.push(problem.at(measurement.name.at).code("L11").hint(
            "write `unit`, such as V, mA or degC; for a count what is counted, for a bare number \"1\"",
        ));
    }
}

/// L13 and L14, of which reading the package only warns.
fn operator(measurement: &Measurement, found: &mut Diagnostics) {
    let Some(operator) = &measurement.operator else {
        return;
    };
    let numeric = measurement.kind == MeasurementKind::Numeric;
    let needed = match operator.value {
        Operator::Log => return,
        Operator::Equal | Operator::NotEqual => ("target", &measurement.target),
        Operator::GreaterThan | Operator::GreaterThanOrEqual => {
            ("low_limit", &measurement.low_limit)
        }
        Operator::LessThan | Operator::LessThanOrEqual => ("high_limit", &measurement.high_limit),
    };
    let problem = match needed {
        _ if !numeric => {
            Diagnostic::error("`operator` decides nothing in a measurement that is not numeric")
                .code("L13")
                .hint("compare with `expected`, or write `type: numeric`")
        }
        (field, None) => Diagnostic::error(format!(
            "this operator compares with `{field}`, which is missing"
        ))
        .code("L14")
        .hint("the measurement will fail"),
        _ => return,
    };
    found.push(problem.at(operator.at));
}

/// L15
fn always_passes(measurement: &Measurement, name: &str, found: &mut Diagnostics) {
    if measurement.operator.is_some() {
        return;
    }
    let numeric = measurement.kind == MeasurementKind::Numeric;
    let judged = match numeric {
        true => measurement.low_limit.is_some() || measurement.high_limit.is_some(),
        false => measurement.expected.is_some(),
    };
    if judged {
        return;
    }
    let hint = match (numeric, &measurement.target) {
        (true, Some(_)) => {
            "a `target` alone decides nothing: add `operator: equal`, or limits; `operator: log` if it is only to be recorded"
        }
        (true, None) => "add limits, or `operator: log` if it is only to be recorded",
        (false, _) => "add `expected`, or `operator: log` if it is only to be recorded",
    };
    let problem = Diagnostic::warning(format!("{name} always passes"));
    found.push(problem.at(measurement.name.at).code("L15").hint(hint));
}
