//! What a test asks for that this version does not execute: running without it could report a false PASS, so it is refused.

use super::model::{Action, Package, Step, Test};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    source::Span,
};

/// An error for every use in the test, at its place.
pub fn check(test: &Test, package: &Package) -> Diagnostics {
    let mut problems = Diagnostics::default();
    if let Some(timeout) = &test.policy.timeout {
        problems.push(not_executed("`policy.timeout`", timeout.at));
    }
    for step in test.setup.iter().chain(&test.steps).chain(&test.teardown) {
        check_action(step, package, &mut problems);
        let fields = [
            (
                "`precondition`",
                step.precondition.as_ref().map(|found| found.at),
            ),
            ("`force`", step.force.as_ref().map(|found| found.at)),
            ("`repeat`", step.repeat.as_ref().map(|found| found.at)),
            (
                "`timeout_ms`",
                step.timeout_ms.as_ref().map(|found| found.at),
            ),
        ];
        for (name, at) in fields {
            if let Some(at) = at {
                problems.push(not_executed(name, at));
            }
        }
    }
    problems.sort();
    problems
}

fn not_executed(name: &str, at: Span) -> Diagnostic {
    Diagnostic::error(format!(
        "{name} is not executed yet; running without it could report a false PASS"
    ))
    .at(at)
    .hint("remove it for local runs, or run this test on a station")
}

fn check_action(step: &Step, package: &Package, problems: &mut Diagnostics) {
    let kind = match &step.action {
        Action::Python { .. } => return,
        Action::Dotnet { .. } => {
            let stub = package.local.stubs.contains_key(&step.name.value);
            let message = match stub {
                true => {
                    "`runner: dotnet` can't run here, and its stub in local.yaml is not executed yet"
                }
                false => "`runner: dotnet` can't run here",
            };
            let problem = Diagnostic::error(message).at(step.name.at);
            problems.push(
                problem.hint("run this test on a station, or take the step out for local runs"),
            );
            return;
        }
        Action::Delay { .. } => "delay",
        Action::Mock => "mock",
        Action::Prompt(_) => "prompt",
        Action::Manual(_) => "manual",
        Action::Sequence { .. } => "sequence",
    };
    let message = format!(
        "step {} has `type: {kind}`, which is not executed yet",
        quoted(&step.name.value)
    );
    let problem = Diagnostic::error(message).at(step.name.at);
    problems.push(problem.hint("this version runs steps with `runner: python` only"));
}
