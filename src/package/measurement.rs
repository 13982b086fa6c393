//! One measurement of a step.

use super::{
    fields::{Fields, unknown_word},
    model::{Measurement, MeasurementKind, Operator, Spanned},
    node::Node,
};
use crate::diagnostic::{Diagnostics, quoted};

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
    Some(Measurement {
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
    })
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
