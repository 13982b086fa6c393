//! `rehearse bench`: recordings for people.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{Surroundings, output::say};
use crate::{
    exit::Exit,
    host::cassette::{Cassette, Entry, Exchange, action, answers, differences, shown},
};

/// Show a recording of a bench, or compare two
#[derive(Args, Debug)]
pub struct Bench {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print a recording as a conversation, step by step
    Show { file: PathBuf },
    /// Say where two recordings differ; ends with 1 when they do
    Diff { old: PathBuf, new: PathBuf },
}

impl Bench {
    pub fn execute(&self, surroundings: &Surroundings) -> Exit {
        let read = |file: &Path| {
            Cassette::read(&surroundings.current.join(file)).map_err(|error| {
                say(format_args!("error: {error}"));
            })
        };
        match &self.command {
            Command::Show { file } => match read(file) {
                Ok(cassette) => print(&conversation(&cassette), Exit::Pass),
                Err(()) => Exit::NothingRan,
            },
            Command::Diff { old, new } => match (read(old), read(new)) {
                (Ok(old), Ok(new)) => {
                    let found = compared(&old, &new);
                    let exit = if found.is_empty() {
                        Exit::Pass
                    } else {
                        Exit::NotPassed
                    };
                    print(&found, exit)
                }
                _ => Exit::NothingRan,
            },
        }
    }
}

fn print(lines: &[String], exit: Exit) -> Exit {
    let mut text = lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => exit,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit,
        Err(error) => {
            say(format_args!("error: failed to write to stdout: {error}"));
            Exit::ReportNotWritten
        }
    }
}

fn conversation(cassette: &Cassette) -> Vec<String> {
    let header = &cassette.header;
    let mut lines = vec![format!(
        "{}, {}, {} bench, recorded {}",
        header.package, header.test, header.bench, header.started
    )];
    let several = cassette.entries.iter().any(|entry| entry.connection > 1);
    let mut before = None;
    for entry in said(cassette) {
        let step = (
            entry.step.as_deref().unwrap_or("before the first step"),
            entry.attempt,
        );
        if before != Some(step) {
            lines.push(String::new());
            lines.push(step.0.into());
        }
        before = Some(step);
        let which = if several && entry.connection > 0 {
            format!("#{} ", entry.connection)
        } else {
            String::new()
        };
        let place = entry.line.as_ref().map(|line| format!("  # {line}"));
        lines.push(format!(
            "  {}  {which}{}{}",
            time(entry.at),
            action(entry),
            place.unwrap_or_default()
        ));
        let answer = match (&entry.connect, &entry.http) {
            (Some(connect), _) => connect.error.as_ref().map(|error| error.message.clone()),
            (_, Some(http)) => Some(answer(http)),
            _ => None,
        };
        if let Some(answer) = answer {
            lines.push(format!("  {:12}{answer}  ({})", "", took(entry.took)));
        }
    }
    if cassette.torn {
        lines.push("\nthe recording was cut short here".into());
    }
    lines
}

fn answer(http: &Exchange) -> String {
    let status = http
        .status
        .map_or("no answer".into(), |status| status.to_string());
    let reply = http
        .reply
        .as_ref()
        .map(|reply| format!(" {}", shown(reply)));
    let end = http.closed.map(|end| format!(", {}", end.shown()));
    format!(
        "{status}{}{}",
        reply.unwrap_or_default(),
        end.unwrap_or_default()
    )
}

fn time(nanoseconds: u64) -> String {
    let milliseconds = nanoseconds / 1_000_000;
    format!("{:4}.{:03} s", milliseconds / 1000, milliseconds % 1000)
}

fn took(nanoseconds: u64) -> String {
    match nanoseconds / 1_000_000 {
        0 => "<1 ms".into(),
        milliseconds => format!("{milliseconds} ms"),
    }
}

/// What of two recordings differs, a line each: `-` is in the old one only, `+` in the new one, `~` the same request with something else in it.
pub fn compared(old: &Cassette, new: &Cassette) -> Vec<String> {
    let ignore = [&*old.header.ignore, &*new.header.ignore].concat();
    let old = said(old);
    let new = said(new);
    let keys = |entries: &[&Entry]| -> Vec<_> {
        let keys = entries.iter().map(|entry| (entry.step.clone(), key(entry)));
        keys.collect()
    };
    let mut lines = Vec::new();
    let mut step = None;
    let mut say = |entry: &Entry, line: String| {
        if step.as_ref() != Some(&entry.step) {
            lines.push(
                entry
                    .step
                    .clone()
                    .unwrap_or_else(|| "before the first step".into()),
            );
            step = Some(entry.step.clone());
        }
        lines.push(format!("  {line}"));
    };
    for change in capture_diff_slices(Algorithm::Myers, &keys(&old), &keys(&new)) {
        let (removed, added) = (
            old.get(change.old_range()).unwrap_or_default(),
            new.get(change.new_range()).unwrap_or_default(),
        );
        if let DiffOp::Equal { .. } = change {
            for (old, now) in removed.iter().zip(added) {
                let found = within(old, now, &ignore);
                if !found.is_empty() {
                    say(now, format!("~ {}", action(now)));
                    found
                        .into_iter()
                        .for_each(|line| say(now, format!("    {line}")));
                }
            }
            continue;
        }
        removed
            .iter()
            .for_each(|entry| say(entry, format!("- {}", action(entry))));
        added
            .iter()
            .for_each(|entry| say(entry, format!("+ {}", action(entry))));
    }
    lines
}

fn said(cassette: &Cassette) -> Vec<&Entry> {
    let entries = cassette.entries.iter();
    entries.filter(|entry| entry.says_something()).collect()
}

/// What makes two entries the same one: all but what is in them.
fn key(entry: &Entry) -> String {
    match &entry.http {
        Some(http) => format!("{} {}", http.method, http.path),
        None => action(entry),
    }
}

fn within(old: &Entry, new: &Entry, ignore: &[String]) -> Vec<String> {
    if let (Some(old), Some(new)) = (&old.http, &new.http) {
        let found = differences(old, new, ignore).into_iter();
        return found
            .chain(answers(old, new, ignore))
            .map(|its| format!("{}: {} -> {}", its.field, its.expected, its.actual))
            .collect();
    }
    let (was, is) = (outcome(old), outcome(new));
    if was == is {
        return Vec::new();
    }
    vec![format!("{was} -> {is}")]
}

/// What came of an entry that is no exchange over HTTP.
fn outcome(entry: &Entry) -> String {
    let error = entry
        .connect
        .as_ref()
        .and_then(|connect| connect.error.as_ref());
    match (error, entry.closed) {
        (Some(error), _) => error.message.clone(),
        (None, Some(closed)) => closed.shown().into(),
        (None, None) => "connected".into(),
    }
}
