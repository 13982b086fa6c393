//! Text to a syntax tree, or to what is wrong with it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ruff_python_ast::{ModModule, Stmt};
use ruff_python_parser::{ParseError, Parsed, parse_module};

use super::{depth, span};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, clip},
    source::{FileId, Sources},
};

/// The statements of a file, unless it is no Python or more than can be read.
pub fn parse(
    name: &str,
    file: FileId,
    sources: &Sources,
    problems: &mut Diagnostics,
) -> Option<Vec<Stmt>> {
    let text = &sources.get(file).text;
    let shown = clip(name, 200);
    if depth::is_too_deep(text) {
        let problem = format!(
            "`{shown}` is not checked: it nests more than {} levels deep",
            depth::MAX_DEPTH
        );
        let hint = "break up its longest expression; data belongs into a file that the code reads, such as data/table.json";
        problems.push(Diagnostic::warning(problem).hint(hint));
        return None;
    }
    let parsed: Result<Result<Parsed<ModModule>, ParseError>, _> =
        catch_unwind(AssertUnwindSafe(|| parse_module(text)));
    match parsed {
        Ok(Ok(parsed)) => Some(parsed.into_syntax().body.into_iter().collect()),
        Ok(Err(error)) => {
            let mut at = span(file, &error);
            // Errors at a line's end are of no width, and those beyond the text have no character to point at.
            at.end = at.end.max(at.start);
            let message = format!("no valid Python: {}", plain(&error.error.to_string()));
            problems.push(Diagnostic::error(message).at(at));
            None
        }
        Err(_) => {
            let problem = format!("`{shown}` is not checked: the parser failed on it");
            let hint = "this is a defect of Rehearsal; please report it with the file";
            problems.push(Diagnostic::warning(problem).hint(hint));
            None
        }
    }
}

/// The parser's words as a fragment: they begin with a capital letter.
fn plain(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next();
    // `Expected` and the like; not an abbreviation.
    match (first, letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => words.to_owned(),
    }
}
