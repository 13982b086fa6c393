//! L16: a step whose function returns a number measures something.

use crate::{
    code::{Callable, Code},
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::model::{Action, Package},
    source::{Sources, Span},
};

const RULE: &str = "L16";

pub fn check(package: &Package, code: &Code, sources: &Sources) -> Diagnostics {
    let mut found = Diagnostics::default();
    for test in &package.tests {
        for step in test.setup.iter().chain(&test.steps).chain(&test.teardown) {
            let Action::Python { module, function } = &step.action else {
                continue;
            };
            // What is passed on under another name is for another step.
            if !step.measurements.is_empty() || !step.outputs.is_empty() {
                continue;
            }
            let Some(known) = code.function(&module.value, &function.value) else {
                continue;
            };
            if known.callable != Callable::Plain {
                continue;
            }
            let yaml = &sources.get(function.at.file).text;
            let number: Option<(&str, Span)> = known
                .returns
                .keys
                .iter()
                .find(|key| key.number && !mentions(yaml, &key.name))
                .map(|key| (key.name.as_str(), key.at))
                .or(known.returns.number.map(|at| ("result", at)))
                .filter(|(name, _)| *name != "result" || !mentions(yaml, "result"));
            let Some((name, at)) = number else {
                continue;
            };
            let message = format!(
                "{} returns a number, and the step measures nothing",
                quoted(&known.name)
            );
            let hint = format!(
                "add a `measurement` with `value: \"{{{{{name}}}}}\"`, its limits and its unit, or `operator: log` to record it"
            );
            found.push(
                Diagnostic::advice(message)
                    .code(RULE)
                    .at(function.at)
                    .also(at, "this number")
                    .hint(hint),
            );
        }
    }
    found
}

/// Whether a file has a name as a whole word.
fn mentions(text: &str, name: &str) -> bool {
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part))
}
