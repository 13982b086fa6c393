//! L30 in YAML: paths that exist on one machine only.

use super::Subject;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::model::Action,
    source::Span,
};

/// Folders of people: a path below them is one machine's whatever it is used for.
pub const HOMES: [&str; 4] = ["home", "Users", "root", "Volumes"];

/// The other first folders of a Unix system, which code may mean otherwise; anything else with a leading slash may be the path of a
/// web address.
pub const ROOTS: [&str; 8] = ["etc", "media", "mnt", "opt", "srv", "tmp", "usr", "var"];

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    let variables = subject
        .package
        .tests
        .iter()
        .flat_map(|test| &test.variables);
    let parameters = subject.steps().flat_map(|(_, step)| &step.parameters);
    for (_, scalar) in variables.chain(parameters) {
        if is_absolute(scalar.text.trim()) {
            report(&scalar.text, scalar.at, found);
        }
    }
    for (_, step) in subject.steps() {
        let file = match &step.action {
            Action::Prompt(prompt) | Action::Manual(Some(prompt)) => prompt.image.as_ref(),
            Action::Sequence { path } => Some(path),
            Action::Dotnet { assembly, .. } => Some(assembly),
            Action::Python { module, .. } => Some(module),
            Action::Delay { .. } | Action::Mock | Action::Manual(None) => None,
        };
        if let Some(file) = file
            && (is_absolute(&file.value) || file.value.starts_with('/'))
        {
            report(&file.value, file.at, found);
        }
    }
}

fn report(text: &str, at: Span, found: &mut Diagnostics) {
    let problem = Diagnostic::warning(format!("{} is a path of one machine", quoted(text)));
    found.push(problem.at(at).code("L30").hint(
        "test code runs in the package's folder: put the file below data/ and write the path from there, such as data/limits.csv",
    ));
}

fn is_absolute(text: &str) -> bool {
    let mut letters = text.chars();
    let drive = letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.next() == Some(':')
        && matches!(letters.next(), Some('\\' | '/'));
    // `\\.\COM3` is a device, for another rule.
    let share = text.starts_with("\\\\") && !text.starts_with("\\\\.\\");
    let unix = text.strip_prefix('/').is_some_and(|rest| {
        rest.split_once('/').is_some_and(|(first, rest)| {
            (HOMES.contains(&first) || ROOTS.contains(&first)) && !rest.is_empty()
        })
    });
    drive || share || unix || text.starts_with("~/") || text.starts_with("file://")
}
