//! A diagnostic as text: the user's line, a caret below it, the hint. Nothing of the user's text reaches the terminal unescaped.

use std::{borrow::Cow, fmt::Write as _, ops::Range};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Label, Severity};
use crate::source::{Sources, Span};

/// How a diagnostic is shown; the caller knows its terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub colour: bool,
    /// In columns.
    pub width: u16,
}

impl Style {
    pub const PLAIN: Self = Self {
        colour: false,
        width: 100,
    };
    pub const COLOURED: Self = Self {
        colour: true,
        width: 100,
    };
}

/// Longest name shown within a message, in characters.
const MAX_NAME: usize = 60;
/// Longest message, label or hint.
const MAX_TEXT: usize = 400;
/// Narrower terminals are treated like one of this many columns.
const MIN_WIDTH: usize = 40;
/// Lines between two labels that are shown; more are folded.
const MAX_GAP: usize = 5;
/// Room for the line number and the bar before an excerpt.
const MARGIN: usize = 12;

/// A name of the user's between backquotes, shortened and with control characters escaped.
pub fn quoted(name: &str) -> String {
    format!("`{}`", clip(name, MAX_NAME))
}

/// At most `limit` characters of the text, with an ellipsis where it was cut and control characters escaped.
pub fn clip(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == limit {
            out.push('…');
            break;
        }
        if is_unprintable(c) {
            let _ = match c {
                '\n' => write!(out, "\\n"),
                '\t' => write!(out, "\\t"),
                '\r' => write!(out, "\\r"),
                c if u32::from(c) < 0x100 => write!(out, "\\x{:02x}", u32::from(c)),
                c => write!(out, "\\u{{{:x}}}", u32::from(c)),
            };
        } else {
            out.push(c);
        }
    }
    out
}

/// Control characters, and those that change the direction or the width of what follows.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A message, label or hint as it may be shown.
fn safe(text: &str) -> String {
    clip(text, MAX_TEXT)
}

pub(super) fn line(one: &Diagnostic, sources: &Sources) -> String {
    let word = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    };
    let code = one.code.map(|code| format!("[{code}]")).unwrap_or_default();
    let message = safe(&one.message);
    match &one.primary {
        Some(label) => {
            let place = sources.place(label.at);
            format!(
                "{}:{}:{}: {word}{code}: {message}",
                clip(&place.file, MAX_TEXT),
                place.line,
                place.column
            )
        }
        None => format!("{word}{code}: {message}"),
    }
}

pub(super) fn render(one: &Diagnostic, sources: &Sources, style: Style) -> String {
    let level = match one.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Hint => Level::INFO.with_name("hint"),
    };
    let mut title = level.primary_title(safe(&one.message));
    if let Some(code) = one.code {
        title = title.id(code);
    }
    let mut group = Group::with_title(title);
    let width = usize::from(style.width).max(MIN_WIDTH);
    if let Some(primary) = &one.primary {
        group = excerpts(group, one, primary, sources, width - MARGIN);
    }
    if let Some(hint) = &one.hint {
        group = group.element(Level::HELP.message(safe(hint)));
    }
    let renderer = if style.colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // The lines are cut to the width here; the renderer's own cutting would only get in the way.
    let text = renderer.term_width(width * 4).render(&[group]);
    // The renderer marks a snippet without a path of its own by a line that says nothing.
    let lines = text
        .lines()
        .filter(|line| anstream::adapter::strip_str(line).to_string().trim() != ":::");
    lines.collect::<Vec<_>>().join("\n")
}

