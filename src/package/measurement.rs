//! One measurement of a step.

use super::{
    fields::{Fields, unknown_word},
    model::{Measurement, MeasurementKind, Operator, Spanned},
    node::Node,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    source::Span,
};

const KINDS: [(&str, MeasurementKind); 3] = [
    ("numeric", MeasurementKind::Numeric),
    ("boolean", MeasurementKind::Boolean),
    ("string", MeasurementKind::String),
];

/// The long names first, for messages list them in this order.
const OPERATORS: [(&str, Operator); 15] = [
    ("equal", Operator::Equal),
    ("notequal", Operator::NotEqual),
    ("greaterthan", Operator::GreaterThan),
    ("greaterthanorequal", Operator::GreaterThanOrEqual),
    ("lessthan", Operator::LessThan),
    ("lessthanorequal", Operator::LessThanOrEqual),
    ("log", Operator::Log),
    ("eq", Operator::Equal),
    ("ne", Operator::NotEqual),
    ("gt", Operator::GreaterThan),
    ("gte", Operator::GreaterThanOrEqual),
    ("ge", Operator::GreaterThanOrEqual),
    ("lt", Operator::LessThan),
    ("lte", Operator::LessThanOrEqual),
    ("le", Operator::LessThanOrEqual),
];

/// Reads a measurement; `what` names it until its own name is known.
pub fn read(node: &Node, what: &str, problems: &mut Diagnostics) -> Option<Measurement> {
    let mut fields = Fields::of(node, what, problems)?;
    let at = fields.at();
    fields.missing_breaks("L12");
    let name = fields.required_text("name");
    if let Some(name) = &name {
        fields.call_it(format!("measurement {}", quoted(&name.value)));
    }
    let kind = fields
        .one_of("type", &KINDS)
        .map_or(MeasurementKind::Numeric, |kind| kind.value);
    let value = fields.scalar("value");
    let target = fields.number("target");
    let low_limit = fields.number("low_limit");
    let high_limit = fields.number("high_limit");
    let unit = fields.text("unit");
    let operator = operator(&mut fields);
    let expected = fields.text("expected");
    fields.finish();
    let measurement = Measurement {
        name: name?,
        at,
        kind,
        value,
        target,
        low_limit,
        high_limit,
        unit,
        operator,
        expected,
    };
    warn_of_unused(&measurement, problems);
    Some(measurement)
}

/// What is written and decides nothing: a PASS would hide it.
fn warn_of_unused(measurement: &Measurement, problems: &mut Diagnostics) {
    let mut warn = |code: &'static str, at: Span, message: String, hint: &str| {
        problems.push(Diagnostic::warning(message).at(at).code(code).hint(hint));
    };
    let bounds = [
        ("low_limit", &measurement.low_limit),
        ("high_limit", &measurement.high_limit),
        ("target", &measurement.target),
    ];
    if measurement.kind != MeasurementKind::Numeric {
        for (field, bound) in bounds {
            if let Some(bound) = bound {
                let message =
                    format!("`{field}` decides nothing in a measurement that is not numeric");
                warn(
                    "L13",
                    bound.at,
                    message,
                    "compare with `expected`, or write `type: numeric`",
                );
            }
        }
        if let Some(operator) = measurement
            .operator
            .as_ref()
            .filter(|its| its.value != Operator::Log)
        {
            let message = "`operator` decides nothing in a measurement that is not numeric".into();
            warn(
                "L13",
                operator.at,
                message,
                "compare with `expected`, or write `type: numeric`",
            );
        }
        return;
    }
    if let Some(expected) = &measurement.expected {
        let message = "`expected` decides nothing in a numeric measurement".into();
        let hint = "write `type: string` or `type: boolean`, or `operator: equal` with `target`";
        warn("L15", expected.at, message, hint);
    }
    let Some(operator) = &measurement.operator else {
        return;
    };
    let used = match operator.value {
        Operator::Equal | Operator::NotEqual => "target",
        Operator::GreaterThan | Operator::GreaterThanOrEqual => "low_limit",
        Operator::LessThan | Operator::LessThanOrEqual => "high_limit",
        Operator::Log => "",
    };
    for (field, bound) in bounds {
        match bound {
            None if field == used => {
                let message = format!("this operator compares with `{field}`, which is missing");
                warn("L14", operator.at, message, "the measurement will fail");
            }
            // A target beside another operator is the nominal value, for the record.
            Some(bound) if field != used && field != "target" => {
                let message = format!("`{field}` decides nothing beside this operator");
                warn(
                    "L14",
                    bound.at,
                    message,
                    "leave out `operator` to check both limits",
                );
            }
            _ => {}
        }
    }
}

/// In any letter case.
fn operator(fields: &mut Fields<'_, '_>) -> Option<Spanned<Operator>> {
    let found = fields.text("operator")?;
    match OPERATORS
        .iter()
        .find(|(word, _)| found.value.eq_ignore_ascii_case(word))
    {
        Some((_, value)) => Some(Spanned {
            value: *value,
            at: found.at,
        }),
        None => {
            let words: Vec<&str> = OPERATORS.iter().map(|(word, _)| *word).collect();
            fields
                .problems
                .push(unknown_word("operator", &found, &words));
            None
        }
    }
}
