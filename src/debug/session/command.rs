//! Commands for the side within the interpreter.

use indexmap::IndexMap;
use rehearsal_python::value::Value;

use super::Command;
use crate::debug::stopped::{Shown, field, shown};

pub(super) fn resume() -> Value {
    command("resume", 0, [("how", "continue")])
}

/// What the side within the interpreter is to do.
pub(super) fn told(command: Command) -> Value {
    match command {
        Command::Code(value) => value,
        Command::Go(_) => resume(),
    }
}

pub(super) fn value_of(answer: &Value) -> Shown {
    field(answer, "value").map_or_else(|| shown(&Value::None), shown)
}

pub(super) fn set(command: &mut Value, name: &str, value: Value) {
    if let Value::Dict(fields) = command {
        fields.insert(name.into(), value);
    }
}

pub(super) fn with_number(mut command: Value, name: &str, number: u32) -> Value {
    set(&mut command, name, Value::Int(number.into()));
    command
}

pub(super) fn command<const N: usize>(
    what: &str,
    frame: usize,
    fields: [(&str, &str); N],
) -> Value {
    let mut command = IndexMap::from([
        ("do".to_owned(), Value::Str(what.into())),
        (
            "frame".to_owned(),
            Value::Int(i64::try_from(frame).unwrap_or(0)),
        ),
    ]);
    for (name, text) in fields {
        command.insert(name.to_owned(), Value::Str(text.into()));
    }
    Value::Dict(command)
}
