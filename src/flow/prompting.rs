//! Steps with `type: prompt` and `type: manual`: the question, and what an answer means (docs/decisions.md 22, 23).

use indexmap::IndexMap;
use rehearsal_python::value::Value;

use crate::{
    event::{Answered, Event, Prompt as Asked, Reason},
    operator::{Answer, AnsweredBy, Entry, Question, Response, buttons, default_button},
    package::{
        model::{
            ButtonAction, Input, InputMode, Measurement, MeasurementKind, Prompt, Scalar, Spanned,
            Text,
        },
        node::typed,
    },
};

use super::{
    Variable,
    attempt::{Attempt, AttemptEnd, expired},
    interruption::{Cause, Stop},
    run::Run,
    template::{Template, Unresolved},
};

/// What every prompt writes beside the variable it names, as Maestro does.
const VALUE: &str = "InputValue";
const RESPONSE: &str = "Response";
const ACTION: &str = "Action";
const TIMED_OUT: &str = "TimedOut";

impl Run<'_, '_> {
    /// Asks what the step's file says; a manual step needs to say nothing, its name is the question.
    pub fn prompt(
        &mut self,
        attempt: &Attempt<'_>,
        prompt: Option<&Prompt>,
        stop: &Stop,
    ) -> AttemptEnd {
        match self.question(attempt, prompt) {
            Ok(question) => {
                let input = prompt.and_then(|prompt| prompt.input.as_ref());
                self.ask(attempt, &question, input, stop)
            }
            Err(error) => {
                AttemptEnd::aborted(Reason::UnresolvedTemplate, format!("the prompt: {error}"))
            }
        }
    }

    fn question(
        &self,
        attempt: &Attempt<'_>,
        prompt: Option<&Prompt>,
    ) -> Result<Question, Unresolved> {
        let fill = |text: &Text| Template::parse(&text.value).fill(&self.store);
        let step = attempt.planned.step;
        let name = &step.name.value;
        let buttons = buttons(&step.action).unwrap_or_default();
        let title = prompt.and_then(|prompt| prompt.title.as_ref());
        let image = prompt.and_then(|prompt| prompt.image.as_ref());
        Ok(Question {
            step: name.clone(),
            title: title.map(fill).transpose()?.unwrap_or_else(|| name.clone()),
            message: prompt
                .map(|prompt| fill(&prompt.message))
                .transpose()?
                .unwrap_or_default(),
            image: image.map(|image| image.value.clone()),
            default: default_button(prompt, &buttons),
            buttons,
            entry: prompt
                .and_then(|prompt| prompt.input.as_ref())
                .map(Entry::from),
        })
    }

    fn ask(
        &mut self,
        attempt: &Attempt<'_>,
        question: &Question,
        input: Option<&Input>,
        stop: &Stop,
    ) -> AttemptEnd {
        self.events.emit(Event::Prompted {
            step: attempt.id,
            prompt: Asked {
                title: question.title.clone(),
                message: question.message.clone(),
                image: question.image.clone(),
                buttons: question
                    .buttons
                    .iter()
                    .map(|its| its.name.clone())
                    .collect(),
            },
        });
        let response = self.operator.ask(question, stop);
        self.notice_signals();
        if let Some(cause) = stop.cause() {
            if matches!(cause, Cause::Time(_)) {
                self.write(TIMED_OUT, "True");
            }
            return unanswered(&cause);
        }
        match response {
            Response::Answered(answer) => self.answered(attempt, question, input, &answer),
            Response::Nobody(what) => AttemptEnd::aborted(Reason::NoOperator, what),
            Response::Stopped => AttemptEnd::aborted(Reason::Interrupted, "interrupted"),
        }
    }

    fn answered(
        &mut self,
        attempt: &Attempt<'_>,
        question: &Question,
        input: Option<&Input>,
        answer: &Answer,
    ) -> AttemptEnd {
        let Some(button) = question.buttons.get(answer.button) else {
            return AttemptEnd::aborted(Reason::NoOperator, "the answer names no button");
        };
        let action = word(button.action);
        self.events.emit(Event::Answered {
            step: attempt.id,
            answer: Answered {
                button: button.name.clone(),
                action: action.into(),
                value: answer.value.clone(),
                by: answer.by,
            },
        });
        if answer.by == AnsweredBy::Unattended {
            self.events.emit(Event::Warning {
                message: format!(
                    "\"{}\" was answered with {:?}, because the run is unattended",
                    attempt.planned.step.name.value, button.name
                ),
            });
        }
        let mut outputs = IndexMap::new();
        for (name, text) in [(RESPONSE, button.name.as_str()), (ACTION, action)] {
            outputs.insert(name.into(), self.write(name, text));
            self.store
                .set_prompt(&name.to_lowercase(), Value::Str(text.into()).into());
        }
        outputs.insert(TIMED_OUT.into(), self.write(TIMED_OUT, "False"));
        let entered = input.zip(answer.value.as_deref()).map(|(input, value)| {
            let variable = entered(input.mode.value, value);
            self.store.set(VALUE.into(), variable.clone());
            outputs.insert(VALUE.into(), variable.clone());
            if let Some(name) = &input.variable {
                self.store.set(name.value.clone(), variable.clone());
                outputs.insert(name.value.clone(), variable);
            }
            check(input)
        });
        match button.action {
            ButtonAction::Abort => AttemptEnd {
                outputs,
                ..AttemptEnd::aborted(
                    Reason::OperatorAbort,
                    format!("the operator chose {:?}", button.name),
                )
            },
            ButtonAction::Fail => AttemptEnd {
                outputs,
                ..AttemptEnd::fail(
                    Reason::OperatorFail,
                    format!("the operator chose {:?}", button.name),
                )
            },
            ButtonAction::Pass | ButtonAction::Continue => {
                self.value_and_measurements(attempt, input, entered, outputs)
            }
        }
    }

