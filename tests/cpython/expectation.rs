//! `failures.toml`: which of CPython's tests fail here, and why.

use std::{collections::BTreeMap, fmt::Write as _};

use toml_edit::{DocumentMut, Item, TableLike};

use crate::module::{Outcome, Verdict};

/// The reason of a failure that nobody has looked at.
const UNKNOWN: &str = "unknown";

const HEAD: &str = "\
# Which of CPython's own tests fail under `rehearse python`, and why. `REHEARSAL_TESTS_UPDATE=1 cargo suite --test cpython` writes this file
# and the table in docs/python.md again; the reasons stay, and a new failure's reason is `unknown` until somebody has looked.
";

/// What one module came to when it was recorded.
#[derive(Debug, Default)]
pub struct Module {
    /// A digest of the test files.
    pub sources: String,
    pub passed: usize,
    pub skipped: usize,
    /// Names of failing tests, with the key of the reason.
    pub failures: BTreeMap<String, String>,
}

impl Module {
    pub fn run(&self) -> usize {
        self.passed + self.skipped + self.failures.len()
    }
}

#[derive(Debug, Default)]
pub struct Expectation {
    /// Keys, with a sentence for readers of the documentation.
    pub reasons: BTreeMap<String, String>,
    pub modules: BTreeMap<String, Module>,
}

fn texts(table: &dyn TableLike) -> BTreeMap<String, String> {
    table
        .iter()
        .map(|(key, value)| (key.into(), value.as_str().expect("a text").into()))
        .collect()
}

impl Expectation {
    pub fn parse(text: &str) -> Self {
        let document: DocumentMut = text.parse().expect("failures.toml is TOML");
        let mut this = Self::default();
        for (name, item) in document.iter() {
            let table = item.as_table_like().expect("a table");
            if name == "reasons" {
                this.reasons = texts(table);
                continue;
            }
            let number = |key: &str| {
                let number = table.get(key).and_then(Item::as_integer);
                usize::try_from(number.expect("a number")).expect("a natural number")
            };
            let module = Module {
                sources: table
                    .get("sources")
                    .and_then(Item::as_str)
                    .expect("a digest")
                    .into(),
                passed: number("passed"),
                skipped: number("skipped"),
                failures: table
                    .get("failures")
                    .and_then(Item::as_table_like)
                    .map(texts)
                    .unwrap_or_default(),
            };
            this.modules.insert(name.into(), module);
        }
        this
    }

    pub fn render(&self) -> String {
        let mut text = String::from(HEAD);
        text.push_str("\n[reasons]\n");
        for (key, reason) in &self.reasons {
            writeln!(text, "{key} = {reason:?}").expect("a text takes all");
        }
        for (name, module) in &self.modules {
            let Module {
                sources,
                passed,
                skipped,
                ..
            } = module;
            write!(
                text,
                "\n[{name}]\nsources = {sources:?}\npassed = {passed}\nskipped = {skipped}\n"
            )
            .expect("a text takes all");
            if !module.failures.is_empty() {
                writeln!(text, "\n[{name}.failures]").expect("a text takes all");
            }
            for (test, reason) in &module.failures {
                writeln!(text, "{test:?} = {reason:?}").expect("a text takes all");
            }
        }
        text
    }

    /// Takes over what happened; known failures keep their reasons.
    pub fn update(&mut self, name: &str, outcome: &Outcome) {
        let module = self.modules.entry(name.into()).or_default();
        module.sources.clone_from(&outcome.sources);
        module.passed = outcome.passed();
        module.skipped = outcome.skipped();
        module.failures = outcome
            .failures()
            .map(|(test, _)| {
                let reason = module.failures.get(test).map_or(UNKNOWN, |reason| reason);
                (test.into(), reason.into())
            })
            .collect();
    }

    /// What is not as recorded, one line each. Of other test files than the recorded ones only whether there are any can be said.
    pub fn differences(&self, name: &str, outcome: &Outcome) -> Vec<String> {
        let mut lines = Vec::new();
        let Some(module) = self.modules.get(name) else {
            return vec![format!("{name} is not in failures.toml")];
        };
        if outcome.passed() == 0 {
            return vec![format!("{name}: none of its tests passed")];
        }
        if module.sources != outcome.sources {
            println!(
                "{name}: these are not the recorded test files; {} passed, {} recorded",
                outcome.passed(),
                module.passed
            );
            return lines;
        }
        for (test, text) in outcome.failures() {
            if !module.failures.contains_key(test) {
                lines.push(format!("{test} fails and is not listed: {text}"));
            }
        }
        for test in module.failures.keys() {
            match outcome.tests.get(test) {
                Some(Verdict::Failed(_)) => {}
                Some(Verdict::Passed) => lines.push(format!(
                    "{test} passes and is listed as failing: remove it from the list"
                )),
                Some(Verdict::Skipped) => lines.push(format!(
                    "{test} is skipped and is listed as failing: remove it from the list"
                )),
                None => lines.push(format!("{test} is listed as failing and was not run")),
            }
        }
        if outcome.passed() < module.passed {
            lines.push(format!(
                "{name}: {} tests passed, {} are recorded",
                outcome.passed(),
                module.passed
            ));
        }
        lines
    }
}
