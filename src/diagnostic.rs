//! A problem in a user's file: what is wrong, where, and what to do about it.

use std::fmt::Write as _;

use crate::source::{FileId, Sources, Span};

mod rendering;

pub use rendering::{Style, clip, quoted};

/// Most errors and warnings shown at once.
const MAX_ERRORS: usize = 500;
const MAX_WARNINGS: usize = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
    /// Worth a thought; nothing need be wrong.
    Hint,
}

/// A place in a file and what to say there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub at: Span,
    pub text: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// A lint rule, such as "L02".
    pub code: Option<&'static str>,
    /// A lowercase fragment that names the thing.
    pub message: String,
    /// `None` when there is no text to point at, as with a missing file.
    pub primary: Option<Label>,
    pub secondary: Vec<Label>,
    /// What to do next.
    pub hint: Option<String>,
}

impl Diagnostic {
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(Severity::Error, message)
    }

    pub fn warning(message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, message)
    }

    pub fn advice(message: impl Into<String>) -> Self {
        Self::new(Severity::Hint, message)
    }

    pub fn new(severity: Severity, message: impl Into<String>) -> Self {
        Self {
            severity,
            code: None,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            hint: None,
        }
    }

    #[must_use]
    pub fn at(mut self, at: Span) -> Self {
        self.primary = Some(Label { at, text: None });
        self
    }

    /// Text beside the caret; without effect before [`Self::at`].
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(primary) = &mut self.primary {
            primary.text = Some(text.into());
        }
        self
    }

    /// Another place that has to do with it.
    #[must_use]
    pub fn also(mut self, at: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label {
            at,
            text: Some(text.into()),
        });
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// The file it is about.
    pub fn file(&self) -> Option<FileId> {
        self.primary.as_ref().map(|label| label.at.file)
    }

    /// Message, excerpt with caret, and hint; without a newline at the end.
    pub fn render(&self, sources: &Sources, style: Style) -> String {
        rendering::render(self, sources, style)
    }

    /// `tests/main.yaml:12:7: error: message`.
    pub fn line(&self, sources: &Sources) -> String {
        rendering::line(self, sources)
    }
}

/// The problems found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    pub fn extend(&mut self, other: Self) {
        self.list.extend(other.list);
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.list.iter()
    }

    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.list.iter_mut()
    }

    /// Leaves out those that `keep` does not want.
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.list.retain(keep);
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    pub fn hints(&self) -> usize {
        self.count(Severity::Hint)
    }

    fn count(&self, severity: Severity) -> usize {
        self.list
            .iter()
            .filter(|one| one.severity == severity)
            .count()
    }

    /// In the order of files and places, those without a place first; each once, though an alias shows it twice.
    pub fn sort(&mut self) {
        self.list.sort_by_key(|one| {
            one.primary
                .as_ref()
                .map(|label| (label.at.file, label.at.start))
        });
        self.list.dedup();
    }

    /// All of them with a blank line between; of a flood the first are shown and the rest is counted, so that warnings never
    /// hide an error. Ends with a newline unless empty.
    pub fn render(&self, sources: &Sources, style: Style) -> String {
        let mut out = String::new();
        let (mut errors, mut warnings, mut advice) = (0, 0, 0);
        for one in &self.list {
            let (count, most) = match one.severity {
                Severity::Error => (&mut errors, MAX_ERRORS),
                Severity::Warning => (&mut warnings, MAX_WARNINGS),
                Severity::Hint => (&mut advice, MAX_WARNINGS),
            };
            *count += 1;
            if *count > most {
                continue;
            }
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(&one.render(sources, style));
            out.push('\n');
        }
        for (count, most, noun) in [
            (errors, MAX_ERRORS, "error"),
            (warnings, MAX_WARNINGS, "warning"),
            (advice, MAX_WARNINGS, "hint"),
        ] {
            if let Some(more @ 1..) = count.checked_sub(most) {
                let plural = if more == 1 { "" } else { "s" };
                // Writing to a String cannot fail.
                let _ = writeln!(out, "\n… and {more} more {noun}{plural}");
            }
        }
        out
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(one: Diagnostic) -> Self {
        Self { list: vec![one] }
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
