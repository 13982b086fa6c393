//! What a step does: its `type` or `runner`, and the fields that go with it.

use super::{
    fields::{Fields, unknown, unknown_word},
    model::{Action, Spanned, Text},
    prompt,
};
use crate::diagnostic::{Diagnostic, quoted};

/// A field of some steps only, and what makes a step one of them.
const OWNERS: [(&str, &str); 8] = [
    ("module", "runner: python"),
    ("function", "runner: python"),
    ("assembly", "runner: dotnet"),
    ("class", "runner: dotnet"),
    ("method", "runner: dotnet"),
    ("duration", "type: delay"),
    ("prompt", "type: prompt"),
    ("sequence", "type: sequence"),
];

const TYPES: [&str; 5] = ["delay", "mock", "prompt", "manual", "sequence"];
const RUNNERS: [&str; 2] = ["python", "dotnet"];

/// What a step must be to have this field.
pub fn owner(field: &str) -> Option<&'static str> {
    OWNERS
        .iter()
        .find(|(name, _)| *name == field)
        .map(|(_, owner)| *owner)
}

pub fn read(fields: &mut Fields<'_, '_>) -> Option<Action> {
    let action = match (fields.text("type"), fields.text("runner")) {
        (Some(kind), Some(runner)) => {
            let problem = Diagnostic::error(format!("both `type` and `runner` in {}", fields.what()))
                .at(runner.at)
                .code("L04")
                .also(kind.at, "the `type`")
                .hint("`runner` goes with python and dotnet code, `type` with all other steps: remove one");
            fields.problems.push(problem);
            None
        }
        (Some(kind), None) => return of_type(&kind, fields),
        (None, Some(runner)) => return of_runner(&runner, fields),
        (None, None) => {
            if !fields.has("type") && !fields.has("runner") {
                let problem =
                    Diagnostic::error(format!("neither `type` nor `runner` in {}", fields.what()))
                        .at(fields.at())
                        .code("L04");
                fields
                    .problems
                    .push(problem.hint("a step that calls Python code has `runner: python`"));
            }
            None
        }
    };
    accept_any(fields);
    action
}

fn of_type(kind: &Text, fields: &mut Fields<'_, '_>) -> Option<Action> {
    match kind.value.as_str() {
        "delay" => {
            fields.required("duration")?;
            let duration = fields.number("duration")?;
            if duration.value < 0.0 {
                fields
                    .problems
                    .push(Diagnostic::error("`duration` must not be negative").at(duration.at));
                return None;
            }
            Some(Action::Delay {
                seconds: Spanned {
                    value: duration.value,
                    at: duration.at,
                },
            })
        }
        "mock" => Some(Action::Mock),
        "prompt" => {
            let node = fields.required("prompt")?;
            prompt::read(node, fields.problems).map(Action::Prompt)
        }
        "manual" => match fields.node("prompt") {
            Some(node) => {
                prompt::read(node, fields.problems).map(|prompt| Action::Manual(Some(prompt)))
            }
            None => Some(Action::Manual(None)),
        },
        "sequence" => fields
            .required_text("sequence")
            .map(|path| Action::Sequence { path }),
        other => {
            let problem = match RUNNERS.contains(&other) {
                true => Diagnostic::error(format!("unknown step type {}", quoted(other)))
                    .at(kind.at)
                    .hint(format!("write `runner: {other}` instead")),
                false => unknown("step type", kind, &TYPES),
            };
            fields.problems.push(problem.code("L04"));
            accept_any(fields);
            None
        }
    }
}

fn of_runner(runner: &Text, fields: &mut Fields<'_, '_>) -> Option<Action> {
    match runner.value.as_str() {
        "python" => {
            let (module, function) = (
                fields.required_text("module"),
                fields.required_text("function"),
            );
            Some(Action::Python {
                module: module?,
                function: function?,
            })
        }
        "dotnet" => {
            let assembly = fields.required_text("assembly");
            let (class, method) = (
                fields.required_text("class"),
                fields.required_text("method"),
            );
            Some(Action::Dotnet {
                assembly: assembly?,
                class: class?,
                method: method?,
            })
        }
        other => {
            let problem = match TYPES.contains(&other) {
                true => Diagnostic::error(format!("unknown `runner` {}", quoted(other)))
                    .at(runner.at)
                    .hint(format!("write `type: {other}` instead")),
                false => unknown_word("runner", runner, &RUNNERS),
            };
            fields.problems.push(problem.code("L04"));
            accept_any(fields);
            None
        }
    }
}

/// With an unknown kind of step no field can be called foreign to it.
fn accept_any(fields: &mut Fields<'_, '_>) {
    for (field, _) in OWNERS {
        fields.expect(field);
    }
}
