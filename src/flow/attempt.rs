//! One attempt of a step: templates, the step's work, returns, outputs, measurements, in this order (docs/decisions.md 7).

use std::time::Duration;

use indexmap::IndexMap;
use rehearsal_python::value::Value;
use serde_json::Value as Json;

use crate::{
    event::{Event, Excerpt, Measured, Reason, StepId, Verdict, Written},
    package::model::{Measurement, Scalar},
    python::Frame,
};

use super::{
    Planned, Variable, Work,
    interruption::{Cause, Deadline, Limit, Stop},
    level::Bounds,
    measure::judge,
    run::{Run, nanoseconds},
    secret::{MASK, Secrets},
    store::{ReturnsFirst, Store},
    template::{Template, Unresolved, evaluate},
    written::written,
};

/// What is attempted.
pub(super) struct Attempt<'a> {
    pub id: StepId,
    pub planned: &'a Planned<'a>,
    pub iteration: u32,
    /// From 0.
    pub number: u32,
    /// How many there may be at most.
    pub attempts: u32,
}

/// How an attempt ended.
pub(super) struct AttemptEnd {
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub message: Option<String>,
    pub traceback: Vec<Frame>,
    pub excerpt: Option<Excerpt>,
    pub returned: Option<Json>,
    /// The interpreter was given up.
    pub lost: bool,
    /// A person ended it, or the time of a test: no `force` alters that.
    pub unalterable: bool,
    /// What it put into the store.
    pub outputs: IndexMap<String, Variable>,
    pub measurements: Vec<Measured>,
}

impl AttemptEnd {
    pub fn passed() -> Self {
        Self {
            verdict: Verdict::Pass,
            reason: None,
            message: None,
            traceback: Vec::new(),
            excerpt: None,
            returned: None,
            lost: false,
            unalterable: false,
            outputs: IndexMap::new(),
            measurements: Vec::new(),
        }
    }

    fn new(verdict: Verdict, reason: Reason, message: impl Into<String>) -> Self {
        Self {
            verdict,
            reason: Some(reason),
            message: Some(message.into()),
            unalterable: matches!(
                reason,
                Reason::Interrupted | Reason::OperatorAbort | Reason::PolicyTimeout
            ),
            ..Self::passed()
        }
    }

    pub fn fail(reason: Reason, message: impl Into<String>) -> Self {
        Self::new(Verdict::Fail, reason, message)
    }

    pub fn aborted(reason: Reason, message: impl Into<String>) -> Self {
        Self::new(Verdict::Aborted, reason, message)
    }

    /// Stopped by a person or by the time; `when` completes the message.
    pub fn stopped(cause: &Cause<'_>, when: &str) -> Self {
        match cause {
            Cause::Signal => Self::aborted(Reason::Interrupted, format!("interrupted {when}")),
            Cause::Time(deadline) => {
                let (reason, message) = expired(deadline);
                Self::aborted(reason, format!("{message} {when}"))
            }
        }
    }
}

/// What a deadline that has passed is as a reason, and in words.
pub(super) fn expired(deadline: &Deadline) -> (Reason, String) {
    let allowed = shown(deadline.allowed);
    match &deadline.limit {
        Limit::Attempt { step } => (
            Reason::Timeout,
            format!("the time-out of {step:?}, {allowed}, passed"),
        ),
        Limit::Policy { test } => (
            Reason::PolicyTimeout,
            format!("the `policy.timeout` of {test:?}, {allowed}, passed"),
        ),
    }
}

/// "500 ms", "2.5 s".
fn shown(duration: Duration) -> String {
    if duration < Duration::from_secs(1) {
        format!("{} ms", duration.as_millis())
    } else {
        format!("{} s", duration.as_secs_f64())
    }
}

