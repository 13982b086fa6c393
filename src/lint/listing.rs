//! The findings of a check as other programs read them: what all formats share.

use serde_json::{Value as Json, json};

use crate::{
    diagnostic::{Diagnostic, Diagnostics, Severity},
    source::{Place, Sources},
};

/// The findings of one package.
#[derive(Clone, Copy)]
pub struct Listing<'a> {
    /// The package's folder as it was named.
    pub package: &'a str,
    /// The way from the current folder to the package's, with forward slashes; empty if they are the same.
    pub folder: &'a str,
    pub findings: &'a Diagnostics,
    pub sources: &'a Sources,
}

/// Where a finding begins and ends.
pub(super) struct Region {
    pub start: Place,
    pub end: Place,
}

impl Listing<'_> {
    pub(super) fn region(&self, finding: &Diagnostic) -> Option<Region> {
        let at = finding.primary.as_ref()?.at;
        let end = crate::source::Span {
            start: at.end,
            ..at
        };
        Some(Region {
            start: self.sources.place(at),
            end: self.sources.place(end),
        })
    }

    /// A file of the package as seen from the current folder.
    pub(super) fn path(&self, file: &str) -> String {
        match self.folder {
            "" | "." => file.to_owned(),
            folder => format!("{}/{file}", folder.trim_end_matches('/')),
        }
    }

    /// One document for other programs, schema `rehearsal/check/1`.
    pub fn json(&self) -> String {
        let findings = self.findings.iter().map(|one| {
            let region = self.region(one);
            let start = region.as_ref().map(|region| &region.start);
            let end = region.as_ref().map(|region| &region.end);
            json!({
                "rule": one.code,
                "severity": word(one.severity),
                "message": one.message,
                "hint": one.hint,
                "file": start.map(|place| &place.file),
                "line": start.map(|place| place.line),
                "column": start.map(|place| place.column),
                "end_line": end.map(|place| place.line),
                "end_column": end.map(|place| place.column),
                "page": one.code.map(|code| format!("docs/rules/{code}.md")),
            })
        });
        let document = json!({
            "schema": "rehearsal/check/1",
            "package": self.package,
            "findings": findings.collect::<Vec<Json>>(),
            "errors": self.findings.errors(),
            "warnings": self.findings.warnings(),
            "hints": self.findings.hints(),
        });
        pretty(&document)
    }
}

pub(super) fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

/// Message and hint in one text.
pub(super) fn said(finding: &Diagnostic) -> String {
    match &finding.hint {
        Some(hint) => format!("{}\n{hint}", finding.message),
        None => finding.message.clone(),
    }
}

pub(super) fn pretty(document: &Json) -> String {
    format!("{document:#}\n")
}
