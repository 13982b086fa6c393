//! A run as its events tell it, step by step.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::origin::{By, Set};
use crate::{
    event::{
        Answered, Callee, Declared, EndedBy, Event, Excerpt, Measured, Parent, Phase, Reason,
        RunStarted, Said, Signal, Stamped, StepId, Verdict, Written,
    },
    python::Frame,
    report::Incomplete,
    source::Place,
};

/// One run, whole or up to where its events end.
#[derive(Debug)]
pub struct Told {
    pub started: RunStarted,
    /// In the order in which they began.
    pub executions: Vec<Execution>,
    /// `None` where the events end before the run does.
    pub finished: Option<Finished>,
    /// What was put into the variable store, in order.
    pub(super) sets: Vec<Set>,
}

/// How the run ended.
#[derive(Debug)]
pub struct Finished {
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub ended_by: Option<EndedBy>,
    pub signal: Option<Signal>,
}

/// One execution of a step.
#[derive(Debug)]
pub struct Execution {
    pub id: StepId,
    pub name: String,
    pub phase: Phase,
    pub place: Place,
    pub parent: Option<Parent>,
    pub code: Option<Callee>,
    pub iterations: Vec<Iteration>,
    pub end: Option<End>,
}

/// How a step ended.
#[derive(Debug)]
pub struct End {
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub message: Option<String>,
    pub outputs: IndexMap<String, Json>,
}

#[derive(Debug)]
pub struct Iteration {
    pub index: u32,
    pub attempts: Vec<Attempt>,
    pub measurements: Vec<Measurement>,
    pub verdict: Option<Verdict>,
}

#[derive(Debug)]
pub struct Measurement {
    /// The number of its event.
    pub seq: u64,
    pub measured: Measured,
    pub declared: Option<Declared>,
}

#[derive(Debug)]
pub struct Attempt {
    /// The number of its event.
    pub seq: u64,
    pub number: u32,
    pub of: u32,
    pub arguments: IndexMap<String, String>,
    pub written: IndexMap<String, Written>,
    pub timeout_ns: Option<u64>,
    pub exchanges: Vec<Exchange>,
    pub answered: Option<Answered>,
    /// The file of the sequence it runs.
    pub sequence: Option<String>,
    /// What the code was refused.
    pub refused: Vec<String>,
    pub end: Option<AttemptEnd>,
}

#[derive(Debug)]
pub struct Exchange {
    pub line: Option<String>,
    pub said: Said,
    pub error: Option<String>,
}

#[derive(Debug)]
pub struct AttemptEnd {
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub message: Option<String>,
    pub traceback: Vec<Frame>,
    pub excerpt: Option<Excerpt>,
    pub returned: Option<Json>,
}

impl Execution {
    /// Whether it failed, was aborted, or never came to its end.
    pub fn is_bad(&self) -> bool {
        is_bad(self.end.as_ref().map(|end| end.verdict))
    }
}

impl Iteration {
    pub fn is_bad(&self) -> bool {
        is_bad(self.verdict)
    }
}

fn is_bad(verdict: Option<Verdict>) -> bool {
    !matches!(verdict, Some(Verdict::Pass | Verdict::Skipped))
}

impl Told {
    /// # Errors
    /// When no run begins in the events.
    pub fn of(events: Vec<Stamped>) -> Result<Self, Incomplete> {
        let mut told: Option<Self> = None;
        for Stamped { seq, event, .. } in events {
            match (event, &mut told) {
                (Event::RunStarted(started), None) => told = Some(Self::begun(*started)),
                (event, Some(told)) => told.take(seq, event),
                (_, None) => return Err(Incomplete::NotStarted),
            }
        }
        told.ok_or(Incomplete::NotStarted)
    }

    fn begun(started: RunStarted) -> Self {
        let sets = declared(0, &started.variables);
        Self {
            started,
            executions: Vec::new(),
            finished: None,
            sets,
        }
    }

