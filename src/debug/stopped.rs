//! A run that stands still: where, and why.

use indexmap::IndexMap;
use rehearsal_python::value::Value;

use crate::{
    event::{Phase, Reason, Verdict},
    flow::debugger::Upcoming,
    package::model::{Measurement, Number, Operator},
    source::Place,
};

/// Where a run stands still, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Stopped {
    /// "entry", "step", "breakpoint", "breakpoint()", "raised", "uncaught", "failed", "limits", "bench", "pause", "back" or "restart".
    pub why: String,
    /// The exception, its class first, or what is wrong with a breakpoint's condition.
    pub detail: Option<String>,
    /// The step that runs or comes next, then those whose sequences it belongs to, from the inside out.
    pub steps: Vec<AtStep>,
    pub at: Where,
    /// Which line of its call this is, where lines are counted.
    pub line: Option<Counted>,
}

/// A line of a step's code, counted from 1 in the order in which the code comes to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub line: u32,
    /// The one before it in the same function, or further out; 0 when there is none.
    pub back: u32,
}

impl Stopped {
    /// The step that runs or comes next.
    pub fn step(&self) -> Option<&AtStep> {
        self.steps.first()
    }

    /// The Python frames, the innermost first.
    pub fn frames(&self) -> &[Frame] {
        match &self.at {
            Where::Code(frames) => frames,
            Where::Before | Where::After(..) => &[],
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Where {
    /// Before a step.
    Before,
    /// After a step, with its verdict.
    After(Verdict, Option<Reason>),
    /// In the code; the innermost frame first.
    Code(Vec<Frame>),
}

/// A step, as the front shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct AtStep {
    pub name: String,
    pub phase: Phase,
    pub place: Place,
    pub function: Option<String>,
    /// The variable store; secrets are masked.
    pub store: IndexMap<String, String>,
    /// The arguments as the function gets them, once it is called.
    pub arguments: IndexMap<String, String>,
    /// What is measured: name, and the value with its verdict, or what is asked of it.
    pub measurements: IndexMap<String, String>,
}

impl AtStep {
    pub fn of(step: &Upcoming<'_>) -> Self {
        let asked = step.measurements.iter();
        Self {
            name: step.name.into(),
            phase: step.phase,
            place: step.place.clone(),
            function: step.function.clone(),
            store: step.store.clone(),
            arguments: IndexMap::new(),
            measurements: asked
                .map(|its| (its.name.value.clone(), asked_of(its)))
                .collect(),
        }
    }
}

/// What a value has to be: `4.75 .. 5.25 V`.
fn asked_of(measurement: &Measurement) -> String {
    let text = |number: &Option<Number>| number.as_ref().map(|number| number.text.clone());
    let (low, high) = (text(&measurement.low_limit), text(&measurement.high_limit));
    let target = text(&measurement.target).unwrap_or_default();
    let expected = measurement.expected.as_ref().map(|text| &text.value);
    let operator = measurement.operator.as_ref().map(|operator| operator.value);
    let asked = match (operator, low, high) {
        (Some(Operator::Log), ..) => "log only".into(),
        (Some(Operator::Equal), ..) if expected.is_none() => format!("== {target}"),
        (Some(Operator::NotEqual), ..) if expected.is_none() => format!("!= {target}"),
        (Some(Operator::GreaterThan), Some(low), _) => format!("> {low}"),
        (Some(Operator::LessThan), _, Some(high)) => format!("< {high}"),
        (_, Some(low), Some(high)) => format!("{low} .. {high}"),
        (_, Some(low), None) => format!(">= {low}"),
        (_, None, Some(high)) => format!("<= {high}"),
        (_, None, None) => expected.map_or("log only".into(), |text| format!("expected {text:?}")),
    };
    let unit = measurement
        .unit
        .as_ref()
        .map(|unit| format!(" {}", unit.value));
    format!("{asked}{}", unit.unwrap_or_default())
}

/// One activation of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub function: String,
    /// An absolute path, or the name of a module of the standard library.
    pub file: String,
    pub line: u32,
    /// Whether it is the user's code.
    pub own: bool,
}

/// A value, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub name: String,
    pub text: String,
    pub kind: String,
    /// By which number its parts can be asked for; 0 when it has none.
    pub of: u32,
}

/// A field of what the interpreter's side says.
pub(super) fn field<'v>(said: &'v Value, name: &str) -> Option<&'v Value> {
    match said {
        Value::Dict(fields) => fields.get(name),
        _ => None,
    }
}

pub(super) fn text<'v>(said: &'v Value, name: &str) -> Option<&'v str> {
    match field(said, name)? {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

fn number(said: &Value, name: &str) -> u32 {
    match field(said, name) {
        Some(Value::Int(number)) => u32::try_from(*number).unwrap_or(0),
        _ => 0,
    }
}

pub(super) fn counted(said: &Value) -> Option<Counted> {
    let line = number(said, "line");
    (line > 0).then(|| Counted {
        line,
        back: number(said, "back"),
    })
}

pub(super) fn frames(said: &Value) -> Vec<Frame> {
    let Some(Value::List(frames)) = field(said, "frames") else {
        return Vec::new();
    };
    frames
        .iter()
        .map(|frame| Frame {
            function: text(frame, "name").unwrap_or_default().into(),
            file: text(frame, "file").unwrap_or_default().into(),
            line: number(frame, "line"),
            own: field(frame, "own") == Some(&Value::Bool(true)),
        })
        .collect()
}

pub(super) fn shown(value: &Value) -> Shown {
    Shown {
        name: text(value, "name").unwrap_or_default().into(),
        text: text(value, "text").unwrap_or_default().into(),
        kind: text(value, "type").unwrap_or_default().into(),
        of: number(value, "of"),
    }
}

pub(super) fn all_shown(said: &Value) -> Vec<Shown> {
    match field(said, "values") {
        Some(Value::List(values)) => values.iter().map(shown).collect(),
        _ => Vec::new(),
    }
}
