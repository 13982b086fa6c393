//! One attempt of a step: templates, call, returns, outputs, measurements, in this order (docs/decisions.md 7).

use indexmap::IndexMap;
use rehearsal_python::value::Value;
use serde_json::Value as Json;

use crate::{
    event::{Event, Excerpt, Measured, Reason, Verdict},
    package::model::Scalar,
    python::{Call, Exception, Frame, Outcome},
    source::is_of_package,
};

use super::{
    Planned, Variable,
    interruption::Stop,
    measure::judge,
    run::Run,
    secret::{MASK, looks_secret},
    store::{ReturnsFirst, Store},
    template::{Template, Unresolved, evaluate},
};

/// What is attempted.
pub(super) struct Attempt<'a> {
    pub planned: &'a Planned<'a>,
    pub module: &'a str,
    pub function: &'a str,
    pub iteration: u32,
}

/// How an attempt ended.
pub(super) struct AttemptEnd {
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub message: Option<String>,
    pub traceback: Vec<Frame>,
    pub excerpt: Option<Excerpt>,
    pub returned: Option<Json>,
    /// What it put into the store.
    pub outputs: IndexMap<String, Variable>,
    pub measurements: Vec<Measured>,
}

impl AttemptEnd {
    fn new(verdict: Verdict, reason: Reason, message: impl Into<String>) -> Self {
        Self {
            verdict,
            reason: Some(reason),
            message: Some(message.into()),
            traceback: Vec::new(),
            excerpt: None,
            returned: None,
            outputs: IndexMap::new(),
            measurements: Vec::new(),
        }
    }

    fn fail(reason: Reason, message: impl Into<String>) -> Self {
        Self::new(Verdict::Fail, reason, message)
    }

    fn aborted(reason: Reason, message: impl Into<String>) -> Self {
        Self::new(Verdict::Aborted, reason, message)
    }
}