    fn take(&mut self, seq: u64, event: Event) {
        match event {
            Event::StepStarted {
                step,
                name,
                phase,
                place,
                parent,
                code,
            } => self.executions.push(Execution {
                id: step,
                name,
                phase,
                place,
                parent,
                code: code.map(|code| *code),
                iterations: Vec::new(),
                end: None,
            }),
            Event::IterationStarted { step, index } => {
                if let Some(execution) = self.execution_mut(step) {
                    execution.iterations.push(Iteration {
                        index,
                        attempts: Vec::new(),
                        measurements: Vec::new(),
                        verdict: None,
                    });
                }
            }
            Event::AttemptStarted {
                step,
                attempt,
                attempts,
                arguments,
                timeout_ns,
                written,
                ..
            } => {
                if let Some(iteration) = self.iteration_mut(step) {
                    iteration.attempts.push(Attempt {
                        seq,
                        number: attempt,
                        of: attempts,
                        arguments,
                        written,
                        timeout_ns,
                        exchanges: Vec::new(),
                        answered: None,
                        sequence: None,
                        refused: Vec::new(),
                        end: None,
                    });
                }
            }
            Event::SequenceStarted {
                step,
                test,
                variables,
                ..
            } => {
                self.sets.extend(declared(seq, &variables));
                let Some(attempt) = self.attempt_mut(step) else {
                    return;
                };
                attempt.sequence = Some(test.file);
                let given: Vec<_> = attempt.arguments.keys().cloned().collect();
                self.sets.extend(given.into_iter().map(|name| Set {
                    seq,
                    name,
                    by: By::Parameter(step),
                }));
            }
            Event::Answered { step, answer } => {
                if let Some(attempt) = self.attempt_mut(step) {
                    attempt.answered = Some(answer);
                }
            }
            Event::Refused {
                step: Some(step),
                message,
                ..
            } => {
                if let Some(attempt) = self.attempt_mut(step) {
                    attempt.refused.push(message);
                }
            }
            Event::Exchange {
                step: Some(step),
                line,
                said,
                error,
                ..
            } => {
                if let Some(attempt) = self.attempt_mut(step) {
                    attempt.exchanges.push(Exchange { line, said, error });
                }
            }
            Event::AttemptFinished {
                step,
                verdict,
                reason,
                message,
                traceback,
                excerpt,
                returned,
                ..
            } => {
                self.returned(seq, step, returned.as_ref());
                if let Some(attempt) = self.attempt_mut(step) {
                    attempt.end = Some(AttemptEnd {
                        verdict,
                        reason,
                        message,
                        traceback,
                        excerpt,
                        returned,
                    });
                }
            }
            Event::Measurement {
                step,
                measurement,
                declared,
                ..
            } => {
                if let Some(iteration) = self.iteration_mut(step) {
                    iteration.measurements.push(Measurement {
                        seq,
                        measured: *measurement,
                        declared: declared.map(|declared| *declared),
                    });
                }
            }
            Event::IterationFinished { step, verdict, .. } => {
                if let Some(iteration) = self.iteration_mut(step) {
                    iteration.verdict = Some(verdict);
                }
            }
            Event::StepFinished {
                step,
                verdict,
                reason,
                message,
                outputs,
                ..
            } => self.step_finished(
                seq,
                step,
                End {
                    verdict,
                    reason,
                    message,
                    outputs,
                },
            ),
            Event::RunFinished {
                verdict,
                reason,
                ended_by,
                signal,
                ..
            } => {
                self.finished = Some(Finished {
                    verdict,
                    reason,
                    ended_by,
                    signal,
                });
            }
            _ => {}
        }
    }

    /// A dict puts its keys into the store, any other value `result`.
    fn returned(&mut self, seq: u64, step: StepId, returned: Option<&Json>) {
        let names = match returned {
            Some(Json::Object(fields)) => fields.keys().cloned().collect(),
            Some(_) => vec!["result".to_owned()],
            None => Vec::new(),
        };
        self.sets.extend(names.into_iter().map(|name| Set {
            seq,
            name,
            by: By::Return(step),
        }));
    }

    fn step_finished(&mut self, seq: u64, step: StepId, end: End) {
        let returned = |set: &Set, name: &str| set.by == By::Return(step) && set.name == name;
        let outputs: Vec<_> = end
            .outputs
            .keys()
            .filter(|name| !self.sets.iter().any(|set| returned(set, name)))
            .cloned()
            .collect();
        self.sets.extend(outputs.into_iter().map(|name| Set {
            seq,
            name,
            by: By::Output(step),
        }));
        if let Some(execution) = self.execution_mut(step) {
            execution.end = Some(end);
        }
    }

    pub fn execution(&self, id: StepId) -> Option<&Execution> {
        self.executions
            .iter()
            .rev()
            .find(|execution| execution.id == id)
    }

    fn execution_mut(&mut self, id: StepId) -> Option<&mut Execution> {
        self.executions
            .iter_mut()
            .rev()
            .find(|execution| execution.id == id)
    }

    fn iteration_mut(&mut self, id: StepId) -> Option<&mut Iteration> {
        self.execution_mut(id)?.iterations.last_mut()
    }

    fn attempt_mut(&mut self, id: StepId) -> Option<&mut Attempt> {
        self.iteration_mut(id)?.attempts.last_mut()
    }
}

fn declared(seq: u64, variables: &IndexMap<String, Written>) -> Vec<Set> {
    let set = |(name, written): (&String, &Written)| Set {
        seq,
        name: name.clone(),
        by: By::Declaration(written.clone()),
    };
    variables.iter().map(set).collect()
}
