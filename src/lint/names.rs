//! L07, L10: names that templates and conditions read and nothing makes.
//!
//! What test code returns is rarely known for certain, so a name is called wrong only where nothing could have made it.

use std::collections::BTreeSet;

use super::{Subject, condition::is_misspelt_value};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    flow::nearest as near_letters,
    package::{
        fields::nearest,
        model::{Action, Step, Test},
        names::{BUILT_IN, Made, Moment, Use, conditions, is_injected, of_test, uses},
    },
};

/// What a local run sets by itself (docs/decisions.md 34), and what a prompt leaves beside its variables.
const INJECTED: [&str; 6] = [
    "cfg.AGENT_HOST",
    "exec.serial_number",
    "exec.operator",
    "exec.station_id",
    "exec.prompt.response",
    "exec.prompt.action",
];

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for test in &subject.package.tests {
        let injected = injected(subject, test);
        let mut known = inherited(subject, test, &mut vec![test.file.as_str()]);
        known.names.extend(BUILT_IN.map(str::to_owned));
        known.names.extend(test.variables.keys().cloned());
        for step in test.in_order() {
            let made = subject.makes(step);
            let mut after = known.clone();
            after.extend(made);
            for one in uses(step) {
                let in_condition = || conditions(step).any(|(text, _)| text.at == one.at);
                if is_misspelt_value(&one.name) && in_condition() {
                    // L09 says it.
                    continue;
                }
                let visible = match one.moment {
                    Moment::Before => &known,
                    Moment::After => &after,
                };
                if is_injected(&one.name) {
                    found_injected(subject, &one, &injected, found);
                } else if !visible.has(&one.name) {
                    found_missing(subject, step, &one, visible, found);
                }
            }
            known = after;
        }
    }
}

fn found_missing(
    subject: &Subject<'_>,
    step: &Step,
    one: &Use,
    visible: &Made,
    found: &mut Diagnostics,
) {
    let at = subject.within(one.at, &one.name);
    let near = near(&one.name, visible.names.iter().map(String::as_str));
    if one.name == "value"
        && one.moment == Moment::After
        && near.is_none()
        && let Some(problem) = scalar_value(subject, step)
    {
        found.push(problem.at(at).code("L10"));
        return;
    }
    let name = quoted(&one.name);
    let problem = match (visible.open, &near) {
        (true, None) => return,
        (true, Some(_)) => Diagnostic::warning(format!("no variable or output is named {name}")),
        (false, _) => Diagnostic::error(format!(
            "nothing makes {name}, which step {} uses",
            quoted(&step.name.value)
        )),
    };
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "declare it below `variables`, or make it with `outputs` of an earlier step".into(),
    };
    found.push(problem.at(at).code("L07").hint(hint));
}

/// `{{value}}` beside a function whose single value is kept as `result`.
fn scalar_value(subject: &Subject<'_>, step: &Step) -> Option<Diagnostic> {
    let Action::Python { module, function } = &step.action else {
        return None;
    };
    let made = subject
        .returns
        .and_then(|returns| returns.of(&module.value, &function.value));
    let hint = "write `{{result}}`: a single value that a function returns is kept under that name";
    match made {
        Some(made) if made.has("value") => None,
        Some(made) if !made.open && !made.has("result") => None,
        Some(made) if made.has("result") => Some(
            Diagnostic::warning(format!(
                "{} leaves `result`, not `value`",
                quoted(&function.value)
            ))
            .hint(hint),
        ),
        _ => Some(
            Diagnostic::advice(format!(
                "`value` exists only if {} returns a dict with that key",
                quoted(&function.value)
            ))
            .hint(hint),
        ),
    }
}

/// A station may inject whatever it likes, so only what looks like a slip is told.
fn found_injected(
    subject: &Subject<'_>,
    one: &Use,
    injected: &BTreeSet<String>,
    found: &mut Diagnostics,
) {
    if injected.contains(&one.name) {
        return;
    }
    if let Some(near) = near(&one.name, injected.iter().map(String::as_str)) {
        let problem =
            Diagnostic::warning(format!("nothing here gives {} a value", quoted(&one.name)));
        found.push(
            problem
                .at(subject.within(one.at, &one.name))
                .code("L07")
                .hint(format!("did you mean `{near}`?")),
        );
    }
}

fn injected(subject: &Subject<'_>, test: &Test) -> BTreeSet<String> {
    let local = &subject.package.local;
    let mut names: BTreeSet<String> = INJECTED.map(str::to_owned).into();
    names.extend(local.cfg.keys().map(|key| format!("cfg.{key}")));
    names.extend(local.exec.keys().map(|key| format!("exec.{key}")));
    names.extend(local.mes.keys().map(|key| format!("mes.{key}")));
    let required = test.required_tags.iter().map(|tag| &tag.value);
    let tags = local.tags.keys().chain(test.tags.keys()).chain(required);
    names.extend(tags.map(|key| format!("exec.tag.{key}")));
    names
}

/// The known name that this one is likely a slip of. Names that differ only in their numbers are different names.
fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let letters = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    let own = letters(name);
    // Short words resemble each other by chance.
    let long = |text: &str| text.chars().count() >= 4;
    let known: Vec<&str> = known
        .filter(|known| long(known) && (letters(known) != own || known.eq_ignore_ascii_case(name)))
        .collect();
    let near = match long(&own) {
        true => nearest(name, known.iter().copied()),
        false => None,
    };
    // A run that stops at this name suggests the same.
    near.or_else(|| near_letters(name, known.iter().copied()))
        .map(str::to_owned)
}

/// The names a test finds in the store because another one runs it as a sequence.
pub(super) fn inherited<'a>(
    subject: &Subject<'a>,
    test: &'a Test,
    seen: &mut Vec<&'a str>,
) -> Made {
    let package = subject.package;
    // A file in a folder of its own is meant for others, which may be in other packages.
    let mut inherited = Made {
        names: BTreeSet::new(),
        open: test.file.matches('/').count() > 1,
    };
    for (caller, step) in subject
        .package
        .tests
        .iter()
        .flat_map(|caller| caller.in_order().map(move |step| (caller, step)))
    {
        let Action::Sequence { path } = &step.action else {
            continue;
        };
        let leads_here = subject
            .neighbours
            .find(package, &path.value)
            .is_some_and(|(_, child)| std::ptr::eq(child, test));
        if !leads_here {
            continue;
        }
        inherited.names.extend(step.parameters.keys().cloned());
        inherited.extend(of_test(
            caller,
            package,
            subject.neighbours,
            subject.returns,
        ));
        if !seen.contains(&caller.file.as_str()) {
            seen.push(&caller.file);
            inherited.extend(self::inherited(subject, caller, seen));
        }
    }
    inherited
}
