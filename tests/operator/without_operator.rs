//! `--unattended`, and nobody at all.

use rehearsal::{
    operator::{AnsweredBy, Button, Nobody, Operator, Response, Unattended},
    package::model::{ButtonAction, InputMode},
};

use crate::asking::{ask, entry, mode, never, question};

#[test]
fn unattended_presses_the_first_button_of_the_best_action() {
    use ButtonAction::{Abort, Continue, Fail, Pass};
    for (actions, pressed) in [
        (&[Pass, Fail, Abort][..], 0),
        (&[Fail, Pass, Continue, Continue, Abort], 2),
        (&[Abort, Fail], 1),
        (&[Abort], 0),
    ] {
        let mut question = question();
        question.buttons = actions
            .iter()
            .map(|&action| Button::new("B", action))
            .collect();
        let Response::Answered(answer) = Unattended.ask(&question, &never()) else {
            panic!("no answer");
        };
        assert_eq!(
            (answer.button, answer.value, answer.by),
            (pressed, None, AnsweredBy::Unattended),
            "{actions:?}"
        );
    }
}

#[test]
fn unattended_makes_up_no_value() {
    assert_eq!(
        ask(&mut Unattended, &entry(mode(InputMode::Number))).0,
        "step `Check lamps` asks for a number, and --unattended makes up no values; give one with \
         --answer 'Check lamps=OK:VALUE' or in an answers file"
    );
}

#[test]
fn a_button_that_fails_needs_no_value() {
    let mut question = entry(mode(InputMode::Text));
    question.buttons.remove(0);
    assert_eq!(ask(&mut Unattended, &question), ("FAIL".into(), None));
}

#[test]
fn nobody_says_how_to_answer() {
    assert_eq!(
        ask(&mut Nobody, &question()).0,
        "nobody is there to answer the prompt of step `Check lamps`: standard input is no terminal; answer it with \
         --answer 'Check lamps=PASS', with --answers FILE, or with --unattended"
    );
    let mut question = entry(mode(InputMode::Text));
    question.step = "Operator's name".into();
    let why = ask(&mut Nobody, &question).0;
    assert!(
        why.contains("--answer \"Operator's name=OK:VALUE\", with"),
        "{why}"
    );
}