impl Run<'_, '_> {
    pub fn attempt(&mut self, attempt: &Attempt<'_>, bounds: &Bounds) -> AttemptEnd {
        let work = &attempt.planned.work;
        // The start of an interpreter is no part of the step's time.
        if matches!(work, Work::Python { .. }) {
            self.interpreter.prepare(&bounds.stop);
        }
        let step = attempt.planned.step;
        let timeout = step
            .timeout_ms
            .as_ref()
            .map(|timeout| Duration::from_millis(timeout.value))
            .or(bounds.default_timeout);
        let stop = match timeout {
            None => bounds.stop.clone(),
            Some(allowed) => bounds.stop.by(
                Deadline {
                    at: self.clock.elapsed().saturating_add(allowed),
                    allowed,
                    limit: Limit::Attempt {
                        step: step.name.value.clone(),
                    },
                },
                self.clock,
            ),
        };
        let parameters = match work {
            Work::Python { .. } | Work::Stub(_) | Work::Sequence(_) => self.parameters(attempt),
            Work::Delay(_) | Work::Mock | Work::Prompt(_) | Work::Nothing => Parameters::default(),
        };
        self.events.emit(Event::AttemptStarted {
            step: attempt.id,
            iteration: attempt.iteration,
            attempt: attempt.number,
            attempts: attempt.attempts,
            arguments: parameters.shown,
            timeout_ns: timeout.map(nanoseconds),
            written: parameters.written,
        });
        if let Some(message) = parameters.unresolved {
            return AttemptEnd::aborted(Reason::UnresolvedTemplate, message);
        }
        self.notice_signals();
        if let Some(cause) = stop.cause() {
            return AttemptEnd::stopped(&cause, "before it began");
        }
        match work {
            Work::Python { module, function } => {
                let arguments = parameters
                    .values
                    .into_iter()
                    .map(|(name, variable)| (name, variable.text().into_owned()))
                    .collect();
                self.call(attempt, module, function, arguments, &stop)
            }
            Work::Stub(stub) => {
                let returned = stub
                    .iter()
                    .map(|(name, scalar)| (name.clone(), scalar.value.clone()))
                    .collect();
                self.returned(attempt, Value::Dict(returned))
            }
            Work::Delay(duration) => self.delay(attempt, *duration, &stop),
            Work::Mock => self.mock(attempt),
            Work::Prompt(prompt) => self.prompt(attempt, *prompt, &stop),
            Work::Sequence(test) => self.sequence(attempt, *test, parameters.values, &stop),
            // Steps without work are skipped before.
            Work::Nothing => AttemptEnd::passed(),
        }
    }

    /// The parameters with their templates filled in, up to the first that cannot be.
    fn parameters(&self, attempt: &Attempt<'_>) -> Parameters {
        let typed = matches!(attempt.planned.work, Work::Sequence(_));
        let secrets = &self.plan.request.context.secrets;
        let mut parameters = Parameters {
            written: self.sources().map_or_else(IndexMap::new, |sources| {
                written(&attempt.planned.step.parameters, sources, secrets)
            }),
            ..Parameters::default()
        };
        for (name, scalar) in &attempt.planned.step.parameters {
            match argument(scalar, typed, &self.store, secrets) {
                Ok((variable, secret)) => {
                    let secret = secret || secrets.cover(name);
                    parameters.shown.insert(
                        name.clone(),
                        if secret {
                            MASK.into()
                        } else {
                            variable.text().into_owned()
                        },
                    );
                    parameters.values.push((name.clone(), variable));
                }
                Err(error) => {
                    parameters.unresolved = Some(format!("parameter `{name}`: {error}"));
                    break;
                }
            }
        }
        parameters
    }

    fn delay(&mut self, attempt: &Attempt<'_>, duration: Duration, stop: &Stop) -> AttemptEnd {
        if self.pause(duration, stop)
            && let Some(cause) = stop.cause()
        {
            return AttemptEnd::stopped(&cause, "while it waited");
        }
        self.completed(attempt, &IndexMap::new())
    }

    /// Its outputs are texts as they stand, and a measurement without a value takes its target (docs/decisions.md 32, 35).
    fn mock(&mut self, attempt: &Attempt<'_>) -> AttemptEnd {
        let step = attempt.planned.step;
        let mut outputs = IndexMap::new();
        for (name, scalar) in &step.outputs {
            match argument(
                scalar,
                false,
                &self.store,
                &self.plan.request.context.secrets,
            ) {
                Ok((variable, _)) => {
                    self.store.set(name.clone(), variable.clone());
                    outputs.insert(name.clone(), variable);
                }
                Err(error) => return self.unresolved_output(name, &error, outputs),
            }
        }
        let measurements: Vec<_> = step.measurements.iter().map(with_target_as_value).collect();
        self.judged(&measurements, &IndexMap::new(), outputs)
    }

