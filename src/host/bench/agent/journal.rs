//! The agent's logs: what it did, and who asked it for what.

use std::collections::VecDeque;

use serde_json::{Value as Json, json};

use super::{
    calendar::{Calendar, Moment},
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

/// Older lines are dropped, as an agent drops its oldest log file.
const MOST_LINES: usize = 20_000;
const DEFAULT_TAIL: usize = 100;

/// Lines with their times, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    lines: VecDeque<(Moment, String)>,
}

impl Journal {
    /// Adds a line; whatever a client sends into it, it stays one.
    pub fn note(&mut self, at: Moment, line: &str) {
        if self.lines.len() == MOST_LINES {
            self.lines.pop_front();
        }
        let line = line.replace(|c: char| c.is_control(), " ");
        self.lines.push_back((at, line));
    }

    /// The last `tail` lines; 0: all of them.
    fn tail(&self, tail: usize, calendar: &Calendar) -> Json {
        let skipped = match tail {
            0 => 0,
            tail => self.lines.len().saturating_sub(tail),
        };
        self.lines
            .iter()
            .skip(skipped)
            .map(|(at, line)| json!(format!("{} {line}", calendar.text_of(*at))))
            .collect()
    }

    /// All of it, as the file a station keeps.
    pub fn text(&self, calendar: &Calendar) -> String {
        let lines = self.lines.iter();
        lines
            .map(|(at, line)| format!("{} {line}\n", calendar.text_of(*at)))
            .collect()
    }

    /// When it was written last.
    pub fn modified(&self) -> Option<Moment> {
        self.lines.back().map(|(at, _)| *at)
    }
}

impl Agent {
    pub(super) fn system_log(&mut self, call: &Call) -> Answer {
        let lines = self.system_journal.tail(tail(call)?, &self.calendar);
        Ok(Reply::json(&lines))
    }

    pub(super) fn audit_log(&mut self, call: &Call) -> Answer {
        let lines = self.audit_journal.tail(tail(call)?, &self.calendar);
        Ok(Reply::json(&lines))
    }
}

fn tail(call: &Call) -> Result<usize, Problem> {
    let Some(text) = call.query("tail")? else {
        return Ok(DEFAULT_TAIL);
    };
    text.parse().map_err(|_| {
        Problem::bad_request(format!(
            "tail must be a whole number of lines, 0 for all of them, not \"{text}\""
        ))
    })
}
