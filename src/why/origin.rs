//! Who gave a name of a template its value.

use serde_json::Value as Json;

use super::{
    chain::{Link, cut, place},
    told::Told,
};
use crate::event::{SetBy, StepId, Written};

/// A name got a value.
#[derive(Debug)]
pub(super) struct Set {
    /// The number of the event that tells of it.
    pub seq: u64,
    pub name: String,
    pub by: By,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum By {
    /// A test's own file.
    Declaration(Written),
    /// The step that runs a sequence.
    Parameter(StepId),
    /// A step's function.
    Return(StepId),
    /// A step's `outputs`, or its operator.
    Output(StepId),
}

impl Told {
    /// Who gave a name the value it had before the event with this number; `None` where the events do not tell.
    pub(super) fn origin(&self, name: &str, before: u64) -> Option<Link> {
        if let Some(setting) = self.started.settings.get(name) {
            let value = cut(&setting.value);
            let by = match setting.by {
                SetBy::Default => "which is the default, since nobody sets it",
                SetBy::Test => "set by the test",
                SetBy::Local => "set by local.yaml",
                SetBy::CommandLine => "set on the command line",
            };
            let text = format!("{name} = {value}, {by}");
            return Some(Link::new("setting", text).at(setting.place.as_ref().map(place)));
        }
        if name.starts_with("__") {
            let text = format!("{name}, which the run itself counts");
            return Some(Link::new("variable", text));
        }
        let mut sets = self.sets.iter().rev();
        let set = sets.find(|set| set.name == name && set.seq < before)?;
        Some(match &set.by {
            By::Declaration(written) => {
                let text = format!("{name}: {}, declared by the test", cut(&written.text));
                Link::new("variable", text).at(Some(place(&written.place)))
            }
            By::Parameter(step) => {
                let execution = self.execution(*step)?;
                let mut attempts = execution.iterations.iter().flat_map(|its| &its.attempts);
                let attempt = attempts.rfind(|its| its.seq < set.seq)?;
                let written = attempt.written.get(name);
                let value = attempt.arguments.get(name).map_or("?", String::as_str);
                let text = format!(
                    "{name} = {}, a parameter of the sequence, given by {:?}",
                    cut(value),
                    execution.name
                );
                Link::new("variable", text).at(written.map(|written| place(&written.place)))
            }
            By::Return(step) => {
                let execution = self.execution(*step)?;
                let value = execution.end.as_ref().and_then(|end| end.outputs.get(name));
                let text = format!("{name}{}, returned by {:?}", equals(value), execution.name);
                let code = execution.code.as_ref();
                let code = code.map(|code| code.returns.get(name).unwrap_or(&code.at));
                let at = code.map(|code| format!("{}:{}", code.file, code.line));
                Link::new("variable", text).at(at.or_else(|| Some(place(&execution.place))))
            }
            By::Output(step) => {
                let execution = self.execution(*step)?;
                let value = execution.end.as_ref().and_then(|end| end.outputs.get(name));
                let text = format!("{name}{}, an output of {:?}", equals(value), execution.name);
                Link::new("variable", text).at(Some(place(&execution.place)))
            }
        })
    }
}

fn equals(value: Option<&Json>) -> String {
    value.map_or(String::new(), |value| {
        format!(" = {}", cut(&value.to_string()))
    })
}