    /// The value's own limits decide as a measurement does, and so do those of the step.
    fn value_and_measurements(
        &mut self,
        attempt: &Attempt<'_>,
        input: Option<&Input>,
        entered: Option<Measurement>,
        outputs: IndexMap<String, Variable>,
    ) -> AttemptEnd {
        if input.is_some() && entered.is_none() {
            return AttemptEnd {
                outputs,
                ..AttemptEnd::fail(Reason::Limit, "no value was entered")
            };
        }
        let completed = self.completed(attempt, &outputs);
        let Some(check) = entered else {
            return completed;
        };
        let judged = self.judged(&[check], &outputs, IndexMap::new());
        let mut measurements = judged.measurements;
        measurements.extend(completed.measurements);
        if judged.verdict > completed.verdict {
            AttemptEnd {
                verdict: judged.verdict,
                reason: judged.reason,
                message: judged.message,
                measurements,
                ..completed
            }
        } else {
            AttemptEnd {
                measurements,
                ..completed
            }
        }
    }

    fn write(&mut self, name: &str, text: &str) -> Variable {
        let variable = Variable::from(Value::Str(text.into()));
        self.store.set(name.into(), variable.clone());
        variable
    }
}

fn unanswered(cause: &Cause<'_>) -> AttemptEnd {
    match cause {
        Cause::Signal => AttemptEnd::stopped(cause, "while the operator was asked"),
        Cause::Time(deadline) => {
            let (reason, message) = expired(deadline);
            AttemptEnd::aborted(reason, format!("{message}; the operator gave no answer"))
        }
    }
}

/// What was entered, as a variable: a number keeps its text, what is no number stays text and fails its check.
fn entered(mode: InputMode, text: &str) -> Variable {
    let trimmed = text.trim();
    let value = match mode {
        InputMode::Number => match typed(trimmed) {
            number @ (Value::Int(_) | Value::Big(_) | Value::Float(_)) => {
                return Variable::with_text(number, trimmed);
            }
            _ => Value::Str(text.into()),
        },
        InputMode::Boolean if trimmed.eq_ignore_ascii_case("true") => Value::Bool(true),
        InputMode::Boolean if trimmed.eq_ignore_ascii_case("false") => Value::Bool(false),
        InputMode::Boolean | InputMode::Text | InputMode::List => Value::Str(text.into()),
    };
    value.into()
}

/// The check of an entered value, as a measurement of the step.
fn check(input: &Input) -> Measurement {
    let at = input.mode.at;
    let entry = Entry::from(input);
    let name = match &input.variable {
        Some(variable) => variable.clone(),
        None => Spanned {
            value: VALUE.into(),
            at,
        },
    };
    Measurement {
        name,
        at,
        kind: match input.mode.value {
            InputMode::Number => MeasurementKind::Numeric,
            InputMode::Boolean => MeasurementKind::Boolean,
            InputMode::Text | InputMode::List => MeasurementKind::String,
        },
        value: Some(Scalar {
            value: Value::Str(format!("{{{{{VALUE}}}}}")),
            text: String::new(),
            quoted: true,
            at,
        }),
        target: None,
        low_limit: entry.low_limit,
        high_limit: entry.high_limit,
        unit: input.unit.clone(),
        operator: None,
        expected: input.expected.as_ref().map(|expected| Spanned {
            value: match &expected.value {
                Value::Bool(value) => value.to_string(),
                _ => expected.text.clone(),
            },
            at: expected.at,
        }),
    }
}

fn word(action: ButtonAction) -> &'static str {
    match action {
        ButtonAction::Pass => "pass",
        ButtonAction::Fail => "fail",
        ButtonAction::Abort => "abort",
        ButtonAction::Continue => "continue",
    }
}
