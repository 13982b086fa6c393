//! A step: its iterations, and in each of them attempts until one does not fail (docs/decisions.md 7, 8, 29).

use std::time::Duration;

use indexmap::IndexMap;

use crate::event::{Event, Reason, StepId, Verdict};

use super::{
    Planned, Variable,
    attempt::{Attempt, AttemptEnd},
    interruption::Stop,
    plan::Work,
    run::{Run, nanoseconds},
};

/// How a step ended.
pub(super) struct StepEnd {
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub message: Option<String>,
    /// What it put into the store.
    pub outputs: IndexMap<String, Variable>,
}

impl StepEnd {
    pub fn skipped(reason: Reason) -> Self {
        Self {
            verdict: Verdict::Skipped,
            reason: Some(reason),
            message: None,
            outputs: IndexMap::new(),
        }
    }
}

impl Run<'_> {
    pub fn step(&mut self, planned: &Planned<'_>, stop: &Stop) -> StepEnd {
        match &planned.work {
            Work::Disabled => StepEnd::skipped(Reason::Disabled),
            Work::Python { module, function } => {
                let attempt = Attempt {
                    planned,
                    module,
                    function,
                    iteration: 0,
                };
                self.iteration(planned.id, &attempt, stop)
            }
        }
    }

    fn iteration(&mut self, step: StepId, attempt: &Attempt<'_>, stop: &Stop) -> StepEnd {
        let index = attempt.iteration;
        self.store.count_iteration(index);
        self.events.emit(Event::IterationStarted { step, index });
        let mut last = self.attempts(attempt, stop);
        for measurement in std::mem::take(&mut last.measurements) {
            self.events.emit(Event::Measurement {
                step,
                iteration: index,
                measurement: Box::new(measurement),
            });
        }
        self.events.emit(Event::IterationFinished {
            step,
            index,
            verdict: last.verdict,
        });
        let AttemptEnd {
            verdict,
            reason,
            message,
            outputs,
            ..
        } = last;
        StepEnd {
            verdict,
            reason,
            message,
            outputs,
        }
    }

    /// Attempts until one must not be repeated or none is left; the last one decides.
    fn attempts(&mut self, attempt: &Attempt<'_>, stop: &Stop) -> AttemptEnd {
        let retry = attempt
            .planned
            .step
            .retry
            .as_ref()
            .map(|retry| retry.value)
            .unwrap_or_default();
        let attempts = retry.count.saturating_add(1);
        let delay = Duration::from_millis(retry.delay_ms);
        let mut number = 0;
        loop {
            let started = self.clock.elapsed();
            let mut end = self.attempt(attempt, number, attempts, stop);
            let again = number + 1 < attempts && may_be_repeated(&end);
            self.events.emit(Event::AttemptFinished {
                step: attempt.planned.id,
                iteration: attempt.iteration,
                attempt: number,
                verdict: end.verdict,
                reason: end.reason,
                message: end.message.clone(),
                traceback: std::mem::take(&mut end.traceback),
                excerpt: end.excerpt.take(),
                duration_ns: nanoseconds(self.clock.elapsed().saturating_sub(started)),
                returned: end.returned.take(),
                retry_in_ns: again.then(|| nanoseconds(delay)),
            });
            if !again {
                return end;
            }
            if self.pause(&attempt.planned.step.name.value, delay, stop) {
                end.verdict = Verdict::Aborted;
                end.reason = Some(Reason::Interrupted);
                end.message = Some(format!(
                    "interrupted before attempt {} of {attempts}",
                    number + 2
                ));
                return end;
            }
            number += 1;
        }
    }
}

/// A failure may be repeated, unless no repetition can mend it (docs/decisions.md 4, 29).
fn may_be_repeated(end: &AttemptEnd) -> bool {
    let hopeless = matches!(
        end.reason,
        Some(Reason::ImportError | Reason::MissingFunction | Reason::BadArguments)
    );
    end.verdict == Verdict::Fail && !hopeless
}
