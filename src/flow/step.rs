//! A step: its condition, its iterations, in each of them attempts until one does not fail, and what is forced upon it
//! (docs/decisions.md 6 to 9, 16, 29).

use std::time::Duration;

use indexmap::IndexMap;

use crate::{
    event::{Declared, Event, Reason, StepId, Verdict},
    package::model::{Force, Measurement},
    source::Sources,
};

use super::{
    Planned, Rounds, Variable,
    attempt::{Attempt, AttemptEnd},
    interruption::Stop,
    level::Bounds,
    run::{Run, nanoseconds},
    statistics::Samples,
    written,
};

/// How a step ended.
pub(super) struct StepEnd {
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub message: Option<String>,
    pub forced: bool,
    /// A person ended it, or the time of a test: no `force` alters that.
    pub unalterable: bool,
    /// What it put into the store.
    pub outputs: IndexMap<String, Variable>,
}

impl StepEnd {
    pub fn skipped(reason: Reason) -> Self {
        Self::not_executed(Verdict::Skipped, reason, None)
    }

    fn not_executed(verdict: Verdict, reason: Reason, message: Option<String>) -> Self {
        Self {
            verdict,
            reason: Some(reason),
            message,
            forced: false,
            unalterable: false,
            outputs: IndexMap::new(),
        }
    }
}

impl Run<'_, '_> {
    pub fn step(&mut self, id: StepId, planned: &Planned<'_>, bounds: &Bounds) -> StepEnd {
        if let Some(reason) = planned.skip {
            return StepEnd::skipped(reason);
        }
        if planned.force == Some(Force::Skip) {
            let mut end = StepEnd::skipped(Reason::Forced);
            end.forced = true;
            return end;
        }
        if let Some(end) = self.out_of_time(&bounds.stop, "before it began") {
            return StepEnd {
                unalterable: end.unalterable,
                ..StepEnd::not_executed(
                    end.verdict,
                    end.reason.unwrap_or(Reason::Aborted),
                    end.message,
                )
            };
        }
        if planned.force != Some(Force::Run)
            && let Some(condition) = &planned.precondition
        {
            let holds = condition
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|condition| condition.holds(&self.store));
            match holds {
                Ok(true) => {}
                Ok(false) => return StepEnd::skipped(Reason::Precondition),
                Err(why) => {
                    return StepEnd::not_executed(
                        Verdict::Aborted,
                        Reason::PreconditionError,
                        Some(format!("`precondition`: {why}")),
                    );
                }
            }
        }
        let end = self.iterations(id, planned, bounds);
        let verdict = match planned.force {
            Some(Force::Pass) => Verdict::Pass,
            Some(Force::Fail) => Verdict::Fail,
            Some(Force::Skip | Force::Run) | None => return end,
        };
        replaced(end, verdict)
    }

    /// Post-tested: the condition is asked with the index just run.
    fn iterations(&mut self, id: StepId, planned: &Planned<'_>, bounds: &Bounds) -> StepEnd {
        let most = match planned.rounds {
            Rounds::Once => 1,
            Rounds::Repeat { most, .. } | Rounds::Loop(most) => most,
        };
        let mut worst: Option<StepEnd> = None;
        if matches!(planned.rounds, Rounds::Loop(_)) {
            self.samples = Some(Samples::default());
        }
        let mut index = 0;
        loop {
            let mut end = self.iteration(id, planned, index, bounds);
            if most > 1 {
                end.message = end
                    .message
                    .map(|message| format!("iteration {}: {message}", index + 1));
            }
            let aborted = end.verdict == Verdict::Aborted;
            worst = Some(match worst {
                None => end,
                Some(worst) => worse(worst, end),
            });
            if aborted {
                break;
            }
            // Asked after the last one too: an error is told, and so is a cap that cut the loop short.
            match self.goes_on(planned) {
                Ok(true) if index + 1 < most => {}
                Ok(true) => {
                    self.warn_of_cap(planned, most);
                    break;
                }
                Ok(false) => break,
                Err(why) => {
                    worst = worst.map(|worst| StepEnd {
                        verdict: Verdict::Aborted,
                        reason: Some(Reason::PreconditionError),
                        message: Some(format!("`repeat.condition`: {why}")),
                        ..worst
                    });
                    break;
                }
            }
            if let Some(end) = self.out_of_time(&bounds.stop, "between two iterations") {
                worst = worst.map(|worst| StepEnd {
                    verdict: end.verdict,
                    reason: end.reason,
                    message: end.message,
                    unalterable: end.unalterable,
                    ..worst
                });
                break;
            }
            index += 1;
        }
        if matches!(planned.rounds, Rounds::Loop(_)) {
            self.samples = None;
        }
        worst.unwrap_or_else(|| StepEnd::skipped(Reason::Aborted))
    }

    fn warn_of_cap(&self, planned: &Planned<'_>, most: u32) {
        let conditional = matches!(
            planned.rounds,
            Rounds::Repeat {
                condition: Some(_),
                ..
            }
        );
        if conditional {
            self.events.emit(Event::Warning {
                message: format!(
                    "\"{}\" was repeated {most} times, which is its `max_iterations`; its condition still held",
                    planned.step.name.value
                ),
            });
        }
    }

    /// Whether another iteration follows, as far as the step's own condition goes.
    fn goes_on(&self, planned: &Planned<'_>) -> Result<bool, String> {
        match &planned.rounds {
            Rounds::Once => Ok(false),
            Rounds::Loop(_)
            | Rounds::Repeat {
                condition: None, ..
            } => Ok(true),
            Rounds::Repeat {
                condition: Some(condition),
                ..
            } => condition
                .as_ref()
                .map_err(Clone::clone)
                .and_then(|condition| condition.holds(&self.store)),
        }
    }

    fn iteration(
        &mut self,
        id: StepId,
        planned: &Planned<'_>,
        index: u32,
        bounds: &Bounds,
    ) -> StepEnd {
        self.store.count_iteration(index);
        self.events
            .emit(Event::IterationStarted { step: id, index });
        let mut last = self.attempts(id, planned, index, bounds);
        let looped = matches!(planned.rounds, Rounds::Loop(_));
        let measurements = std::mem::take(&mut last.measurements);
        // A prompt puts the entered value before the measurements of the file.
        let entered = measurements
            .len()
            .saturating_sub(planned.step.measurements.len());
        for (place, measurement) in measurements.into_iter().enumerate() {
            let spec = place
                .checked_sub(entered)
                .and_then(|place| planned.step.measurements.get(place));
            if let Some(samples) = &mut self.samples {
                let name = spec.map_or(&measurement.name, |spec| &spec.name.value);
                if looped {
                    samples.take(name, &measurement);
                } else {
                    // Of a step within the sequence that is looped.
                    let step = &planned.step.name.value;
                    samples.take(&format!("{step} / {name}"), &measurement);
                }
            }
            self.events.emit(Event::Measurement {
                step: id,
                iteration: index,
                measurement: Box::new(measurement),
                declared: spec.zip(self.sources()).map(declared),
            });
        }
        self.events.emit(Event::IterationFinished {
            step: id,
            index,
            verdict: last.verdict,
        });
        if let (true, Some(samples)) = (looped, &self.samples) {
            self.events.emit(Event::Statistics {
                step: id,
                statistics: samples.statistics(),
            });
        }
        StepEnd {
            verdict: last.verdict,
            reason: last.reason,
            message: last.message,
            forced: false,
            unalterable: last.unalterable,
            outputs: last.outputs,
        }
    }

    /// Attempts until one must not be repeated or none is left; the last one decides.
    fn attempts(
        &mut self,
        id: StepId,
        planned: &Planned<'_>,
        iteration: u32,
        bounds: &Bounds,
    ) -> AttemptEnd {
        let retry = planned
            .step
            .retry
            .as_ref()
            .map(|retry| retry.value)
            .unwrap_or_default();
        let attempts = retry.count.saturating_add(1);
        let delay = Duration::from_millis(retry.delay_ms);
        let mut number = 0;
        loop {
            let attempt = Attempt {
                id,
                planned,
                iteration,
                number,
                attempts,
            };
            let started = self.clock.elapsed();
            let mut end = self.attempt(&attempt, bounds);
            let again = number + 1 < attempts && may_be_repeated(&end) && !bounds.stop.fired();
            self.events.emit(Event::AttemptFinished {
                step: id,
                iteration,
                attempt: number,
                verdict: end.verdict,
                reason: end.reason,
                message: end.message.clone(),
                traceback: std::mem::take(&mut end.traceback),
                excerpt: end.excerpt.take(),
                duration_ns: nanoseconds(self.clock.elapsed().saturating_sub(started)),
                returned: end.returned.take(),
                retry_in_ns: again.then(|| nanoseconds(delay)),
                lost: end.lost,
            });
            if !again {
                return end;
            }
            if self.pause(delay, &bounds.stop) {
                let when = format!("before attempt {} of {attempts}", number + 2);
                if let Some(stopped) = self.out_of_time(&bounds.stop, &when) {
                    return AttemptEnd {
                        outputs: end.outputs,
                        measurements: end.measurements,
                        ..stopped
                    };
                }
            }
            number += 1;
        }
    }

    /// How work ends that may not begin, because a person or the time has stopped it.
    fn out_of_time(&mut self, stop: &Stop, when: &str) -> Option<AttemptEnd> {
        self.notice_signals();
        let cause = stop.cause()?;
        Some(AttemptEnd::stopped(&cause, when))
    }
}

