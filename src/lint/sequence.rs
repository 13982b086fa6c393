//! L36: sequences that cannot be found or never end, and what they are given in vain.

use std::path::Path;

use super::Subject;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        fields::nearest,
        model::{Action, Package, Step, Test, Text},
        names::{conditions, uses},
        normal_path as normal,
    },
};

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for (test, step) in subject.steps() {
        let Action::Sequence { path } = &step.action else {
            continue;
        };
        let Some((owner, child)) = subject.neighbours.find(subject.package, &path.value) else {
            missing(subject, path, found);
            continue;
        };
        if let Some(round) = round_to(subject, test, child, &mut Vec::new()) {
            let by = match round.as_slice() {
                [] => "itself".to_owned(),
                others => format!("itself, by way of {}", others.join(" and ")),
            };
            let problem = Diagnostic::error(format!("{} leads back to {by}", quoted(&test.file)));
            found.push(
                problem
                    .at(path.at)
                    .code("L36")
                    .hint("use `repeat` on a step to run something again"),
            );
            continue;
        }
        unused_inputs(subject, step, owner, child, found);
    }
}

fn missing(subject: &Subject<'_>, path: &Text, found: &mut Diagnostics) {
    let package = subject.package;
    let file = normal(&path.value);
    // An absolute path is for another rule.
    if path.value.trim().starts_with('/') || path.value.contains(':') || path.value.contains("{{") {
        return;
    }
    let beside = package
        .root
        .parent()
        .is_some_and(|folder| is_of_package_beside(folder, &file));
    if beside {
        return;
    }
    if package.root.join(&file).is_file() {
        let problem =
            Diagnostic::warning(format!("{} is not a test of this package", quoted(&file)));
        found.push(
            problem
                .at(path.at)
                .code("L36")
                .hint("a local run reads the YAML files below tests/ only: move it there"),
        );
        return;
    }
    let problem = Diagnostic::error(format!(
        "no sequence {} in this package or beside it",
        quoted(&file)
    ));
    let files = package.tests.iter().map(|test| test.file.as_str());
    let hint = match nearest(&file, files.clone()) {
        Some(near) => format!("did you mean {near}?"),
        None => match files.clone().find(|known| file_name(known) == file_name(&file)) {
            Some(same) => format!("did you mean {same}?"),
            None => "write the path from the package's folder, such as tests/sub-sequences/power.yaml, or FOLDER/tests/… for the package in FOLDER beside this one".into(),
        },
    };
    found.push(problem.at(path.at).code("L36").hint(hint));
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_of_package_beside(folder: &Path, file: &str) -> bool {
    file.split_once('/').is_some_and(|(package, _)| {
        package != ".." && folder.join(package).join("package.json").is_file()
    }) && folder.join(file).is_file()
}

/// The files between `test` and itself, if a way leads from `child` back to it.
fn round_to<'a>(
    subject: &Subject<'a>,
    test: &Test,
    child: &'a Test,
    seen: &mut Vec<*const Test>,
) -> Option<Vec<&'a str>> {
    if std::ptr::eq(test, child) {
        return Some(Vec::new());
    }
    if seen.contains(&std::ptr::from_ref(child)) {
        return None;
    }
    seen.push(child);
    for step in child.in_order() {
        if let Action::Sequence { path } = &step.action
            && let Some((_, next)) = subject.neighbours.find(subject.package, &path.value)
            && let Some(mut way) = round_to(subject, test, next, seen)
        {
            way.insert(0, child.file.as_str());
            return Some(way);
        }
    }
    None
}

fn unused_inputs<'a>(
    subject: &Subject<'a>,
    step: &Step,
    owner: &'a Package,
    child: &'a Test,
    found: &mut Diagnostics,
) {
    for (name, value) in &step.parameters {
        if may_use(subject, owner, child, name, &mut Vec::new()) {
            continue;
        }
        let problem =
            Diagnostic::warning(format!("{} uses no {}", quoted(&child.file), quoted(name)));
        found.push(
            problem
                .at(value.at)
                .code("L36")
                .hint("take the parameter out, or use it in the sequence as a template"),
        );
    }
}

/// Whether the test, or one it leads to, reads the name, or does what may read any.
fn may_use<'a>(
    subject: &Subject<'a>,
    owner: &'a Package,
    test: &'a Test,
    name: &str,
    seen: &mut Vec<&'a Test>,
) -> bool {
    if seen.iter().any(|one| std::ptr::eq(*one, test)) {
        return false;
    }
    seen.push(test);
    test.in_order().any(|step| {
        // A condition that cannot be read may read anything.
        let reads = uses(step).iter().any(|one| one.name == name)
            || conditions(step).any(|(text, _)| text.value.contains(name));
        reads
            || match &step.action {
                // .NET code takes what is missing in its parameters from the variables.
                Action::Dotnet { .. } => true,
                Action::Sequence { path } => match subject.neighbours.find(owner, &path.value) {
                    Some((owner, next)) => may_use(subject, owner, next, name, seen),
                    None => true,
                },
                _ => false,
            }
    })
}
