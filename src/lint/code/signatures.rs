//! L35: the module and function of a step exist, and take what the step gives them.

use std::{collections::HashSet, fmt::Write as _};

use crate::{
    code::{
        Callable, Code, Function, Lookup, Module, is_newer_than_stations,
        is_of_the_standard_library, module_name,
    },
    diagnostic::{Diagnostic, Diagnostics, clip, quoted},
    package::{
        Wheels,
        fields::nearest,
        model::{Action, Package, Step, Text},
    },
    source::{Sources, Span},
};

const RULE: &str = "L35";

/// Most names that a hint lists.
const MAX_LISTED: usize = 12;

/// `beside` are the modules of packages that sequences lead to.
pub fn check(
    package: &Package,
    code: &Code,
    wheels: &Wheels,
    beside: &HashSet<String>,
    sources: &Sources,
) -> Diagnostics {
    let mut found = Diagnostics::default();
    let mut vendored = None;
    for test in &package.tests {
        for step in test.setup.iter().chain(&test.steps).chain(&test.teardown) {
            let Action::Python { module, function } = &step.action else {
                continue;
            };
            let Some(file) = code.module(&module.value) else {
                let name = module_name(&module.value);
                let first = name.split('.').next().unwrap_or(&name);
                let vendored = vendored.get_or_insert_with(|| wheels.distributions());
                let elsewhere = is_of_the_standard_library(first)
                    || is_newer_than_stations(first).is_some()
                    || code.has(&name)
                    || beside.contains(&name)
                    || vendored.iter().any(|one| one.modules.contains(first));
                if !elsewhere {
                    found.push(no_module(module, &name, code));
                }
                continue;
            };
            if !file.is_readable() {
                continue;
            }
            match code.lookup(file, &function.value) {
                Lookup::Function(known) => {
                    awaited(&mut found, function, &known);
                    arguments(&mut found, step, function, &known, sources);
                }
                Lookup::NotCallable(at) => found.push(
                    Diagnostic::error(format!(
                        "{} of {} is no function",
                        quoted(&function.value),
                        quoted(&file.path)
                    ))
                    .code(RULE)
                    .at(function.at)
                    .also(at, "it gets its value here")
                    .hint(functions(code, file, &function.value)),
                ),
                Lookup::Missing => found.push(
                    Diagnostic::error(format!(
                        "{} has no function {}",
                        quoted(&file.path),
                        quoted(&function.value)
                    ))
                    .code(RULE)
                    .at(function.at)
                    .hint(functions(code, file, &function.value)),
                ),
                Lookup::Class(_) | Lookup::Unknown => {}
            }
        }
    }
    found
}

fn no_module(written: &Text, name: &str, code: &Code) -> Diagnostic {
    let names: Vec<&str> = code.modules().map(|one| one.name.as_str()).collect();
    let hint = match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => format!(
            "test code lies in the folder python_modules/ beside package.json: write python_modules/{}.py",
            clip(&name.replace('.', "/"), 100)
        ),
        None => format!("there is {}", listed(&names)),
    };
    let message = format!("no module {} in python_modules/", quoted(name));
    Diagnostic::error(message)
        .code(RULE)
        .at(written.at)
        .hint(hint)
}

/// What there is instead of a function that is missing.
fn functions(code: &Code, module: &Module, wanted: &str) -> String {
    let names: Vec<&str> = code.functions(module).collect();
    match nearest(wanted, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "the file defines no function for steps".into(),
        None => format!("it has {}", listed(&names)),
    }
}

/// `a, b and 3 more`.
fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(MAX_LISTED)
        .map(|name| quoted(name))
        .collect();
    let mut text = shown.join(", ");
    if let Some(more @ 1..) = names.len().checked_sub(MAX_LISTED) {
        // Writing to a String cannot fail.
        let _ = write!(text, " and {more} more");
    }
    text
}

/// Functions whose body does not run when they are called.
fn awaited(found: &mut Diagnostics, function: &Text, known: &Function) {
    let (message, hint) = match known.callable {
        Callable::Plain => return,
        Callable::Coroutine => (
            "is asynchronous: a step calls it, and nobody awaits what it gives",
            "let a plain function call it: `return asyncio.run(…)`",
        ),
        Callable::Generator => (
            "is a generator: a step calls it, and nobody goes through what it gives",
            "let a plain function collect its values and return a dictionary",
        ),
    };
    let message = format!("{} {message}", quoted(&known.name));
    found.push(
        Diagnostic::warning(message)
            .code(RULE)
            .at(function.at)
            .also(known.at, "defined here")
            .hint(hint),
    );
}

fn arguments(
    found: &mut Diagnostics,
    step: &Step,
    function: &Text,
    known: &Function,
    sources: &Sources,
) {
    let Some(signature) = &known.signature else {
        return;
    };
    let Some(misfit) = signature.misfit(step.parameters.keys().map(String::as_str)) else {
        return;
    };
    let takes = match signature.listed() {
        none if none.is_empty() => "it takes no parameters".into(),
        names => format!("it takes {names}"),
    };
    let name = quoted(&known.name);
    for unexpected in &misfit.unexpected {
        let names = signature.named.iter().map(|one| one.name.as_str());
        let free = names.filter(|name| !step.parameters.contains_key(*name));
        let hint = match nearest(unexpected, free) {
            Some(near) => format!("did you mean `{near}`?"),
            None => takes.clone(),
        };
        let at = step
            .parameters
            .get(unexpected)
            .map_or(function.at, |value| key(unexpected, value.at, sources));
        let message = format!("{name} has no parameter {}", quoted(unexpected));
        found.push(
            Diagnostic::error(message)
                .code(RULE)
                .at(at)
                .also(known.at, "defined here")
                .hint(hint),
        );
    }
    for missing in &misfit.missing {
        let message = format!(
            "{name} needs {}, which the step does not give",
            quoted(missing)
        );
        let place = signature.named.iter().find(|one| one.name == *missing);
        found.push(
            Diagnostic::error(message)
                .code(RULE)
                .at(function.at)
                .also(place.map_or(known.at, |one| one.at), "without a default")
                .hint(format!(
                    "add {} to the step's `parameters`, or give it a default in Python",
                    quoted(missing)
                )),
        );
    }
    for unreachable in &misfit.unreachable {
        let message = format!("{name} takes {} by position only", quoted(unreachable));
        found.push(
            Diagnostic::error(message)
                .code(RULE)
                .at(function.at)
                .also(known.at, "defined here")
                .hint("parameters are given by name: take the `/` out of the definition"),
        );
    }
}

/// The key before a value, if it is written in front of it as usual; else the value.
fn key(name: &str, value: Span, sources: &Sources) -> Span {
    let before = sources
        .get(value.file)
        .text
        .get(..value.start as usize)
        .unwrap_or_default();
    let written =
        before.trim_end_matches([' ', '\t', '\n', '\r', ':', '"', '\'', '|', '>', '-', '+']);
    let found = written
        .len()
        .checked_sub(name.len())
        .filter(|_| written.ends_with(name) && before[written.len()..].contains(':'))
        .and_then(|start| u32::try_from(start).ok());
    let length = u32::try_from(name.len()).unwrap_or(0);
    found.map_or(value, |start| Span {
        file: value.file,
        start,
        end: start + length,
    })
}
