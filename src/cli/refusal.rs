//! Why a test cannot be run here, as the user is told it.

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    flow::PlanError,
};

/// Every reason, at its place, with what to do about it.
pub fn explained(errors: &[PlanError]) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for error in errors {
        let mut diagnostic = Diagnostic::error(error.to_string());
        if let Some(at) = error.at() {
            diagnostic = diagnostic.at(at);
        }
        diagnostics.push(match hint(error) {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        });
    }
    diagnostics.sort();
    diagnostics
}

/// What to do about a refusal.
fn hint(error: &PlanError) -> Option<String> {
    Some(match error {
        PlanError::MissingTag { tag, .. } => {
            format!("set it under `tags` in local.yaml, or with --tag {tag}=VALUE")
        }
        PlanError::Dotnet { step, .. } => format!(
            "say what it would return under `stubs: {{{step:?}: {{…}}}}` in local.yaml, or leave \
             such steps out with --skip-dotnet"
        ),
        PlanError::MissingSequence { .. } => {
            "a path starts at the package root, as in tests/sub-sequences/power.yaml, or with the \
             folder of a package beside this one; --packages DIR names another place for packages"
                .into()
        }
        PlanError::Recursion { .. } => {
            "a sequence cannot run itself; use `repeat` to run it several times".into()
        }
        PlanError::UnknownStep {
            sequence: Some(file),
            ..
        } => format!(
            "it is a step of the sequence {file}; switches reach the steps of the test itself, so run \
             that file on its own"
        ),
        PlanError::UnknownStep {
            nearest: Some(near),
            ..
        } => format!("did you mean {near:?}?"),
        PlanError::UnknownStep { names, .. } => {
            format!("the steps are {}", listed(names))
        }
        PlanError::NotInSteps { .. } => "name a step of `setup` or `steps`".into(),
        PlanError::LeftOut {
            by: "--only", name, ..
        } => {
            format!("name {name:?} with --only as well")
        }
        PlanError::LeftOut { by, switch, .. } => format!("take out {by}, or {switch}"),
        PlanError::NeverExecuted { .. } => {
            "no switch executes such a step; change the file for that".into()
        }
        PlanError::NothingBetween { .. } => "exchange the two".into(),
    })
}

/// Not more names than one can take in.
fn listed(names: &[String]) -> String {
    const MOST: usize = 20;
    let shown: Vec<_> = names
        .iter()
        .take(MOST)
        .map(|name| format!("{name:?}"))
        .collect();
    let more = match names.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}