/// The line of the primary label and those of the secondary ones, each line on its own; those of other files after it.
fn excerpts<'a>(
    mut group: Group<'a>,
    one: &Diagnostic,
    primary: &Label,
    sources: &Sources,
    width: usize,
) -> Group<'a> {
    let place = sources.place(primary.at);
    let (row, column) = (place.line as usize, place.column as usize);
    group = group.element(
        Origin::path(clip(&place.file, MAX_TEXT))
            .line(row)
            .char_column(column),
    );
    let mut lines = vec![Excerpt::new(
        primary,
        row,
        AnnotationKind::Primary,
        sources,
        width,
    )];
    for label in &one.secondary {
        let other = sources.place(label.at).line as usize;
        let line = Excerpt::new(label, other, AnnotationKind::Context, sources, width);
        // Two labels in one line need the same piece of it.
        let fits = other != row || lines.iter().all(|first| first.text == line.text);
        if label.at.file == primary.at.file && fits {
            lines.push(line);
        }
    }
    lines.sort_by_key(|line| line.row);
    // One snippet holds all lines, empty ones between them, which the renderer folds.
    let Some(first) = lines.first().map(|line| line.row) else {
        return group;
    };
    let mut text = String::new();
    let mut annotations = Vec::new();
    let mut row = first;
    for line in lines {
        let start = if line.row == row && !text.is_empty() {
            text.rfind('\n').map_or(0, |newline| newline + 1)
        } else {
            let gap = line.row - row;
            while row < line.row {
                text.push('\n');
                row += 1;
                if row < line.row && gap <= MAX_GAP {
                    text.push_str(&plain_line(&sources.get(primary.at.file).text, row, width));
                }
            }
            let start = text.len();
            text.push_str(&line.text);
            start
        };
        let range = start + line.range.start..start + line.range.end;
        annotations.push(line.kind.span(range).label(line.label));
    }
    group = group.element(
        Snippet::source(text)
            .line_start(first)
            .annotations(annotations),
    );
    // A place in another file has an excerpt of its own.
    for label in &one.secondary {
        if label.at.file != primary.at.file {
            let place = sources.place(label.at);
            let row = place.line as usize;
            let line = Excerpt::new(label, row, AnnotationKind::Context, sources, width);
            let annotation = line.kind.span(line.range).label(line.label);
            group = group.element(
                Snippet::source(line.text)
                    .path(clip(&place.file, MAX_TEXT))
                    .line_start(row)
                    .annotation(annotation),
            );
        }
    }
    group
}

/// A line without a label, as far as it fits.
fn plain_line(text: &str, row: usize, width: usize) -> String {
    let line = text
        .split('\n')
        .nth(row - 1)
        .unwrap_or_default()
        .trim_end_matches('\r');
    line.chars().take(width).map(visible).collect()
}

/// One line of a file, cut to the width around its label and made printable.
struct Excerpt {
    row: usize,
    text: String,
    range: Range<usize>,
    label: Option<String>,
    kind: AnnotationKind,
}

impl Excerpt {
    fn new(
        label: &Label,
        row: usize,
        kind: AnnotationKind,
        sources: &Sources,
        width: usize,
    ) -> Self {
        let text = &sources.get(label.at.file).text;
        let (line, start, end) = line_around(text, label.at);
        // As many characters before the label as leave room for the label itself, the rest after it.
        let marked = line[start..end].chars().count().clamp(1, width);
        let before = line[..start].chars().count();
        let skipped = before.saturating_sub(width - marked);
        let mut shown = String::new();
        let mut range = 0..0;
        if skipped > 0 {
            shown.push('…');
        }
        let mut at = 0;
        for (index, c) in line.chars().enumerate() {
            if index >= skipped {
                if index - skipped >= width {
                    shown.push('…');
                    break;
                }
                if at == start {
                    range.start = shown.len();
                }
                shown.push_str(&visible(c));
                if at < end {
                    range.end = shown.len();
                }
            }
            at += c.len_utf8();
        }
        if start >= line.len() {
            range.start = shown.len();
        }
        range.end = range.end.max(range.start);
        Self {
            row,
            text: shown,
            range,
            label: label.text.as_deref().map(safe),
            kind,
        }
    }
}

/// A character as an excerpt shows it: one column for one character, so that the caret stays right.
fn visible(c: char) -> Cow<'static, str> {
    match c {
        '\t' => " ".into(),
        '\0'..='\u{1f}' => char::from_u32(u32::from(c) + 0x2400)
            .unwrap_or('\u{fffd}')
            .to_string()
            .into(),
        c if is_unprintable(c) => "\u{fffd}".into(),
        c => c.to_string().into(),
    }
}

/// The line a span starts in, and where in it the span starts and ends.
fn line_around(text: &str, at: Span) -> (&str, usize, usize) {
    let mut start = (at.start as usize).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[start..]
        .find('\n')
        .map_or(text.len(), |newline| start + newline);
    let line = text[line_start..line_end].trim_end_matches('\r');
    let start = (start - line_start).min(line.len());
    let mut end = (at.end as usize)
        .saturating_sub(line_start)
        .clamp(start, line.len());
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    (line, start, end.max(start))
}
