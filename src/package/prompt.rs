//! What a step asks the operator.

use super::{
    fields::{Fields, finite},
    model::{Button, ButtonAction, Input, InputMode, Prompt, Scalar},
    node::Node,
};
use crate::diagnostic::{Diagnostics, quoted};

const ACTIONS: [(&str, ButtonAction); 4] = [
    ("pass", ButtonAction::Pass),
    ("fail", ButtonAction::Fail),
    ("abort", ButtonAction::Abort),
    ("continue", ButtonAction::Continue),
];

const MODES: [(&str, InputMode); 4] = [
    ("number", InputMode::Number),
    ("text", InputMode::Text),
    ("boolean", InputMode::Boolean),
    ("list", InputMode::List),
];

pub fn read(node: &Node, problems: &mut Diagnostics) -> Option<Prompt> {
    let mut fields = Fields::of(node, "`prompt`", problems)?;
    fields.missing_breaks("L05");
    let message = fields.required_text("message");
    let title = fields.text("title");
    let image = fields.text("image");
    let buttons = fields.list("buttons").unwrap_or_default();
    let buttons = buttons
        .iter()
        .enumerate()
        .filter_map(|(index, item)| button(item, index + 1, fields.problems))
        .collect();
    let default_button = fields.text("default_button");
    let input = fields.fields("input").and_then(input);
    fields.finish_open();
    Some(Prompt {
        message: message?,
        title,
        image,
        buttons,
        default_button,
        input,
    })
}

fn button(node: &Node, number: usize, problems: &mut Diagnostics) -> Option<Button> {
    let mut fields = Fields::of(node, format!("item {number} of `buttons`"), problems)?;
    let name = fields.required_text("name");
    let action = fields
        .required("action")
        .and_then(|_| fields.one_of("action", &ACTIONS));
    fields.finish_open();
    Some(Button {
        name: name?,
        action: action?,
    })
}

fn input(mut fields: Fields<'_, '_>) -> Option<Input> {
    let mode = fields
        .required("mode")
        .and_then(|_| fields.one_of("mode", &MODES));
    let variable = fields.text("variable");
    let low_limit = limit(&mut fields, "low_limit");
    let high_limit = limit(&mut fields, "high_limit");
    let unit = fields.text("unit");
    let expected = fields.scalar("expected");
    let choices = fields.texts("choices");
    fields.finish_open();
    Some(Input {
        mode: mode?,
        variable,
        low_limit,
        high_limit,
        unit,
        expected,
        choices,
    })
}

/// A number, kept as it was written.
fn limit(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<Scalar> {
    let node = fields.node(key)?;
    finite(node, &quoted(key), fields.problems).and_then(|_| fields.scalar(key))
}