impl Run<'_> {
    pub fn attempt(
        &mut self,
        attempt: &Attempt<'_>,
        number: u32,
        attempts: u32,
        stop: &Stop,
    ) -> AttemptEnd {
        let step = attempt.planned.step;
        let mut arguments = Vec::with_capacity(step.parameters.len());
        let mut shown = IndexMap::with_capacity(step.parameters.len());
        let mut unresolved = None;
        for (name, scalar) in &step.parameters {
            match argument(scalar, &self.store) {
                Ok((text, secret)) => {
                    let secret = secret || looks_secret(name);
                    shown.insert(
                        name.clone(),
                        if secret { MASK.into() } else { text.clone() },
                    );
                    arguments.push((name.clone(), text));
                }
                Err(error) => {
                    unresolved = Some(format!("parameter `{name}`: {error}"));
                    break;
                }
            }
        }
        self.events.emit(Event::AttemptStarted {
            step: attempt.planned.id,
            iteration: attempt.iteration,
            attempt: number,
            attempts,
            arguments: shown,
        });
        if let Some(message) = unresolved {
            return AttemptEnd::aborted(Reason::UnresolvedTemplate, message);
        }
        if stop.fired() {
            return AttemptEnd::aborted(Reason::Interrupted, "interrupted before it began");
        }
        let call = Call {
            module: attempt.module.into(),
            function: attempt.function.into(),
            arguments,
        };
        let outcome = self.interpreter.call(&call, stop);
        self.notice_signals(Some(&step.name.value));
        if stop.fired() {
            return self.interrupted(outcome);
        }
        match outcome {
            Outcome::Returned(value) => self.returned(attempt, value),
            Outcome::BadReturn(message) => AttemptEnd::fail(Reason::BadReturn, message),
            Outcome::Raised(exception) => self.raised(Reason::Exception, exception),
            Outcome::ImportFailed(exception) => self.raised(Reason::ImportError, exception),
            Outcome::MissingFunction(message) => AttemptEnd::fail(Reason::MissingFunction, message),
            Outcome::BadArguments(message) => AttemptEnd::fail(Reason::BadArguments, message),
            outcome @ (Outcome::Interrupted(_) | Outcome::Lost) => self.interrupted(outcome),
        }
    }

    /// A call that was asked to stop: whatever it made of that, its result is not to be trusted.
    fn interrupted(&self, outcome: Outcome) -> AttemptEnd {
        let message = match self.interruption.first() {
            Some(signal) => format!("interrupted by {signal}"),
            None => "interrupted".into(),
        };
        match outcome {
            Outcome::Lost if self.interruption.first().is_some() => AttemptEnd::aborted(
                Reason::Lost,
                "the code did not stop when asked to; its interpreter was given up, and the next step gets a fresh one",
            ),
            Outcome::Lost => AttemptEnd::aborted(
                Reason::Lost,
                "the interpreter was lost while it ran the code; the next step gets a fresh one",
            ),
            Outcome::Interrupted(Some(exception))
            | Outcome::Raised(exception)
            | Outcome::ImportFailed(exception) => {
                let excerpt = self.excerpt(&exception.traceback);
                AttemptEnd {
                    traceback: exception.traceback,
                    excerpt,
                    ..AttemptEnd::aborted(Reason::Interrupted, message)
                }
            }
            Outcome::Returned(value) => AttemptEnd {
                returned: reported(&value),
                ..AttemptEnd::aborted(Reason::Interrupted, message)
            },
            Outcome::Interrupted(None)
            | Outcome::BadReturn(_)
            | Outcome::MissingFunction(_)
            | Outcome::BadArguments(_) => AttemptEnd::aborted(Reason::Interrupted, message),
        }
    }

    fn raised(&self, reason: Reason, exception: Exception) -> AttemptEnd {
        let excerpt = self.excerpt(&exception.traceback);
        let hint = if lacks_library(&exception) {
            "; put a pure-Python wheel of it into wheels/, or the module into python_modules/"
        } else {
            ""
        };
        let message = match exception.message.as_str() {
            "" => exception.class,
            message => format!("{}: {message}{hint}", exception.class),
        };
        AttemptEnd {
            traceback: exception.traceback,
            excerpt,
            ..AttemptEnd::fail(reason, message)
        }
    }

    /// The innermost frame whose source is part of the package.
    fn excerpt(&self, traceback: &[Frame]) -> Option<Excerpt> {
        let mut own = traceback
            .iter()
            .rev()
            .filter(|frame| is_of_package(&frame.file));
        own.find_map(|frame| {
            let text = (self.plan.request.excerpts)(&frame.file, frame.line)?;
            Some(Excerpt {
                file: frame.file.clone(),
                line: frame.line,
                text,
            })
        })
    }

    fn returned(&mut self, attempt: &Attempt<'_>, value: Value) -> AttemptEnd {
        let step = attempt.planned.step;
        let returned = reported(&value);
        let returns = returns(value);
        for (name, variable) in &returns {
            self.store.set(name.clone(), variable.clone());
        }
        let mut outputs = returns.clone();
        for (name, scalar) in &step.outputs {
            match evaluate(scalar, &self.store) {
                Ok(variable) => {
                    self.store.set(name.clone(), variable.clone());
                    outputs.insert(name.clone(), variable);
                }
                Err(error) => {
                    let message = format!("output `{name}`: {error}");
                    return AttemptEnd {
                        returned,
                        outputs,
                        ..AttemptEnd::aborted(Reason::UnresolvedTemplate, message)
                    };
                }
            }
        }
        let lookup = ReturnsFirst {
            returns: &returns,
            store: &self.store,
        };
        let measurements: Vec<_> = step
            .measurements
            .iter()
            .map(|spec| judge(spec, &lookup))
            .collect();
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
            traceback: Vec::new(),
            excerpt: None,
            returned,
            outputs,
            measurements,
        }
    }
}

/// Whether an import found no module of this name anywhere, and nothing says more about it.
fn lacks_library(exception: &Exception) -> bool {
    let name = exception
        .message
        .strip_prefix("No module named '")
        .and_then(|rest| rest.strip_suffix('\''));
    exception.class == "ModuleNotFoundError"
        && name.is_some_and(|name| !name.contains(['.', '\'', ' ']))
}

/// The text a function gets for a parameter, and whether it must not be written down.
fn argument(scalar: &Scalar, store: &Store) -> Result<(String, bool), Unresolved> {
    match &scalar.value {
        Value::Str(text) => {
            let template = Template::parse(text);
            Ok((template.fill(store)?, template.uses_secret()))
        }
        _ => Ok((Variable::written(scalar).text().into_owned(), false)),
    }
}

/// A returned value as reports show it; None is like nothing returned, as JSON tells no difference.
fn reported(value: &Value) -> Option<Json> {
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
