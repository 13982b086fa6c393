//! One step of a test.

use super::{
    action,
    fields::{Fields, nearest},
    measurement,
    model::{Force, Measurement, Repeat, Retry, Spanned, Step, Text},
    node::{Entry, Node},
};
use crate::diagnostic::{Diagnostic, Diagnostics, quoted};

const FORCE: [(&str, Force); 4] = [
    ("pass", Force::Pass),
    ("fail", Force::Fail),
    ("skip", Force::Skip),
    ("run", Force::Run),
];
const TERMINATE_ON_FAIL: &str = "terminate-on-fail";
const RUNNER_TYPES: [&str; 2] = ["python3.11", "net10.0"];

/// Reads a step; `what` names it until its own name is known. `None`: it has problems that leave no step.
pub fn read(node: &Node, what: &str, problems: &mut Diagnostics) -> Option<Step> {
    let mut fields = Fields::of(node, what, problems)?;
    let at = fields.at();
    fields.missing_breaks("L03");
    let name = fields.required_text("name");
    fields.missing_breaks("L05");
    if let Some(name) = &name {
        fields.call_it(format!("step {}", quoted(&name.value)));
    }
    let action = action::read(&mut fields);
    let runner_type = runner_type(&mut fields);
    let parameters = fields.scalars("parameters");
    let outputs = fields.scalars("outputs");
    let measurements = measurements(&mut fields);
    let enabled = fields
        .boolean("enabled")
        .is_none_or(|enabled| enabled.value);
    let precondition = fields.text("precondition");
    let force = fields.one_of("force", &FORCE);
    let retry = retry(&mut fields);
    let repeat = repeat(&mut fields);
    let timeout_ms = fields.whole("timeout_ms", 1..=u64::MAX);
    let run_on_abort = fields.boolean("run_on_abort").is_some_and(|run| run.value);
    let terminate_on_fail = terminate_on_fail(&mut fields);
    if let Some(requires) = fields.entry("requires") {
        let problem = Diagnostic::warning("`requires` has no effect in a local run");
        fields.problems.push(problem.at(requires.key.at));
    }
    fields.finish_with(unknown_field);
    Some(Step {
        name: name?,
        at,
        action: action?,
        runner_type,
        parameters,
        outputs,
        measurements,
        enabled,
        precondition,
        force,
        retry,
        repeat,
        timeout_ms,
        run_on_abort,
        terminate_on_fail,
    })
}

/// A field of another kind of step names that kind.
fn unknown_field(fields: &Fields<'_, '_>, entry: &Entry) -> Diagnostic {
    let Some(owner) = action::owner(&entry.key.value) else {
        return fields.unknown_field(entry);
    };
    let name = quoted(&entry.key.value);
    Diagnostic::error(format!("unknown field {name} in {}", fields.what()))
        .at(entry.key.at)
        .hint(format!("{name} belongs to a step with `{owner}`"))
}

fn runner_type(fields: &mut Fields<'_, '_>) -> Option<Text> {
    let found = fields.text("runner_type")?;
    if !RUNNER_TYPES.contains(&found.value.as_str()) {
        fields
            .problems
            .push(unknown_value("runner_type", &found, &RUNNER_TYPES));
    }
    Some(found)
}

fn terminate_on_fail(fields: &mut Fields<'_, '_>) -> bool {
    let Some(found) = fields.text("post_execution_action") else {
        return false;
    };
    let known = found.value == TERMINATE_ON_FAIL;
    if !known {
        fields.problems.push(unknown_value(
            "post_execution_action",
            &found,
            &[TERMINATE_ON_FAIL],
        ));
    }
    known
}

/// A warning, for the list of values is not known to be complete.
fn unknown_value(key: &str, found: &Text, words: &[&str]) -> Diagnostic {
    let message = format!("unknown `{key}` {} has no effect", quoted(&found.value));
    let problem = Diagnostic::warning(message).at(found.at);
    match nearest(&found.value, words.iter().copied()) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint(format!("known: {}", words.join(", "))),
    }
}

fn retry(fields: &mut Fields<'_, '_>) -> Option<Spanned<Retry>> {
    let at = fields.entry("retry")?.key.at;
    let mut retry = fields.fields("retry")?;
    let count = retry.whole("count", 0..=u64::from(u32::MAX));
    let delay_ms = retry
        .whole("delay_ms", 0..=u64::MAX)
        .map_or(0, |delay| delay.value);
    if !retry.has("count") {
        let problem = Diagnostic::warning("`retry` without `count` has no effect").at(at);
        retry
            .problems
            .push(problem.hint("`count` says how many attempts may follow the first"));
    }
    retry.finish();
    let count = count
        .and_then(|count| u32::try_from(count.value).ok())
        .unwrap_or(0);
    Some(Spanned {
        value: Retry { count, delay_ms },
        at,
    })
}

fn repeat(fields: &mut Fields<'_, '_>) -> Option<Spanned<Repeat>> {
    let at = fields.entry("repeat")?.key.at;
    let mut repeat = fields.fields("repeat")?;
    repeat.missing_breaks("L05");
    let condition = repeat.text("condition");
    let max = repeat
        .required("max_iterations")
        .and_then(|_| repeat.whole("max_iterations", 1..=u64::from(u32::MAX)));
    repeat.finish();
    let max = max?;
    let max_iterations = Spanned {
        value: u32::try_from(max.value).ok()?,
        at: max.at,
    };
    Some(Spanned {
        value: Repeat {
            condition,
            max_iterations,
        },
        at,
    })
}

/// Those of `measurements`; the one of `measurement` only without it.
fn measurements(fields: &mut Fields<'_, '_>) -> Vec<Measurement> {
    let one = fields.entry("measurement");
    let single =
        one.and_then(|entry| measurement::read(&entry.value, "`measurement`", fields.problems));
    let Some(many) = fields.entry("measurements") else {
        return single.into_iter().collect();
    };
    if let Some(one) = one {
        let problem =
            Diagnostic::warning("`measurement` has no effect beside `measurements`").at(one.key.at);
        fields
            .problems
            .push(problem.code("L32").hint("move it into the list"));
    }
    let mut read = Vec::new();
    for (index, item) in fields
        .list("measurements")
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        let what = format!("item {} of `{}`", index + 1, many.key.value);
        read.extend(measurement::read(item, &what, fields.problems));
    }
    read
}
