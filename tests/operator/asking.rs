//! Questions to ask, and stops that never fire.

use rehearsal::{
    flow::interruption::{Interruption, Stop},
    operator::{Button, Entry, Operator, Question, Response},
    package::model::{ButtonAction, InputMode, Number},
    source::{FileId, Span},
};

/// PASS (the default), FAIL and Cancel, and no value.
pub fn question() -> Question {
    Question {
        step: "Check lamps".into(),
        title: "Lamps".into(),
        message: "Look at the front panel.\nIs the green lamp on?".into(),
        image: None,
        buttons: vec![
            Button::new("PASS", ButtonAction::Pass),
            Button::new("FAIL", ButtonAction::Fail),
            Button::new("Cancel", ButtonAction::Abort),
        ],
        default: 0,
        entry: None,
    }
}

/// With OK, FAIL and Cancel.
pub fn entry(entry: Entry) -> Question {
    Question {
        buttons: vec![
            Button::new("OK", ButtonAction::Continue),
            Button::new("FAIL", ButtonAction::Fail),
            Button::new("Cancel", ButtonAction::Abort),
        ],
        entry: Some(entry),
        ..question()
    }
}

/// With OK and Cancel alone.
pub fn scan(entry: Entry) -> Question {
    Question {
        buttons: vec![
            Button::new("OK", ButtonAction::Continue),
            Button::new("Cancel", ButtonAction::Abort),
        ],
        entry: Some(entry),
        ..question()
    }
}

pub fn mode(mode: InputMode) -> Entry {
    Entry {
        mode,
        low_limit: None,
        high_limit: None,
        unit: None,
        choices: Vec::new(),
    }
}

pub fn volts() -> Entry {
    Entry {
        low_limit: Some(number("4.75")),
        high_limit: Some(number("5.25")),
        unit: Some("V".into()),
        ..mode(InputMode::Number)
    }
}

pub fn choices(choices: &[&str]) -> Entry {
    Entry {
        choices: choices.iter().map(|&choice| choice.into()).collect(),
        ..mode(InputMode::List)
    }
}

fn number(text: &str) -> Number {
    Number {
        value: text.parse().expect("a number"),
        text: text.into(),
        at: Span {
            file: FileId(0),
            start: 0,
            end: 0,
        },
    }
}

pub fn never() -> Stop {
    Interruption::new().stop_above(0)
}

/// The name of the button and the value, or why there is no answer.
pub fn ask(operator: &mut dyn Operator, question: &Question) -> (String, Option<String>) {
    match operator.ask(question, &never()) {
        Response::Answered(answer) => (question.buttons[answer.button].name.clone(), answer.value),
        Response::Nobody(why) => (why, None),
        Response::Stopped => panic!("stopped"),
    }
}
