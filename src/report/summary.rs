//! What is said at the end of a run: counts, verdict, what ended it, and what to do next.

use crate::event::{EndedBy, Mode, Phase, Reason, Routing, RunStarted, Verdict};

use super::{duration::duration, visible::visible};

/// Counts steps as they end.
#[derive(Debug, Default)]
pub struct Summary {
    passed: u32,
    failed: u32,
    aborted: u32,
    skipped: u32,
    not_selected: u32,
    /// Of `steps`, as distinct from setup and teardown: how many there were, and how many were executed.
    steps: u32,
    executed: u32,
    /// Teardown steps skipped because the run was aborted.
    teardown_skipped: u32,
    serial_number: String,
    marks: Vec<String>,
}

impl Summary {
    pub fn of(started: &RunStarted) -> Self {
        Self {
            serial_number: visible(&started.serial_number).into_owned(),
            marks: marks(&started.mode),
            ..Self::default()
        }
    }

    pub fn count(&mut self, phase: Option<Phase>, verdict: Verdict, reason: Option<Reason>) {
        match verdict {
            Verdict::Skipped if reason == Some(Reason::NotSelected) => self.not_selected += 1,
            Verdict::Pass => self.passed += 1,
            Verdict::Fail => self.failed += 1,
            Verdict::Aborted => self.aborted += 1,
            Verdict::Skipped => self.skipped += 1,
        }
        if phase == Some(Phase::Steps) {
            self.steps += 1;
            self.executed += u32::from(verdict != Verdict::Skipped);
        }
        if phase == Some(Phase::Teardown) && reason == Some(Reason::Aborted) {
            self.teardown_skipped += 1;
        }
    }

    /// Serial number and what sets the run apart from one on a station.
    pub fn identity(&self) -> String {
        let mut identity = format!("serial number {}", self.serial_number);
        for mark in &self.marks {
            identity.push_str(", ");
            identity.push_str(mark);
        }
        identity
    }

    /// The counts and the time.
    pub fn totals(&self, nanoseconds: u64) -> String {
        let counts = [
            (self.passed, "passed"),
            (self.failed, "failed"),
            (self.aborted, "aborted"),
            (self.skipped, "skipped"),
            (self.not_selected, "not selected"),
        ];
        let counts: Vec<_> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let counts = if counts.is_empty() {
            "no steps".into()
        } else {
            counts.join(", ")
        };
        format!("{counts}  ({})", duration(nanoseconds))
    }

    pub fn ended_by(ended_by: &EndedBy) -> String {
        match &ended_by.step {
            Some(step) => format!("ended by \"{}\": {}", visible(step), ended_by.rule.as_str()),
            None => format!("ended between two steps: {}", ended_by.rule.as_str()),
        }
    }

    /// What may help the person who reads this.
    pub fn hints(&self, verdict: Verdict) -> Vec<String> {
        let mut hints = Vec::new();
        if verdict == Verdict::Skipped {
            hints.push("no step was executed, so this is no PASS".into());
        }
        if verdict == Verdict::Pass && self.steps > 0 && self.executed == 0 {
            hints.push("none of `steps` was executed; only setup and teardown passed".into());
        }
        if self.teardown_skipped > 0 {
            let steps = if self.teardown_skipped == 1 {
                "step was"
            } else {
                "steps were"
            };
            hints.push(format!(
                "{} teardown {steps} skipped; after an abort only steps with `run_on_abort: true` run",
                self.teardown_skipped
            ));
        }
        hints
    }
}

fn marks(mode: &Mode) -> Vec<String> {
    let mut marks = Vec::new();
    if mode.bench != "live" {
        marks.push(format!("{} bench", visible(&mode.bench)));
    }
    if mode.virtual_time {
        marks.push("virtual time".into());
    }
    if mode.unattended {
        marks.push("unattended".into());
    }
    if mode.debugged {
        marks.push("debugged".into());
    }
    if mode.partial {
        let selection: Vec<_> = mode.selection.iter().map(|its| visible(its)).collect();
        marks.push(
            format!("partial run {}", selection.join(" "))
                .trim_end()
                .into(),
        );
    } else {
        marks.extend(mode.selection.iter().map(|its| visible(its).into_owned()));
    }
    if !mode.stubbed.is_empty() {
        marks.push(format!("from stubs: {}", quoted(&mode.stubbed)));
    }
    if let Some(Routing::Ignored(rule)) = &mode.routing {
        marks.push(format!("routing ignored ({})", visible(rule)));
    }
    if !mode.forced.is_empty() {
        marks.push(format!("forced: {}", quoted(&mode.forced)));
    }
    marks
}

fn quoted(names: &[String]) -> String {
    let names: Vec<_> = names
        .iter()
        .map(|name| format!("\"{}\"", visible(name)))
        .collect();
    names.join(", ")
}
