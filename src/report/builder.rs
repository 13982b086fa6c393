//! Puts a report together, event by event.

use std::{collections::HashMap, mem};

use crate::{
    event::{Event, Measured, Parent, RunStarted, Stamped, StepId, Verdict},
    exit::Exit,
};

use super::tree::{
    Attempt, Iteration, Measurement, Prompt, Refused, Report, SCHEMA, Sequence, Step,
};

/// Takes the events of one run in their order.
#[derive(Debug, Default)]
pub struct Builder {
    started: Option<RunStarted>,
    /// In the order they began, those of sequences among them, with what each belongs to.
    steps: Vec<(Option<Parent>, Step)>,
    places: HashMap<StepId, usize>,
    warnings: Vec<String>,
    output: String,
    refused: Vec<Refused>,
    report: Option<Report>,
}

/// Events that are not those of a whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomplete {
    #[error("there is no run in the events")]
    NotStarted,
    #[error("the run in the events has no end")]
    NotFinished,
}

impl Builder {
    pub fn take(&mut self, event: &Stamped) {
        match &event.event {
            Event::RunStarted(started) => self.started = Some(RunStarted::clone(started)),
            Event::StepStarted {
                step,
                name,
                phase,
                parent,
                ..
            } => {
                self.places.insert(*step, self.steps.len());
                let step = Step {
                    name: name.clone(),
                    phase: *phase,
                    // Until its end is known; a report is only made of steps that have one.
                    verdict: Verdict::Aborted,
                    reason: None,
                    message: None,
                    forced: false,
                    duration_ms: 0.0,
                    iterations: Vec::new(),
                    measurements: Vec::new(),
                    outputs: indexmap::IndexMap::new(),
                    statistics: Vec::new(),
                };
                self.steps.push((*parent, step));
            }
            Event::IterationStarted { step, index } => {
                if let Some(step) = self.step(*step) {
                    let verdict = Verdict::Aborted;
                    step.iterations.push(Iteration {
                        index: *index,
                        verdict,
                        attempts: Vec::new(),
                    });
                }
            }
            Event::AttemptStarted { step, .. } => {
                if let Some(iteration) =
                    self.step(*step).and_then(|step| step.iterations.last_mut())
                {
                    iteration.attempts.push(Attempt {
                        verdict: Verdict::Aborted,
                        reason: None,
                        message: None,
                        traceback: Vec::new(),
                        duration_ms: 0.0,
                        returned: None,
                        lost: false,
                        output: String::new(),
                        refused: Vec::new(),
                        prompt: None,
                        sequence: None,
                    });
                }
            }
            Event::Output { step, text, .. } => match step.and_then(|step| self.attempt(step)) {
                Some(attempt) => attempt.output.push_str(text),
                None => self.output.push_str(text),
            },
            Event::Refused {
                step,
                access,
                what,
                message,
            } => {
                let refused = Refused {
                    access: *access,
                    what: what.clone(),
                    message: message.clone(),
                };
                match step.and_then(|step| self.attempt(step)) {
                    Some(attempt) => attempt.refused.push(refused),
                    None => self.refused.push(refused),
                }
            }
            Event::AttemptFinished {
                step,
                verdict,
                reason,
                message,
                traceback,
                duration_ns,
                returned,
                lost,
                ..
            } => {
                if let Some(attempt) = self.attempt(*step) {
                    attempt.verdict = *verdict;
                    attempt.reason = *reason;
                    attempt.message.clone_from(message);
                    attempt.traceback.clone_from(traceback);
                    attempt.duration_ms = milliseconds(*duration_ns);
                    attempt.returned.clone_from(returned);
                    attempt.lost = *lost;
                }
            }
            Event::SequenceStarted {
                step,
                package,
                test,
                ..
            } => {
                if let Some(attempt) = self.attempt(*step) {
                    attempt.sequence = Some(Sequence {
                        package: package.clone(),
                        test: test.clone(),
                        verdict: Verdict::Aborted,
                        reason: None,
                        ended_by: None,
                        steps: Vec::new(),
                    });
                }
            }
            Event::SequenceFinished {
                step,
                verdict,
                reason,
                ended_by,
            } => {
                if let Some(sequence) = self.attempt(*step).and_then(|its| its.sequence.as_mut()) {
                    sequence.verdict = *verdict;
                    sequence.reason = *reason;
                    sequence.ended_by.clone_from(ended_by);
                }
            }
            Event::Prompted { step, prompt } => {
                if let Some(attempt) = self.attempt(*step) {
                    attempt.prompt = Some(Prompt {
                        question: prompt.clone(),
                        answer: None,
                    });
                }
            }
            Event::Answered { step, answer } => {
                if let Some(prompt) = self.attempt(*step).and_then(|its| its.prompt.as_mut()) {
                    prompt.answer = Some(answer.clone());
                }
            }
            Event::Statistics { step, statistics } => {
                if let Some(step) = self.step(*step) {
                    step.statistics.clone_from(statistics);
                }
            }
            Event::Measurement {
                step,
                iteration,
                measurement,
                ..
            } => {
                if let Some(step) = self.step(*step) {
                    step.measurements.push(measured(*iteration, measurement));
                }
            }
            Event::IterationFinished { step, verdict, .. } => {
                if let Some(iteration) =
                    self.step(*step).and_then(|step| step.iterations.last_mut())
                {
                    iteration.verdict = *verdict;
                }
            }
            Event::StepFinished {
                step,
                verdict,
                reason,
                message,
                forced,
                duration_ns,
                outputs,
            } => {
                if let Some(step) = self.step(*step) {
                    step.verdict = *verdict;
                    step.reason = *reason;
                    step.message.clone_from(message);
                    step.forced = *forced;
                    step.duration_ms = milliseconds(*duration_ns);
                    step.outputs.clone_from(outputs);
                }
            }
            Event::Warning { message } => self.warnings.push(message.clone()),
            Event::RunFinished {
                verdict,
                reason,
                ended_by,
                signal,
                duration_ns,
            } => {
                if let Some(started) = self.started.take() {
                    self.report = Some(Report {
                        schema: SCHEMA.into(),
                        version: started.version,
                        execution_id: started.execution_id,
                        verdict: *verdict,
                        exit_code: Exit::of_run(*verdict, *signal).code(),
                        reason: *reason,
                        ended_by: ended_by.clone(),
                        package: started.package,
                        test: started.test,
                        serial_number: started.serial_number,
                        tags: started.tags,
                        config: started.config,
                        started: started.started,
                        duration_ms: milliseconds(*duration_ns),
                        mode: started.mode,
                        warnings: mem::take(&mut self.warnings),
                        output: mem::take(&mut self.output),
                        refused: mem::take(&mut self.refused),
                        steps: self.assembled(),
                    });
                }
            }
            Event::HostRequest { .. }
            | Event::HostReply { .. }
            | Event::Exchange { .. }
            | Event::Interrupted { .. } => {}
        }
    }

