//! A step with `runner: python`: the call, and what its outcome means (docs/decisions.md 3, 4, 5, 27).

use crate::{
    event::{Excerpt, Reason},
    python::{Call, Exception, Frame, Outcome},
    source::is_of_package,
};

use super::{
    attempt::{Attempt, AttemptEnd, expired, reported},
    interruption::{Cause, Stop},
    run::Run,
};

/// What is said when code has to be left behind.
const GIVEN_UP: &str = "the code did not stop when asked to; its interpreter was given up";

impl Run<'_, '_> {
    pub fn call(
        &mut self,
        attempt: &Attempt<'_>,
        module: &str,
        function: &str,
        arguments: Vec<(String, String)>,
        stop: &Stop,
    ) -> AttemptEnd {
        let call = Call {
            module: module.into(),
            function: function.into(),
            arguments,
        };
        let outcome = self.interpreter.call(&call, stop);
        self.notice_signals();
        if let Some(how) = (self.plan.request.departed)() {
            return self.departed(how, outcome);
        }
        if let Some(cause) = stop.cause() {
            return self.stopped(&cause, outcome);
        }
        match outcome {
            Outcome::Returned(value) => self.returned(attempt, value),
            Outcome::BadReturn(message) => AttemptEnd::fail(Reason::BadReturn, message),
            Outcome::Raised(exception) => self.raised(Reason::Exception, exception),
            Outcome::ImportFailed(exception) => self.raised(Reason::ImportError, exception),
            Outcome::MissingFunction(message) => AttemptEnd::fail(Reason::MissingFunction, message),
            Outcome::BadArguments(message) => AttemptEnd::fail(Reason::BadArguments, message),
            Outcome::Interrupted(_) => AttemptEnd::aborted(Reason::Interrupted, "interrupted"),
            Outcome::Lost => AttemptEnd {
                lost: true,
                ..AttemptEnd::aborted(
                    Reason::Lost,
                    format!(
                        "the interpreter was lost while it ran the code{}",
                        self.after_a_loss()
                    ),
                )
            },
        }
    }

    /// Whatever the code made of it: from here on it talks to nobody.
    fn departed(&self, how: String, outcome: Outcome) -> AttemptEnd {
        let traceback = match outcome {
            Outcome::Raised(exception) | Outcome::ImportFailed(exception) => exception.traceback,
            _ => Vec::new(),
        };
        AttemptEnd {
            excerpt: self.excerpt(&traceback),
            traceback,
            ..AttemptEnd::fail(Reason::ReplayMismatch, how)
        }
    }

    fn after_a_loss(&self) -> &'static str {
        if self.interpreter.keeps_state() {
            "; the next step finds the modules as this one found them"
        } else {
            ", and the next step gets a fresh one"
        }
    }

    /// A call that was asked to stop: whatever it made of that, its result is not to be trusted.
    fn stopped(&self, cause: &Cause<'_>, outcome: Outcome) -> AttemptEnd {
        let (reason, message) = match cause {
            Cause::Time(deadline) => expired(deadline),
            Cause::Signal => (
                Reason::Interrupted,
                match self.interruption.first() {
                    Some(signal) => format!("interrupted by {signal}"),
                    None => "interrupted".into(),
                },
            ),
        };
        match outcome {
            Outcome::Lost => AttemptEnd {
                lost: true,
                unalterable: *cause == Cause::Signal || reason == Reason::PolicyTimeout,
                ..match cause {
                    // The time decides the verdict, with the same right to another attempt.
                    Cause::Time(_) => AttemptEnd::aborted(
                        reason,
                        format!("{message}; {GIVEN_UP}{}", self.after_a_loss()),
                    ),
                    Cause::Signal => AttemptEnd::aborted(
                        Reason::Lost,
                        format!("{GIVEN_UP}{}", self.after_a_loss()),
                    ),
                }
            },
            Outcome::Interrupted(Some(exception))
            | Outcome::Raised(exception)
            | Outcome::ImportFailed(exception) => {
                let excerpt = self.excerpt(&exception.traceback);
                AttemptEnd {
                    traceback: exception.traceback,
                    excerpt,
                    ..AttemptEnd::aborted(reason, message)
                }
            }
            Outcome::Returned(value) => AttemptEnd {
                returned: reported(&value),
                ..AttemptEnd::aborted(reason, message)
            },
            Outcome::Interrupted(None)
            | Outcome::BadReturn(_)
            | Outcome::MissingFunction(_)
            | Outcome::BadArguments(_) => AttemptEnd::aborted(reason, message),
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
        let reason = match (self.plan.request.refused)(&message) {
            true => Reason::Permission,
            false => reason,
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
