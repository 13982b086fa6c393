//! Reads the fields of a mapping by name, and reports whatever does not fit instead of stopping at it.
//!
//! Decision 33 (docs/decisions.md) lives here: a plain value is taken where a text is wanted, a number in quotes where a number is.

use std::ops::RangeInclusive;

use indexmap::IndexMap;
use rehearsal_python::value::Value;

use super::{
    model::{Number, Scalar, Spanned, Text},
    node::{Entry, Mapping, Node, number},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    source::Span,
};

/// The fields of one mapping. Whatever was asked for by name is known; [`Self::finish`] reports the rest.
pub struct Fields<'n, 'd> {
    mapping: &'n Mapping,
    /// What the mapping is, as messages name it: "step `Connect`".
    what: String,
    known: Vec<&'static str>,
    /// Reported at the end, when a misspelt field may turn out to be the missing one.
    missing: Vec<(&'static str, Diagnostic)>,
    /// The lint rule that a missing field breaks.
    rule: Option<&'static str>,
    /// Whether the unknown fields have been.
    reported: bool,
    pub problems: &'d mut Diagnostics,
}

impl<'n, 'd> Fields<'n, 'd> {
    /// Reports a node that is no mapping.
    pub fn of(
        node: &'n Node,
        what: impl Into<String>,
        problems: &'d mut Diagnostics,
    ) -> Option<Self> {
        let what = what.into();
        match node {
            Node::Mapping(mapping) => Some(Self {
                mapping,
                what,
                known: Vec::new(),
                missing: Vec::new(),
                rule: None,
                reported: false,
                problems,
            }),
            other => {
                problems.push(wrong_type(&what, "a mapping", other));
                None
            }
        }
    }

    pub fn mapping(&self) -> &'n Mapping {
        self.mapping
    }

    pub fn what(&self) -> &str {
        &self.what
    }

    /// Gives it a better name, once its own `name` is read.
    pub fn call_it(&mut self, what: impl Into<String>) {
        self.what = what.into();
    }

    /// Names the lint rule that required fields asked for from here on would break.
    pub fn missing_breaks(&mut self, rule: &'static str) {
        self.rule = Some(rule);
    }

    /// The first key, or the mapping where it is empty.
    pub fn at(&self) -> Span {
        self.mapping
            .entries
            .first()
            .map_or(self.mapping.at, |entry| entry.key.at)
    }

