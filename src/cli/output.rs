//! Writing to the user's streams.

use std::{
    fmt::Display,
    io::{self, Write},
};

use crate::{
    diagnostic::{Diagnostic, Diagnostics, Style},
    source::Sources,
};

/// It cannot be done as it was asked for, and the user has been told why.
pub struct Refused;

/// Writes a line to stderr. A stderr that is gone leaves nobody to tell.
pub fn say(text: impl Display) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes diagnostics to stderr.
pub fn show(diagnostics: &Diagnostics, sources: &Sources, style: Style) {
    let _ = write!(
        io::stderr().lock(),
        "{}",
        diagnostics.render(sources, style)
    );
}

/// Writes one diagnostic to stderr.
pub fn show_one(diagnostic: Diagnostic, sources: &Sources, style: Style) {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(diagnostic);
    show(&diagnostics, sources, style);
}

/// "1 error", "2 errors".
pub fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