    pub(super) fn returned(&mut self, attempt: &Attempt<'_>, value: Value) -> AttemptEnd {
        let returned = reported(&value);
        let returns = returns(value);
        for (name, variable) in &returns {
            self.store.set(name.clone(), variable.clone());
        }
        AttemptEnd {
            returned,
            ..self.completed(attempt, &returns)
        }
    }

    /// What follows the step's own work: outputs, then measurements.
    pub(super) fn completed(
        &mut self,
        attempt: &Attempt<'_>,
        returns: &IndexMap<String, Variable>,
    ) -> AttemptEnd {
        let step = attempt.planned.step;
        let mut outputs = returns.clone();
        for (name, scalar) in &step.outputs {
            match evaluate(scalar, &self.store) {
                Ok(variable) => {
                    self.store.set(name.clone(), variable.clone());
                    outputs.insert(name.clone(), variable);
                }
                Err(error) => return self.unresolved_output(name, &error, outputs),
            }
        }
        self.judged(&step.measurements, returns, outputs)
    }

    fn unresolved_output(
        &self,
        name: &str,
        error: &Unresolved,
        outputs: IndexMap<String, Variable>,
    ) -> AttemptEnd {
        let message = format!("output `{name}`: {error}");
        AttemptEnd {
            outputs,
            ..AttemptEnd::aborted(Reason::UnresolvedTemplate, message)
        }
    }

    /// The measurements and the verdict that follows from them.
    pub(super) fn judged(
        &self,
        specs: &[Measurement],
        returns: &IndexMap<String, Variable>,
        outputs: IndexMap<String, Variable>,
    ) -> AttemptEnd {
        let lookup = ReturnsFirst {
            returns,
            store: &self.store,
        };
        let measurements: Vec<_> = specs.iter().map(|spec| judge(spec, &lookup)).collect();
        let failed: Vec<_> = measurements
            .iter()
            .filter(|measured| measured.verdict != Verdict::Pass)
            .map(|measured| measured.name.as_str())
            .collect();
        let (verdict, reason, message) = if failed.is_empty() {
            (Verdict::Pass, None, None)
        } else {
            let message = format!(
                "{} of {} measurements failed: {}",
                failed.len(),
                measurements.len(),
                failed.join(", ")
            );
            (Verdict::Fail, Some(Reason::Limit), Some(message))
        };
        AttemptEnd {
            verdict,
            reason,
            message,
            outputs,
            measurements,
            ..AttemptEnd::passed()
        }
    }
}

/// What a step gives to its work.
#[derive(Default)]
struct Parameters {
    values: Vec<(String, Variable)>,
    /// As events show them: secrets masked.
    shown: IndexMap<String, String>,
    written: IndexMap<String, Written>,
    unresolved: Option<String>,
}

fn with_target_as_value(spec: &Measurement) -> Measurement {
    let target = spec.target.as_ref().map(|target| Scalar {
        value: Value::Float(target.value),
        text: target.text.clone(),
        quoted: false,
        at: target.at,
    });
    Measurement {
        value: spec.value.clone().or(target),
        ..spec.clone()
    }
}

/// The value of a parameter, with its type or as the text a function gets, and whether it must not be written down.
fn argument(
    scalar: &Scalar,
    typed: bool,
    store: &Store,
    secrets: &Secrets,
) -> Result<(Variable, bool), Unresolved> {
    let Value::Str(text) = &scalar.value else {
        let variable = Variable::written(scalar);
        let text = || Value::Str(variable.text().into_owned()).into();
        return Ok((if typed { variable } else { text() }, false));
    };
    let template = Template::parse(text);
    let variable = if typed {
        template.evaluate(store)?
    } else {
        Value::Str(template.fill(store)?).into()
    };
    Ok((variable, template.uses_secret(secrets)))
}

/// A returned value as reports show it; None is like nothing returned, as JSON tells no difference.
pub(super) fn reported(value: &Value) -> Option<Json> {
    (*value != Value::None).then(|| value.to_json())
}

/// What a returned value puts into the store: a dict its keys, any other value `result`, None nothing.
fn returns(value: Value) -> IndexMap<String, Variable> {
    match value {
        Value::None => IndexMap::new(),
        Value::Dict(items) => items
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect(),
        value => IndexMap::from([("result".into(), value.into())]),
    }
}