    /// The field as it stands; one without a value counts as absent.
    pub fn node(&mut self, key: &'static str) -> Option<&'n Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Like [`Self::node`], with its key.
    pub fn entry(&mut self, key: &'static str) -> Option<&'n Entry> {
        self.expect(key);
        self.mapping.get(key).filter(|entry| !entry.value.is_null())
    }

    /// Reports the field's absence.
    pub fn required(&mut self, key: &'static str) -> Option<&'n Node> {
        let node = self.node(key);
        if node.is_none() {
            match self.mapping.get(key) {
                Some(empty) => {
                    let message = format!("{} of {} has no value", quoted(key), self.what);
                    let problem = Diagnostic::error(message).at(empty.key.at);
                    self.problems.push(coded(problem, self.rule));
                }
                None => {
                    let message = format!("{} is missing in {}", quoted(key), self.what);
                    let problem = Diagnostic::error(message).at(self.at());
                    self.missing.push((key, coded(problem, self.rule)));
                }
            }
        }
        node
    }

    pub fn has(&self, key: &str) -> bool {
        self.mapping
            .get(key)
            .is_some_and(|entry| !entry.value.is_null())
    }

    pub fn text(&mut self, key: &'static str) -> Option<Text> {
        let node = self.node(key)?;
        text(node, &quoted(key), self.problems)
    }

    /// Reports its absence, and an empty text.
    pub fn required_text(&mut self, key: &'static str) -> Option<Text> {
        let node = self.required(key)?;
        let text = text(node, &quoted(key), self.problems)?;
        if text.value.trim().is_empty() {
            let problem =
                Diagnostic::error(format!("{} of {} is empty", quoted(key), self.what)).at(text.at);
            self.problems.push(coded(problem, self.rule));
            return None;
        }
        Some(text)
    }

    pub fn scalar(&mut self, key: &'static str) -> Option<Scalar> {
        let node = self.node(key)?;
        scalar(node, &quoted(key), self.problems)
    }

    /// `true` or `false`, also in quotes and in any letter case.
    pub fn boolean(&mut self, key: &'static str) -> Option<Spanned<bool>> {
        let node = self.node(key)?;
        if let Node::Scalar(scalar) = node {
            for (text, value) in [("true", true), ("false", false)] {
                if scalar.text.eq_ignore_ascii_case(text) {
                    return Some(Spanned {
                        value,
                        at: scalar.at,
                    });
                }
            }
        }
        let problem = wrong_type(&quoted(key), "a boolean", node);
        let template = matches!(node, Node::Scalar(scalar) if scalar.text.contains("{{"));
        self.problems.push(match template {
            true => problem
                .code("L09")
                .hint("write true or false; `precondition` decides by a variable"),
            false => problem.hint("write true or false"),
        });
        None
    }

    /// A finite number with its text as written.
    pub fn number(&mut self, key: &'static str) -> Option<Number> {
        let node = self.node(key)?;
        finite(node, &quoted(key), self.problems)
    }

    /// A whole number within the range.
    pub fn whole(&mut self, key: &'static str, range: RangeInclusive<u64>) -> Option<Spanned<u64>> {
        let node = self.node(key)?;
        whole(node, &quoted(key), range, self.problems)
    }

    /// One of a closed list of words.
    pub fn one_of<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&str, T)],
    ) -> Option<Spanned<T>> {
        let text = self.text(key)?;
        match words.iter().find(|(word, _)| *word == text.value) {
            Some((_, value)) => Some(Spanned {
                value: *value,
                at: text.at,
            }),
            None => {
                let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
                self.problems.push(unknown_word(key, &text, &names));
                None
            }
        }
    }

    pub fn list(&mut self, key: &'static str) -> Option<&'n [Node]> {
        match self.node(key)? {
            Node::Sequence(sequence) => Some(&sequence.items),
            other => {
                self.problems
                    .push(wrong_type(&quoted(key), "a list", other));
                None
            }
        }
    }

    /// A list of plain values, each taken as text.
    pub fn texts(&mut self, key: &'static str) -> Vec<Text> {
        let items = self.list(key).unwrap_or_default();
        let what = format!("an item of {}", quoted(key));
        items
            .iter()
            .filter_map(|item| text(item, &what, self.problems))
            .collect()
    }

    /// A mapping of free names to plain values.
    pub fn scalars(&mut self, key: &'static str) -> IndexMap<String, Scalar> {
        match self.node(key) {
            Some(node) => scalars(node, key, self.problems),
            None => IndexMap::new(),
        }
    }

    /// The fields of a mapping within this one.
    pub fn fields<'s>(&'s mut self, key: &'static str) -> Option<Fields<'n, 's>> {
        let node = self.node(key)?;
        Fields::of(node, quoted(key), self.problems)
    }

    /// Makes a field known without reading it.
    pub fn expect(&mut self, key: &'static str) {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
    }

    /// The fields nobody asked for.
    pub fn unknown(&self) -> impl Iterator<Item = &'n Entry> + use<'n> {
        let known = self.known.clone();
        self.mapping
            .entries
            .iter()
            .filter(move |entry| !known.contains(&entry.key.value.as_str()))
    }

    /// Reports every field nobody asked for as an error.
    pub fn finish(self) {
        self.finish_with(Self::unknown_field);
    }

