//! What is wrong with a text that is no YAML, in words that say what to do.

use crate::{
    diagnostic::Diagnostic,
    source::{FileId, Span},
};

/// What YAML allows a key that is not marked by `?`.
const MAX_KEY: usize = 1024;

/// A control character YAML forbids; the parser would take a NUL for the end of the file.
pub fn unprintable(text: &str, file: FileId) -> Option<Diagnostic> {
    let (start, c) = text
        .char_indices()
        .find(|(_, c)| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}'))?;
    let problem = match c {
        '\0' => Diagnostic::error("a NUL byte is no YAML text")
            .hint("is this a text file, saved as UTF-8?"),
        c => Diagnostic::error(format!(
            "control character U+{:04X} is no YAML text",
            u32::from(c)
        ))
        .hint(format!(
            "remove it, or write \"\\x{:02x}\" in double quotes",
            u32::from(c)
        )),
    };
    Some(problem.at(span(file, start, start + c.len_utf8())))
}

/// The parser's error `info` at byte `at`.
pub fn explain(info: &str, at: usize, text: &str, file: FileId) -> Diagnostic {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let after = || {
        info.contains("tab")
            .then(|| tab_in_indentation(text, next_line(text, at)?))
            .flatten()
    };
    if let Some(tab) = tab_in_indentation(text, at).or_else(after) {
        return Diagnostic::error("tab in the indentation")
            .at(span(file, tab, tab + 1))
            .hint("YAML indents with spaces");
    }
    if info == "mapping values are not allowed in this context" && is_long_key(text, at) {
        let start = line_start(text, at);
        return Diagnostic::error(format!("a key of more than {MAX_KEY} characters"))
            .at(span(file, start, at))
            .hint("is this meant to be a value?");
    }
    let (message, hint) = meaning(info);
    let length = text[at..]
        .chars()
        .next()
        .filter(|c| *c != '\n' && *c != '\r')
        .map_or(0, char::len_utf8);
    let problem =
        Diagnostic::error(format!("not valid YAML: {message}")).at(span(file, at, at + length));
    match hint.or_else(|| template_hint(text, at)) {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}

/// The first tab before the content of the line at `at`, or of a line nearby that the parser may mean.
fn tab_in_indentation(text: &str, at: usize) -> Option<usize> {
    let mut start = line_start(text, at);
    for _ in 0..3 {
        let line = text[start..].lines().next().unwrap_or_default();
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        // `-<tab>name: x` indents a mapping as well.
        let dash = line[indentation..]
            .starts_with("-\t")
            .then_some(indentation + 1);
        if let Some(tab) = line[..indentation].find('\t').or(dash) {
            return Some(start + tab);
        }
        start = line_start(text, start.checked_sub(1)?);
    }
    None
}

/// Whether all that stands before the `:` at `at` is one key too long for YAML.
fn is_long_key(text: &str, at: usize) -> bool {
    let before = &text[line_start(text, at)..at];
    before.len() > MAX_KEY && !before.contains(": ")
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

fn next_line(text: &str, at: usize) -> Option<usize> {
    text[at..].find('\n').map(|newline| at + newline + 1)
}

fn template_hint(text: &str, at: usize) -> Option<&'static str> {
    let line = text[line_start(text, at)..].lines().next()?;
    let value = line
        .split_once(": ")
        .map_or(line.trim_start_matches([' ', '-']), |(_, value)| value);
    value
        .trim_start()
        .starts_with("{{")
        .then_some("put quotes around a value that starts with a template: \"{{name}}\"")
}

/// The parser's words where they help, ours where they would not.
fn meaning(info: &str) -> (String, Option<&'static str>) {
    let ours: (&str, Option<&'static str>) = match info {
        "while parsing node, found unknown anchor" => (
            "this alias has no anchor",
            Some(
                "`*name` repeats a value marked `&name` before it; put quotes around a text that starts with `*`",
            ),
        ),
        "mapping values are not allowed in this context" => (
            "a second `: ` in one line, or a wrong indentation",
            Some("put quotes around a text that contains `: `, and align the keys of a mapping"),
        ),
        "while parsing a block mapping, did not find expected key" => (
            "expected a key here",
            Some("the keys of a mapping start in the same column, each followed by `: `"),
        ),
        "while parsing a block collection, did not find expected '-' indicator" => (
            "expected the next item of the list here",
            Some("the items of a list start with `- ` in the same column"),
        ),
        "simple key expected" | "simple key expect ':'" => (
            "expected `: ` after a key",
            Some("write `key: value`, with a space after the colon"),
        ),
        "while scanning a quoted scalar, found unexpected end of stream" => (
            "a quoted text has no end",
            Some("close it with the quote it starts with"),
        ),
        "while parsing a quoted scalar, found unknown escape character" => (
            "unknown escape in double quotes",
            Some("write `\\\\` for a backslash, or use single quotes"),
        ),
        "while parsing a flow sequence, expected ',' or ']'" => ("expected `,` or `]`", None),
        "while parsing a flow mapping, did not find expected ',' or '}'" => {
            ("expected `,` or `}`", None)
        }
        "invalid trailing content after double-quoted scalar" => (
            "something follows a closing quote",
            Some("write a quote within single quotes twice: 'it''s'"),
        ),
        "block sequence entries are not allowed in this context" => (
            "a list can't start here",
            Some("start its first item on a line of its own"),
        ),
        "illegal placement of ':' indicator" => (
            "`:` can't stand here",
            Some("is a bracket or a quote before it not closed?"),
        ),
        "did not find expected <document start>" => (
            "something follows the end of the document",
            Some("indent it below `test:`, or put quotes around a text with special characters"),
        ),
        "recursion limit exceeded" => ("brackets are nested too deep", None),
        "unexpected eof" => ("the file ends too early", None),
        "a byte order mark must not appear inside a document" => {
            ("a byte order mark inside the file", Some("remove it"))
        }
        "while parsing a node, did not find expected node content" => {
            ("expected a value here", None)
        }
        "unexpected character: `@'" | "unexpected character: ``'" => (
            "a value can't start with this character",
            Some("put quotes around the text"),
        ),
        "unexpected character: `%'" => (
            "a value can't start with `%`",
            Some("put quotes around the text"),
        ),
        other => {
            return (
                other
                    .replace("while parsing ", "in ")
                    .replace("while scanning ", "in "),
                None,
            );
        }
    };
    (ours.0.to_owned(), ours.1)
}

fn span(file: FileId, start: usize, end: usize) -> Span {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span {
        file,
        start: count(start),
        end: count(end),
    }
}
