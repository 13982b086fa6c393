//! What the rules look at, and all of them in one call.

use super::{
    address, assembly, condition, literal, manifest, measurement, names, path, prompt, sequence,
    step, tag, template, version,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Severity},
    package::{
        Neighbours,
        model::{Package, Step, Test},
        names::{Made, Returns, makes},
        yaml::long_values,
    },
    source::Span,
};

/// A package that could be read, and what is known around it.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub package: &'a Package,
    /// What its Python functions return, where somebody has read them.
    pub returns: Option<&'a dyn Returns>,
    /// The packages its sequences may lead to.
    pub neighbours: &'a Neighbours,
}

impl Subject<'_> {
    /// Every step of every test.
    pub(super) fn steps(&self) -> impl Iterator<Item = (&Test, &Step)> {
        self.package
            .tests
            .iter()
            .flat_map(|test| test.in_order().map(move |step| (test, step)))
    }

    pub(super) fn makes(&self, step: &Step) -> Made {
        makes(step, self.package, self.neighbours, self.returns)
    }

    /// The place of `needle` within what is written at `at`; the whole where it is not found.
    pub(super) fn within(&self, at: Span, needle: &str) -> Span {
        let sources = &self.package.sources;
        let text = &sources.get(at.file).text;
        let found_before = |end: u32| {
            let written = text.get(at.start as usize..end as usize)?;
            whole_word(written, needle)
        };
        // Spans end with the first line of a value.
        let found = found_before(at.end).or_else(|| {
            let long = sources.long_values(at.file, long_values);
            found_before(*long.get(&at.start)?)
        });
        match found.and_then(|offset| u32::try_from(offset).ok()) {
            Some(offset) => {
                let start = at.start + offset;
                let length = u32::try_from(needle.len()).unwrap_or(0);
                Span {
                    start,
                    end: start + length,
                    ..at
                }
            }
            None => at,
        }
    }
}

/// Where `needle` stands in `text`, not as a part of a longer name.
fn whole_word(text: &str, needle: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(needle)
        .map(|(offset, _)| offset)
        .find(|&offset| {
            let before = text[..offset].chars().next_back().is_some_and(part);
            let after = text[offset + needle.len()..]
                .chars()
                .next()
                .is_some_and(part);
            let own = |c: Option<char>| c.is_some_and(part);
            !(before && own(needle.chars().next()) || after && own(needle.chars().next_back()))
        })
}

/// Everything the rules find in the YAML and package.json, in no order.
pub fn lint(subject: &Subject<'_>) -> Diagnostics {
    let mut found = Diagnostics::default();
    manifest::check(subject, &mut found);
    version::check(subject, &mut found);
    tag::check(subject, &mut found);
    names::check(subject, &mut found);
    template::check(subject, &mut found);
    condition::check(subject, &mut found);
    literal::check(subject, &mut found);
    measurement::check(subject, &mut found);
    step::check(subject, &mut found);
    prompt::check(subject, &mut found);
    address::check(subject, &mut found);
    path::check(subject, &mut found);
    assembly::check(subject, &mut found);
    sequence::check(subject, &mut found);
    found
}

/// Puts both lists together. Where two are about the same rule at the same place the graver one is kept: reading a package only warns
/// of some things that a rule calls an error.
pub fn merge(found: Diagnostics, more: Diagnostics) -> Diagnostics {
    let mut merged = found;
    for one in &more {
        let same = |other: &&mut Diagnostic| {
            let rule = one.code.is_some() && other.code == one.code;
            rule && other.primary == one.primary && other.severity != one.severity
        };
        match merged.iter_mut().find(same) {
            Some(other) if one.severity < other.severity => *other = one.clone(),
            Some(_) => {}
            None => merged.push(one.clone()),
        }
    }
    merged
}

/// What reading a package only warns of and a rule calls an error, as the messages begin.
const GRAVER: [&str; 4] = [
    "`operator` decides nothing in a measurement",
    "this operator compares with",
    "package name that a station refuses",
    "package version that a station refuses",
];

/// Gives what was found in reading the severity it has by the rules, for a package that no rule can look at.
pub fn raise(found: &mut Diagnostics) {
    for one in found.iter_mut() {
        if one.code.is_some() && GRAVER.iter().any(|start| one.message.starts_with(start)) {
            one.severity = Severity::Error;
        }
    }
}
