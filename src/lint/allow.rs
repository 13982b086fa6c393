//! `# rehearse: allow(L21)` in a YAML or Python file: findings that somebody has looked at and keeps.

use std::ops::RangeInclusive;

use super::catalogue::{self, Rule};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{fields::nearest, yaml::long_values},
    source::{FileId, LongValues, Sources, Span},
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
        let python = is_python(&source.name);
        if python || is_yaml(&source.name) {
            let none = LongValues::new();
            let long = match python {
                true => &none,
                false => sources.long_values(file, long_values),
            };
            read(file, &source.text, long, &mut allowances, &mut problems);
        }
    }
    found.retain(|one| {
        let (Some(code), Some(label)) = (one.code, &one.primary) else {
            return true;
        };
        let lines = lines(label.at, sources);
        let mut kept = true;
        for allowance in &mut allowances {
            let same = allowance.at.file == label.at.file && lines.contains(&allowance.line);
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

fn is_python(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".py")
}

fn is_yaml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".yaml") || name.ends_with(".yml")
}

/// The lines of what a finding is about, from 0: all of a value's, wherever in it the finding points.
fn lines(at: Span, sources: &Sources) -> RangeInclusive<usize> {
    let (mut start, mut end) = (at.start, at.end);
    if is_yaml(&sources.get(at.file).name) {
        let long = sources.long_values(at.file, long_values);
        if let Some((&first, &last)) = long.range(..=at.start).next_back()
            && at.start < last
        {
            // Before a block stands the line with `|` or `>`.
            let text = &sources.get(at.file).text;
            let before = text.get(..first as usize).unwrap_or_default();
            let above = before.trim_end();
            let alone = before[above.len()..].contains('\n');
            let above = u32::try_from(above.len()).unwrap_or(u32::MAX);
            (start, end) = (if alone { above } else { first }, last);
        }
    }
    let line = |start: u32| sources.place(Span { start, ..at }).line as usize - 1;
    line(start)..=line(end.max(start))
}

fn read(
    file: FileId,
    text: &str,
    long: &LongValues,
    allowances: &mut Vec<Allowance>,
    problems: &mut Diagnostics,
) {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut start = 0;
    for (index, line) in lines.iter().enumerate() {
        let line_start = start;
        start += line.len();
        // What stands within a value is no comment.
        let place = |offset: usize| u32::try_from(line_start + offset).unwrap_or(u32::MAX);
        let end_before = |offset: usize| {
            let value = long.range(..=place(offset)).next_back();
            value.map_or(0, |(_, &end)| (end as usize).saturating_sub(line_start))
        };
        let within = end_before(0);
        let offset = line.get(within..).and_then(|rest| {
            let at = within + comment(rest)?;
            Some(at + marked(&line[at..])?)
        });
        let offset = offset.filter(|&offset| end_before(offset) <= offset);
        let Some(offset) = offset else {
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
        .find(|at| after(comment[at + 1..].trim_start(), MARK).is_some())
}

/// What follows `start` in any letter case.
fn after<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let (begin, rest) = text.split_at_checked(start.len())?;
    begin.eq_ignore_ascii_case(start).then_some(rest)
}

/// What stands in the parentheses of `# rehearse: allow(…)`.
fn ids(comment: &str) -> Option<&str> {
    let rest = after(comment.trim_start_matches('#').trim_start(), MARK)?;
    let rest = after(rest.trim_start(), "allow")?.trim_start();
    let (ids, _) = rest.strip_prefix('(')?.split_once(')')?;
    Some(ids)
}
