//! What an operator sees and may type.

use std::{io::Write, thread};

use rehearsal::{
    flow::interruption::{Interruption, Signal},
    operator::{Operator, Question, Response},
    package::model::InputMode,
};

use crate::{
    asking::{ask, choices, entry, mode, question, scan, volts},
    screen::{terminal, watched},
};

/// Asks, and shows all there was to see; what was typed stands behind the prompts, as `<line>`.
#[track_caller]
fn at(question: &Question, lines: &[&'static str]) -> (String, Option<String>, String) {
    let (mut terminal, shown) = terminal(lines);
    let (button, value) = ask(&mut terminal, question);
    let mut text = String::new();
    let shown = shown.text();
    let mut typed = lines.iter();
    for piece in shown.split_inclusive("> ") {
        text += piece.trim_end_matches(' ');
        if piece.ends_with("> ")
            && let Some(line) = typed.next()
        {
            text += &format!(" <{line}>\n");
        }
    }
    (button, value, text)
}

#[test]
fn title_message_and_buttons_are_shown_and_enter_takes_the_default() {
    let (button, value, text) = at(&question(), &[""]);
    assert_eq!((button.as_str(), value), ("PASS", None));
    assert_eq!(
        text,
        "
Lamps
  Look at the front panel.
  Is the green lamp on?
  PASS (Enter), FAIL, Cancel > <>
"
    );
}

#[test]
fn a_button_is_named_or_begun_in_any_letter_case() {
    for (line, button) in [
        ("FAIL", "FAIL"),
        ("fail", "FAIL"),
        ("f", "FAIL"),
        (" can ", "Cancel"),
        ("P", "PASS"),
    ] {
        assert_eq!(at(&question(), &[line]).0, button, "{line}");
    }
}

#[test]
fn what_is_no_button_is_asked_again() {
    let (button, _, text) = at(&question(), &["ok", "c"]);
    assert_eq!(button, "Cancel");
    assert_eq!(
        text.lines().skip(4).collect::<Vec<_>>(),
        [
            "  PASS (Enter), FAIL, Cancel > <ok>",
            "  `ok` is none of the buttons; type PASS, FAIL, Cancel, or how one of them begins",
            "  PASS (Enter), FAIL, Cancel > <c>",
        ]
    );
}

#[test]
fn two_buttons_that_begin_alike_have_to_be_told_apart() {
    let mut question = question();
    question.buttons[1].name = "PASSABLE".into();
    assert_eq!(at(&question, &["pa", "passa"]).0, "PASSABLE");
    assert_eq!(at(&question, &["pass"]).0, "PASS");
}

#[test]
fn a_number_is_asked_for_with_its_limits_until_it_is_one() {
    let (button, value, text) = at(&entry(volts()), &["high", "4,95", "9.5", ""]);
    assert_eq!((button.as_str(), value.as_deref()), ("OK", Some("9.5")));
    assert_eq!(
        text.lines().skip(4).collect::<Vec<_>>(),
        [
            "  number, 4.75 … 5.25 V (Enter alone for FAIL, Cancel) > <high>",
            "  `high` is no number; write one such as 4.95",
            "  number, 4.75 … 5.25 V (Enter alone for FAIL, Cancel) > <4,95>",
            "  `4,95` is no number; write 4.95",
            "  number, 4.75 … 5.25 V (Enter alone for FAIL, Cancel) > <9.5>",
            "  OK (Enter), FAIL, Cancel > <>",
        ]
    );
}

#[test]
fn infinity_and_not_a_number_are_no_numbers() {
    for line in ["inf", "NaN", "1e999", "0x10"] {
        let (_, value, _) = at(&scan(volts()), &[line, "5"]);
        assert_eq!(value.as_deref(), Some("5"), "{line}");
    }
}

#[test]
fn a_value_alone_answers_where_there_is_one_button_that_does_not_abort() {
    let (button, value, text) = at(&scan(mode(InputMode::Text)), &["SN-0042"]);
    assert_eq!((button.as_str(), value.as_deref()), ("OK", Some("SN-0042")));
    assert!(
        text.ends_with("  text (Enter alone for Cancel) > <SN-0042>\n"),
        "{text}"
    );
}

#[test]
fn enter_alone_leads_to_the_buttons_that_need_no_value_and_back() {
    let (button, value, text) = at(&scan(mode(InputMode::Text)), &["", "ok", "", "", "cancel"]);
    assert_eq!((button.as_str(), value), ("Cancel", None));
    assert_eq!(
        text.lines().skip(4).collect::<Vec<_>>(),
        [
            "  text (Enter alone for Cancel) > <>",
            "  Cancel (Enter to enter a value) > <ok>",
            "  `ok` is none of the buttons that need no value; type Cancel, or Enter alone",
            "  Cancel (Enter to enter a value) > <>",
            "  text (Enter alone for Cancel) > <>",
            "  Cancel (Enter to enter a value) > <cancel>",
        ]
    );
}

#[test]
fn a_button_may_be_named_where_a_number_is_asked_for() {
    let (button, value, _) = at(&entry(volts()), &["fail"]);
    assert_eq!((button.as_str(), value), ("FAIL", None));
    let (button, value, text) = at(&entry(volts()), &["OK", "5.0", "ok"]);
    assert_eq!((button.as_str(), value.as_deref()), ("OK", Some("5.0")));
    assert!(text.contains("  `OK` needs a number\n"), "{text}");
}

#[test]
fn a_text_may_be_the_name_of_a_button() {
    let (button, value, _) = at(&scan(mode(InputMode::Text)), &["Cancel"]);
    assert_eq!((button.as_str(), value.as_deref()), ("OK", Some("Cancel")));
}

#[test]
fn a_truth_is_entered_as_a_word() {
    for (line, value) in [
        ("true", "true"),
        ("Y", "true"),
        ("no", "false"),
        ("F", "false"),
    ] {
        let (_, entered, _) = at(&scan(mode(InputMode::Boolean)), &[line]);
        assert_eq!(entered.as_deref(), Some(value), "{line}");
    }
    let (_, _, text) = at(&scan(mode(InputMode::Boolean)), &["maybe", "yes"]);
    assert!(
        text.contains("  `maybe` is neither true nor false; write one of the two\n"),
        "{text}"
    );
}

#[test]
fn a_choice_is_made_by_its_number_or_its_text() {
    let colours = scan(choices(&["Red", "Green"]));
    let (_, value, text) = at(&colours, &["3", "2"]);
    assert_eq!(value.as_deref(), Some("Green"));
    assert_eq!(
        text.lines().skip(4).collect::<Vec<_>>(),
        [
            "    1  Red",
            "    2  Green",
            "  choice, 1 to 2 (Enter alone for Cancel) > <3>",
            "  `3` is none of the choices: Red, Green",
            "  choice, 1 to 2 (Enter alone for Cancel) > <2>",
        ]
    );
    assert_eq!(at(&colours, &["red"]).1.as_deref(), Some("Red"));
}

#[test]
fn choices_that_are_numbers_are_not_numbered() {
    let (_, value, text) = at(&scan(choices(&["2", "1"])), &["1"]);
    assert_eq!(value.as_deref(), Some("1"));
    assert!(
        text.contains("  - 2\n  - 1\n  choice (Enter alone for Cancel) > <1>"),
        "{text}"
    );
}

#[test]
fn a_list_without_choices_takes_any_text() {
    assert_eq!(
        at(&scan(choices(&[])), &["anything"]).1.as_deref(),
        Some("anything")
    );
}

#[test]
fn nothing_of_the_files_text_steers_the_terminal() {
    let mut question = question();
    question.title = "\u{1b}[2JLamps".into();
    question.message = "a\u{7}\nb\u{202e}c".into();
    question.buttons[1].name = "F\u{1b}[1m".into();
    question.image = Some("images/\u{1b}lamps.png".into());
    let (_, _, text) = at(&question, &[""]);
    assert_eq!(
        text,
        "
\\x1b[2JLamps
  a\\x07
  b\\u{202e}c
  image: /package/images/\\x1blamps.png
  PASS (Enter), F\\x1b[1m, Cancel > <>
"
    );
}

#[test]
fn an_arrow_key_does_not_become_part_of_a_text() {
    let (_, value, text) = at(&scan(mode(InputMode::Text)), &["\u{1b}[ASN-1", "SN-1"]);
    assert_eq!(value.as_deref(), Some("SN-1"));
    assert!(text.contains("has control characters in it\n"), "{text}");
}

#[test]
fn a_text_that_was_not_typed_in_utf_8_is_not_taken_for_another() {
    let (mut terminal, shown, mut keys, _) = watched(&[]);
    let typing = thread::spawn({
        let shown = shown.clone();
        move || {
            for (count, line) in [(1, &b"M\xfcller\n"[..]), (2, "Müller\n".as_bytes())] {
                while shown.text().matches("> ").count() < count {
                    thread::yield_now();
                }
                keys.write_all(line).expect("room in the pipe");
            }
            keys
        }
    });
    let (_, value) = ask(&mut terminal, &scan(mode(InputMode::Text)));
    assert_eq!(value.as_deref(), Some("Müller"));
    let text = shown.text();
    assert!(
        text.contains("has a character that is no UTF-8\n"),
        "{text}"
    );
    drop(typing.join());
}

#[test]
fn an_operator_who_leaves_is_nobody() {
    let (why, _, _) = at(&question(), &[]);
    assert_eq!(
        why,
        "standard input ended before the prompt of step `Check lamps` was answered; answer it with \
         --answer 'Check lamps=PASS' or in an answers file"
    );
}

#[test]
fn what_was_typed_before_the_question_is_no_answer_to_it() {
    let (mut terminal, _, mut keys, reads) = watched(&["pass", "fail"]);
    assert_eq!(ask(&mut terminal, &question()).0, "PASS");
    keys.write_all(b"\n").expect("room in the pipe");
    // The first read brought the answer, the second the line nobody asked for, which has been taken once the third begins.
    reads.wait_for(3);
    assert_eq!(ask(&mut terminal, &question()).0, "FAIL");
}

#[test]
fn a_signal_ends_the_waiting_and_the_next_question_gets_the_next_line() {
    let interruption = Interruption::new();
    let stop = interruption.stop_above(0);
    let (mut terminal, shown, mut keys, reads) = watched(&[]);
    let raising = thread::spawn({
        let shown = shown.clone();
        move || {
            while !shown.text().ends_with("> ") {
                thread::yield_now();
            }
            interruption.raise(Signal::Interrupt);
        }
    });
    assert_eq!(terminal.ask(&question(), &stop), Response::Stopped);
    raising.join().expect("raised");
    assert!(shown.text().ends_with("Cancel > \n"), "{}", shown.text());
    // The read that was begun for the first question serves the second one.
    let answering = thread::spawn(move || {
        while shown.text().matches("> ").count() < 2 {
            thread::yield_now();
        }
        keys.write_all(b"fail\n").expect("room in the pipe");
        keys
    });
    assert_eq!(ask(&mut terminal, &question()).0, "FAIL");
    reads.wait_for(1);
    drop(answering.join());
}

#[test]
fn a_stop_that_has_fired_already_asks_nothing() {
    let interruption = Interruption::new();
    let stop = interruption.stop_above(0);
    interruption.raise(Signal::Terminate);
    let (mut terminal, shown) = terminal(&["PASS"]);
    assert_eq!(terminal.ask(&question(), &stop), Response::Stopped);
    assert_eq!(shown.text(), "");
}