    /// Like [`Self::finish`], where the list of fields is known to be incomplete: only a misspelt one is an error.
    pub fn finish_open(self) {
        self.finish_with(|fields, entry| {
            fields.misspelt(entry).unwrap_or_else(|| {
                let message = format!(
                    "unknown field {} in {}",
                    quoted(&entry.key.value),
                    fields.what
                );
                Diagnostic::warning(message)
                    .at(entry.key.at)
                    .hint("it has no effect in a local run")
            })
        });
    }

    /// Reports what `describe` says of every field nobody asked for.
    pub fn finish_with(mut self, describe: impl Fn(&Self, &Entry) -> Diagnostic) {
        for entry in self.unknown() {
            let problem = describe(&self, entry);
            self.problems.push(problem);
        }
        self.reported = true;
    }

    /// An unknown field, with the known name it resembles or all the known names.
    pub fn unknown_field(&self, entry: &Entry) -> Diagnostic {
        self.misspelt(entry).unwrap_or_else(|| {
            let mut known = self.known.clone();
            known.sort_unstable();
            let problem = Diagnostic::error(format!(
                "unknown field {} in {}",
                quoted(&entry.key.value),
                self.what
            ));
            problem
                .at(entry.key.at)
                .hint(format!("known fields: {}", known.join(", ")))
        })
    }

    fn misspelt(&self, entry: &Entry) -> Option<Diagnostic> {
        let name = &entry.key.value;
        let near = nearest(name, self.known.iter().copied())?;
        let problem = Diagnostic::error(format!(
            "unknown field {}, did you mean `{near}`?",
            quoted(name)
        ));
        Some(problem.at(entry.key.at))
    }
}

/// A missing field is reported unless an unknown one is likely to be it, misspelt, and has been reported.
impl Drop for Fields<'_, '_> {
    fn drop(&mut self) {
        for (key, problem) in std::mem::take(&mut self.missing) {
            let misspelt =
                |entry: &Entry| nearest(&entry.key.value, self.known.iter().copied()) == Some(key);
            if !self.reported || !self.unknown().any(misspelt) {
                self.problems.push(problem);
            }
        }
    }
}

fn coded(problem: Diagnostic, rule: Option<&'static str>) -> Diagnostic {
    match rule {
        Some(rule) => problem.code(rule),
        None => problem,
    }
}

/// A plain value as text, as written; `what` names it in messages.
pub fn text(node: &Node, what: &str, problems: &mut Diagnostics) -> Option<Text> {
    match node {
        Node::Scalar(scalar) if !node.is_null() => Some(Spanned {
            value: scalar.text.clone(),
            at: scalar.at,
        }),
        other => {
            problems.push(wrong_type(what, "a text", other));
            None
        }
    }
}

/// A plain value, nothing (`~`) included.
pub fn scalar(node: &Node, what: &str, problems: &mut Diagnostics) -> Option<Scalar> {
    match node {
        Node::Scalar(scalar) => Some(scalar.clone()),
        other => {
            problems.push(wrong_type(what, "a plain value", other));
            None
        }
    }
}

/// A mapping of free names to plain values.
pub fn scalars(node: &Node, key: &str, problems: &mut Diagnostics) -> IndexMap<String, Scalar> {
    let Node::Mapping(mapping) = node else {
        problems.push(wrong_type(&quoted(key), "a mapping", node));
        return IndexMap::new();
    };
    let mut values = IndexMap::new();
    for entry in &mapping.entries {
        let what = format!("{} in {}", quoted(&entry.key.value), quoted(key));
        if let Some(value) = scalar(&entry.value, &what, problems) {
            values.insert(entry.key.value.clone(), value);
        }
    }
    values
}