fn declared((spec, sources): (&Measurement, &Sources)) -> Box<Declared> {
    Box::new(written::measurement(spec, sources))
}

/// The worse of two ends, the first of two equally bad ones; what both put into the store.
fn worse(first: StepEnd, second: StepEnd) -> StepEnd {
    let mut outputs = first.outputs.clone();
    outputs.extend(second.outputs.clone());
    let worst = if second.verdict > first.verdict {
        second
    } else {
        first
    };
    StepEnd { outputs, ..worst }
}

/// The verdict that is forced upon a step, unless a person or the test's time ended it.
fn replaced(end: StepEnd, verdict: Verdict) -> StepEnd {
    if end.unalterable {
        return end;
    }
    let reason = end
        .reason
        .map(|reason| format!(" ({})", reason.as_str()))
        .unwrap_or_default();
    let message = end
        .message
        .map(|message| format!(": {message}"))
        .unwrap_or_default();
    StepEnd {
        verdict,
        reason: Some(Reason::Forced),
        message: Some(format!(
            "forced; it was {}{reason}{message}",
            end.verdict.as_str()
        )),
        forced: true,
        unalterable: false,
        outputs: end.outputs,
    }
}

/// A failure may be repeated, unless no repetition can mend it, and so may an attempt that took too long (docs/decisions.md 4, 5, 29).
fn may_be_repeated(end: &AttemptEnd) -> bool {
    let hopeless = matches!(
        end.reason,
        Some(Reason::ImportError | Reason::MissingFunction | Reason::BadArguments)
    );
    match end.verdict {
        Verdict::Fail => !hopeless,
        Verdict::Aborted => end.reason == Some(Reason::Timeout),
        Verdict::Pass | Verdict::Skipped => false,
    }
}