    /// The report of the events taken.
    ///
    /// # Errors
    /// When they are not those of a whole run.
    pub fn finish(self) -> Result<Report, Incomplete> {
        let missing = if self.started.is_some() {
            Incomplete::NotFinished
        } else {
            Incomplete::NotStarted
        };
        self.report.ok_or(missing)
    }

    fn step(&mut self, step: StepId) -> Option<&mut Step> {
        self.steps
            .get_mut(*self.places.get(&step)?)
            .map(|(_, step)| step)
    }

    /// The steps of the test itself, each with those of its sequences.
    fn assembled(&mut self) -> Vec<Step> {
        let mut top = Vec::new();
        // From the last to the first, so that a step is complete when it goes into its parent.
        while let Some((parent, mut step)) = self.steps.pop() {
            for sequence in step
                .iterations
                .iter_mut()
                .flat_map(|iteration| &mut iteration.attempts)
                .filter_map(|attempt| attempt.sequence.as_mut())
            {
                sequence.steps.reverse();
            }
            let Some(parent) = parent else {
                top.push(step);
                continue;
            };
            let iteration = parent.iteration;
            let sequence = self.step(parent.step).and_then(|above| {
                let iteration = above
                    .iterations
                    .iter_mut()
                    .find(|its| its.index == iteration)?;
                let attempt = iteration.attempts.get_mut(parent.attempt as usize)?;
                attempt.sequence.as_mut()
            });
            if let Some(sequence) = sequence {
                sequence.steps.push(step);
            }
        }
        top.reverse();
        top
    }

    fn attempt(&mut self, step: StepId) -> Option<&mut Attempt> {
        self.step(step)?.iterations.last_mut()?.attempts.last_mut()
    }
}

/// In thousandths of a millisecond: finer than that, times only make reports differ.
fn milliseconds(nanoseconds: u64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact up to 285 years of microseconds"
    )]
    let microseconds = (nanoseconds / 1000) as f64;
    microseconds / 1000.0
}

fn measured(iteration: u32, measured: &Measured) -> Measurement {
    let Measured {
        name,
        kind,
        value,
        unit,
        operator,
        low_limit,
        high_limit,
        target,
        expected,
        verdict,
        reason,
        message,
    } = measured.clone();
    Measurement {
        iteration,
        name,
        kind,
        value,
        unit,
        operator,
        low_limit,
        high_limit,
        target,
        expected,
        verdict,
        reason,
        message,
    }
}
