//! L03, L18, L19, L20: steps by their place in the test.

use std::collections::HashMap;

use super::Subject;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::model::{Action, Force, LifecycleStatus, OnStepFailure, Step, Test},
};

/// Words in a step's or function's name that say everything after it depends on it.
const CRITICAL: [&str; 10] = [
    "connect",
    "init",
    "initialise",
    "initialize",
    "initialisation",
    "initialization",
    "open",
    "login",
    "powerup",
    "poweron",
];
/// Words that say it gives back or switches off.
const CLEANUP: [&str; 8] = [
    "disconnect",
    "cleanup",
    "shutdown",
    "poweroff",
    "powerdown",
    "teardown",
    "logout",
    "deinit",
];

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for test in &subject.package.tests {
        unique_names(test, found);
        critical_setup(test, found);
        cleanup(test, found);
        mocks(subject, test, found);
    }
}

/// L03
fn unique_names(test: &Test, found: &mut Diagnostics) {
    let mut seen = HashMap::new();
    for step in test.in_order() {
        let Some(first) = seen.insert(step.name.value.trim(), step.name.at) else {
            continue;
        };
        found.push(
            Diagnostic::error(format!("two steps are named {}", quoted(&step.name.value)))
                .at(step.name.at)
                .also(first, "the first of them")
                .code("L03")
                .hint("results are told apart by the steps' names: give each its own"),
        );
    }
}

/// L18
fn critical_setup(test: &Test, found: &mut Diagnostics) {
    let policy = test.policy.on_step_failure.as_ref();
    if policy.is_some_and(|policy| policy.value == OnStepFailure::Abort) {
        return;
    }
    for step in test.setup.iter().filter(|step| runs(step)) {
        let critical = names(step).iter().any(|words| {
            words.iter().any(|word| CRITICAL.contains(&word.as_str()))
                || has_pair(words, &["power", "switch", "turn"], &["on", "up"])
        });
        if step.terminate_on_fail || !critical || is_cleanup(step) {
            continue;
        }
        let problem = Diagnostic::warning(format!(
            "the run goes on if step {} fails",
            quoted(&step.name.value)
        ));
        found.push(
            problem
                .at(step.name.at)
                .code("L18")
                .hint("add `post_execution_action: terminate-on-fail`, for what follows needs it"),
        );
    }
}

/// L19
fn cleanup(test: &Test, found: &mut Diagnostics) {
    // A pause and a placeholder clean nothing up.
    let idle = |step: &Step| matches!(step.action, Action::Delay { .. } | Action::Mock);
    let marked = |step: &&Step| !step.run_on_abort && runs(step) && !idle(step);
    // Without a teardown the clean-up is what `steps` ends with.
    let last = test.steps.iter().rev().take_while(|step| is_cleanup(step));
    let last = last.filter(|_| test.teardown.is_empty());
    for step in test.teardown.iter().chain(last).filter(marked) {
        let problem = Diagnostic::warning(format!(
            "step {} does not run if the run is aborted",
            quoted(&step.name.value)
        ));
        found.push(
            problem
                .at(step.name.at)
                .code("L19")
                .hint("add `run_on_abort: true`, so that it cleans up in any case"),
        );
    }
}

/// L20
fn mocks(subject: &Subject<'_>, test: &Test, found: &mut Diagnostics) {
    let Some(status) = &subject.package.manifest.lifecycle_status else {
        return;
    };
    let severity = match status.value {
        LifecycleStatus::Released => crate::diagnostic::Severity::Error,
        LifecycleStatus::Evaluation => crate::diagnostic::Severity::Warning,
        LifecycleStatus::NotReleased | LifecycleStatus::Obsolete => return,
    };
    let word = match status.value {
        LifecycleStatus::Released => "released",
        _ => "under evaluation",
    };
    for step in test.in_order() {
        if matches!(step.action, Action::Mock) && runs(step) {
            let message = format!(
                "step {} measures nothing (`type: mock`), and the package is {word}",
                quoted(&step.name.value)
            );
            found.push(
                Diagnostic::new(severity, message)
                    .at(step.name.at)
                    .code("L20")
                    .hint(
                        "call the code that measures, with `runner: python`, or take the step out",
                    ),
            );
        }
    }
}

fn runs(step: &Step) -> bool {
    let skipped = step
        .force
        .as_ref()
        .is_some_and(|force| force.value == Force::Skip);
    step.enabled && !skipped
}

/// Its name or its function's starts with such a word; "Check Disconnect Pin" only mentions one.
fn is_cleanup(step: &Step) -> bool {
    names(step).iter().any(|words| {
        let first = words.first().map(String::as_str);
        first.is_some_and(|first| CLEANUP.contains(&first))
            || has_pair(
                words.get(..2).unwrap_or_default(),
                &["power", "switch", "turn", "shut"],
                &["off", "down"],
            )
            || has_pair(words.get(..2).unwrap_or_default(), &["clean"], &["up"])
    })
}

/// "Power On", "switch_on_supply": the second word follows the first.
fn has_pair(words: &[String], first: &[&str], second: &[&str]) -> bool {
    words
        .windows(2)
        .any(|pair| first.contains(&pair[0].as_str()) && second.contains(&pair[1].as_str()))
}

/// The words of the step's name, and those of the function's it calls, in lower case.
fn names(step: &Step) -> [Vec<String>; 2] {
    let called = match &step.action {
        Action::Python { function, .. } => function.value.as_str(),
        Action::Dotnet { method, .. } => method.value.as_str(),
        _ => "",
    };
    [step.name.value.as_str(), called].map(words)
}

/// Those of "Power On", `power_on` and `powerOn` alike.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_small) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}
