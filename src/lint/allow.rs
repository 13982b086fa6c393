//! `# rehearse: allow(L21)` in a YAML or Python file: findings that somebody has looked at and keeps.

use super::catalogue::{self, Rule};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::fields::nearest,
    source::{FileId, Sources, Span},
};

const MARK: &str = "rehearse:";

/// One id in one such comment.
struct Allowance {
    rule: &'static Rule,
    at: Span,
    /// The line it is about, from 0.
    line: usize,
    used: bool,
}

/// Leaves out what the files allow; adds an error for every allowance that names no rule, and a warning for every one that silences
/// nothing. `code_was_read` says whether the rules that read Python have had their turn.
pub fn apply(found: &mut Diagnostics, sources: &Sources, code_was_read: bool) {
    let mut problems = Diagnostics::default();
    let mut allowances = Vec::new();
    for (file, source) in sources.iter() {
        let name = source.name.to_ascii_lowercase();
        if [".yaml", ".yml", ".py"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            read(file, &source.text, &mut allowances, &mut problems);
        }
    }
    found.retain(|one| {
        let (Some(code), Some(label)) = (one.code, &one.primary) else {
            return true;
        };
        let line = sources.place(label.at).line as usize;
        let mut kept = true;
        for allowance in &mut allowances {
            let same = allowance.at.file == label.at.file && allowance.line + 1 == line;
            if same && allowance.rule.id == code {
                allowance.used = true;
                kept = false;
            }
        }
        kept
    });
    for allowance in allowances {
        if allowance.used || (allowance.rule.reads_code && !code_was_read) {
            continue;
        }
        let problem = Diagnostic::warning(format!("nothing here breaks {}", allowance.rule.id));
        problems.push(problem.at(allowance.at).hint("take this allow out"));
    }
    found.extend(problems);
}

fn read(file: FileId, text: &str, allowances: &mut Vec<Allowance>, problems: &mut Diagnostics) {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut start = 0;
    for (index, line) in lines.iter().enumerate() {
        let line_start = start;
        start += line.len();
        let Some(offset) = comment(line).and_then(|at| Some(at + marked(&line[at..])?)) else {
            continue;
        };
        let about = match line[..offset].trim().is_empty() {
            true => {
                let next = |line: &&str| !line.trim_start().starts_with('#');
                index
                    + 1
                    + lines[index + 1..]
                        .iter()
                        .take_while(|line| !next(line))
                        .count()
            }
            false => index,
        };
        let span = |piece: &str| {
            let offset = piece.as_ptr() as usize - line.as_ptr() as usize + line_start;
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            Span {
                file,
                start: count(offset),
                end: count(offset + piece.len()),
            }
        };
        let comment = line[offset..].trim_end();
        let Some(ids) = ids(comment).filter(|ids| ids.split(',').any(|id| !id.trim().is_empty()))
        else {
            let problem = Diagnostic::warning("this comment allows nothing").at(span(comment));
            problems.push(problem.hint("write `# rehearse: allow(L21)`, several ids with commas"));
            continue;
        };
        for id in ids.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            match catalogue::find(id) {
                Some(rule) => allowances.push(Allowance {
                    rule,
                    at: span(id),
                    line: about,
                    used: false,
                }),
                None if catalogue::is_about_csharp(id) => {
                    let message = format!("{} is about C# code, which is not checked", quoted(id));
                    let problem = Diagnostic::warning(message).at(span(id));
                    problems.push(problem.hint("take this allow out"));
                }
                None => {
                    let problem = Diagnostic::error(format!("no rule {}", quoted(id)));
                    let known = nearest(id, catalogue::RULES.iter().map(|rule| rule.id));
                    problems.push(problem.at(span(id)).hint(match known {
                        Some(near) => format!("did you mean {near}?"),
                        None => "`rehearse explain` lists the rules".into(),
                    }));
                }
            }
        }
    }
}

/// Where the comment of a line starts: a `#` at its start or after a space, outside of quotes.
fn comment(line: &str) -> Option<usize> {
    let mut quote: Option<char> = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match quote {
            None if c == '#' && before.is_whitespace() => return Some(at),
            // An apostrophe within a word opens nothing.
            None if matches!(c, '"' | '\'') && !before.is_alphanumeric() => quote = Some(c),
            Some(open) if c == open && before != '\\' => quote = None,
            _ => {}
        }
        before = c;
    }
    None
}

/// Where the `#` before our mark stands in a comment, which may hold other tools' marks before it.
fn marked(comment: &str) -> Option<usize> {
    comment
        .match_indices('#')
        .map(|(at, _)| at)
        .find(|at| comment[at + 1..].trim_start().starts_with(MARK))
}

/// What stands in the parentheses of `# rehearse: allow(…)`.
fn ids(comment: &str) -> Option<&str> {
    let (_, rest) = comment.split_once(MARK)?;
    let rest = rest.trim_start().strip_prefix("allow")?.trim_start();
    let (ids, _) = rest.strip_prefix('(')?.split_once(')')?;
    Some(ids)
}
