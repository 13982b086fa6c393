//! The contract between the flow engine and whoever answers.

use serde::{Deserialize, Serialize};

use crate::{
    flow::interruption::Stop,
    package::model::{ButtonAction, InputMode, Number},
};

/// What a step asks: its templates are filled in, its buttons are complete.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The step's name, by which answers given beforehand find it.
    pub step: String,
    pub title: String,
    /// May have several lines.
    pub message: String,
    /// Relative to the package root, as in the YAML.
    pub image: Option<String>,
    /// At least one; one of them aborts.
    pub buttons: Vec<Button>,
    /// Which button Enter takes.
    pub default: usize,
    /// The value to enter, if one is asked for.
    pub entry: Option<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    pub name: String,
    pub action: ButtonAction,
}

/// A value to enter. Limits are shown to the person who enters it; whether it keeps them is for the engine to judge.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub mode: InputMode,
    pub low_limit: Option<Number>,
    pub high_limit: Option<Number>,
    pub unit: Option<String>,
    /// For [`InputMode::List`]; empty where the file names none.
    pub choices: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Which of the question's buttons.
    pub button: usize,
    /// The value as entered; `None` where none was asked for, or a button that aborts or fails left none.
    pub value: Option<String>,
    pub by: AnsweredBy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// A person at the terminal.
    Operator,
    /// `--answer`, or the answers file.
    Given,
    /// `--unattended`.
    Unattended,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    Answered(Answer),
    /// There is nobody to ask; what to do about it.
    Nobody(String),
    /// The stop fired before an answer came.
    Stopped,
}

pub trait Operator {
    /// Asks and waits; gives up once `stop` fires.
    fn ask(&mut self, question: &Question, stop: &Stop) -> Response;
}