/// A whole number within the range, also in quotes; `what` names it in messages.
pub fn whole(
    node: &Node,
    what: &str,
    range: RangeInclusive<u64>,
    problems: &mut Diagnostics,
) -> Option<Spanned<u64>> {
    let (at, value) = match node {
        Node::Scalar(scalar) => (scalar.at, scalar_number(scalar)),
        other => (other.at(), None),
    };
    let whole = match value {
        Some(Value::Int(value)) => u64::try_from(value).ok(),
        Some(Value::Big(_) | Value::Float(_)) => None,
        _ => {
            problems.push(wrong_type(what, "a whole number", node));
            return None;
        }
    };
    match whole.filter(|value| range.contains(value)) {
        Some(value) => Some(Spanned { value, at }),
        None => {
            let bounds = if *range.end() >= i64::MAX as u64 {
                format!("of at least {}", range.start())
            } else {
                format!("from {} to {}", range.start(), range.end())
            };
            problems
                .push(Diagnostic::error(format!("{what} must be a whole number {bounds}")).at(at));
            None
        }
    }
}

/// A finite number, also in quotes.
pub fn finite(node: &Node, what: &str, problems: &mut Diagnostics) -> Option<Number> {
    let Node::Scalar(scalar) = node else {
        problems.push(wrong_type(what, "a number", node));
        return None;
    };
    let value = match scalar_number(scalar) {
        Some(Value::Int(value)) => value as f64,
        Some(Value::Float(value)) => value,
        Some(Value::Big(value)) => value.as_str().parse().unwrap_or(f64::INFINITY),
        _ => {
            let problem = wrong_type(what, "a number", node);
            problems.push(match scalar.text.contains("{{") {
                true => problem.hint("templates work in parameters, outputs, measurement values and names, and prompts"),
                false => problem,
            });
            return None;
        }
    };
    if !value.is_finite() {
        problems.push(Diagnostic::error(format!("{what} must be a finite number")).at(scalar.at));
        return None;
    }
    Some(Number {
        value,
        text: scalar.text.trim().to_owned(),
        at: scalar.at,
    })
}

/// The number a scalar is or holds in quotes.
fn scalar_number(scalar: &Scalar) -> Option<Value> {
    match &scalar.value {
        Value::Int(_) | Value::Big(_) | Value::Float(_) => Some(scalar.value.clone()),
        Value::Str(text) => number(text.trim()),
        _ => None,
    }
}

/// "`steps` must be a list, found a text".
pub fn wrong_type(what: &str, wanted: &str, found: &Node) -> Diagnostic {
    Diagnostic::error(format!(
        "{what} must be {wanted}, found {}",
        found.describe()
    ))
    .at(found.at())
}

/// "unknown `force` `pas`, did you mean `pass`?", or the whole list.
pub fn unknown_word(key: &str, found: &Text, words: &[&str]) -> Diagnostic {
    unknown(&quoted(key), found, words)
}

/// Like [`unknown_word`], for a `what` that is no key: "step type".
pub fn unknown(what: &str, found: &Text, words: &[&str]) -> Diagnostic {
    let message = format!("unknown {what} {}", quoted(&found.value));
    match nearest(&found.value, words.iter().copied()) {
        Some(near) => Diagnostic::error(format!("{message}, did you mean `{near}`?")).at(found.at),
        None => Diagnostic::error(message)
            .at(found.at)
            .hint(format!("one of: {}", words.join(", "))),
    }
}

/// The name that `name` is likely a slip of: letter case and `-` for `_` aside, at most one edit in four letters, or the first words
/// of it (`timeout` for `timeout_ms`).
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer than any known name; the distance would take its time.
    if name.len() > 100 {
        return None;
    }
    let fold = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let folded = fold(name);
    known
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&folded, &fold(candidate)),
                candidate,
            )
        })
        .filter(|(distance, candidate)| {
            let first_words = fold(candidate)
                .strip_prefix(&folded)
                .is_some_and(|rest| rest.starts_with('_'));
            first_words
                || *distance
                    <= candidate
                        .chars()
                        .count()
                        .min(name.chars().count())
                        .div_ceil(4)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
