//! What a session knows of the run from its events.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use indexmap::IndexMap;

use super::{lease::Lease, stopped::AtStep};
use crate::{
    event::{Event, Measured, Reason, Said, Sink, Stamped, StepId, Verdict},
    report::{shown_limits, shown_value, visible},
};

/// How many exchanges with the bench are kept.
const KEPT: usize = 50;

/// A sink that a session looks into; clones share it.
#[derive(Clone, Default)]
pub struct Watched(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// The steps that run, from the outside in.
    steps: Vec<Running>,
    /// Of the step that has just ended, or else of the one that runs.
    last: Running,
    exchanges: VecDeque<(String, String)>,
    lease: Option<Lease>,
    wanted: Option<Vec<String>>,
    found: Option<String>,
}

#[derive(Clone, Default)]
struct Running {
    id: Option<StepId>,
    arguments: IndexMap<String, String>,
    measured: Vec<Measured>,
    message: Option<String>,
}

impl Watched {
    /// Another run begins.
    pub fn clear(&self) {
        let mut known = self.known();
        *known = Known {
            wanted: known.wanted.take(),
            ..Known::default()
        };
    }

    /// Requests of the bench that are to stop the run: failing ones where there are no words.
    pub fn look_for(&self, words: Option<Vec<String>>) {
        self.known().wanted = words;
    }

    /// Whether a request was made that is looked for.
    pub fn has_found(&self) -> bool {
        self.known().found.is_some()
    }

    /// The request that was looked for; told once.
    pub fn found(&self) -> Option<String> {
        self.known().found.take()
    }

    /// The bench's last requests and replies, the newest last.
    pub fn exchanges(&self) -> Vec<(String, String)> {
        self.known().exchanges.iter().cloned().collect()
    }

    /// The agent's lease that the code holds.
    pub fn lease(&self) -> Option<Lease> {
        self.known().lease.clone()
    }

    /// Adds what is known of a step that runs or has just ended.
    pub fn fill(&self, step: &mut AtStep) {
        let known = self.known();
        let running = known.steps.last().unwrap_or(&known.last);
        step.arguments.clone_from(&running.arguments);
        for measured in &running.measured {
            let text = format!("{}  {}", measured.verdict.as_str(), with_limits(measured));
            step.measurements.insert(measured.name.clone(), text);
        }
    }

    /// Why the step that has just ended did not pass.
    pub fn failures(&self, reason: Option<Reason>) -> String {
        let known = self.known();
        let bad = |its: &&Measured| its.verdict != Verdict::Pass;
        let failed = known.last.measured.iter().filter(bad);
        let texts: Vec<_> = failed
            .map(|its| format!("{} {}", visible(&its.name), with_limits(its)))
            .collect();
        match (texts.is_empty(), &known.last.message) {
            (false, _) => texts.join("; "),
            (true, Some(message)) => message.clone(),
            (true, None) => reason.map(Reason::as_str).unwrap_or_default().into(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Watched {
    fn wants_exchanges(&self) -> bool {
        true
    }

    fn take(&mut self, event: &Stamped) {
        let mut known = self.known();
        match &event.event {
            Event::StepStarted { step, .. } => {
                let id = Some(*step);
                known.steps.push(Running {
                    id,
                    ..Running::default()
                });
            }
            Event::AttemptStarted {
                step, arguments, ..
            } => {
                if let Some(running) = known.running(*step) {
                    running.arguments.clone_from(arguments);
                }
            }
            Event::Measurement {
                step, measurement, ..
            } => {
                if let Some(running) = known.running(*step) {
                    running.measured.push((**measurement).clone());
                }
            }
            Event::Exchange { said, error, .. } => known.hear(said, error.as_deref()),
            Event::StepFinished { message, .. } => {
                if let Some(mut ended) = known.steps.pop() {
                    ended.message.clone_from(message);
                    known.last = ended;
                }
            }
            _ => {}
        }
    }
}

/// A measurement's value and what is asked of it: `5.9 V (4.75 .. 5.25 V)`.
fn with_limits(measured: &Measured) -> String {
    format!("{} ({})", shown_value(measured), shown_limits(measured))
}

impl Known {
    /// Something was said between the code and its bench.
    fn hear(&mut self, said: &Said, error: Option<&str>) {
        let (request, mut reply) = match said {
            Said::Connect { host, port } => (format!("connect {host}:{port}"), String::new()),
            Said::Http(its) => {
                let body = its.body.as_deref().unwrap_or_default();
                let status = its.status.map(|status| status.to_string());
                let reply = its.reply.as_deref().unwrap_or_default();
                (
                    format!("{} {} {body}", its.method, its.path),
                    format!("{} {reply}", status.unwrap_or_default()),
                )
            }
            Said::Sent(text) => (format!("sent {text}"), String::new()),
            Said::Received(text) => ("received".into(), text.clone()),
            Said::Ended(how) => (how.clone(), String::new()),
        };
        if let Said::Http(its) = said {
            self.lease = Lease::after(self.lease.take(), its);
        }
        let request = request.trim_end().to_owned();
        if let Some(error) = error {
            reply = format!("{reply} {error}");
        }
        let reply = reply.trim().to_owned();
        let failed = error.is_some()
            || matches!(said, Said::Http(its) if its.status.is_none_or(|status| status >= 400));
        let is_wanted = match &self.wanted {
            None => false,
            Some(words) if words.is_empty() => failed,
            Some(words) => words.iter().all(|word| is_said(&request, word)),
        };
        if is_wanted {
            self.found = Some(format!("{request} → {reply}"));
        }
        if self.exchanges.len() == KEPT {
            self.exchanges.pop_front();
        }
        self.exchanges.push_back((request, reply));
    }

    fn running(&mut self, step: StepId) -> Option<&mut Running> {
        self.steps.iter_mut().rev().find(|its| its.id == Some(step))
    }
}

/// Whether a request says this word: as it is, or a number such as `0x50` in decimal.
fn is_said(request: &str, word: &str) -> bool {
    let number = word
        .strip_prefix("0x")
        .and_then(|digits| u64::from_str_radix(digits, 16).ok());
    let has = |wanted: &str, among: fn(char) -> bool| {
        request
            .split(|c: char| !among(c))
            .any(|part| part.eq_ignore_ascii_case(wanted))
    };
    match number {
        Some(number) => {
            let plain = |c: char| c.is_alphanumeric();
            has(&number.to_string(), plain) || has(word, plain)
        }
        None => request.to_lowercase().contains(&word.to_lowercase()),
    }
}
