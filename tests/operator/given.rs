//! `--answer` and `--answers FILE`: what they may say, and what is said about what they may not.

use rehearsal::{
    diagnostic::Style,
    operator::{
        AnsweredBy, Entry, Given, GivenFirst, Nobody, Operator, Question, Response, buttons,
        default_button,
    },
    package::model::{Action, Test},
};

use crate::{
    asking::{ask, never},
    package::{folder, test},
};

const STEPS: &str = r#"
    - {name: Lamps, type: prompt, prompt: {message: Look, buttons: [{name: PASS, action: pass}, {name: FAIL, action: fail}]}}
    - {name: Voltage, type: prompt, prompt: {message: Read, buttons: [{name: "OK: done", action: continue}, {name: OK, action: continue}],
        input: {mode: number, low_limit: 4.75, high_limit: 5.25, unit: V}}}
    - {name: "A=B", type: manual}
    - {name: Colour, type: prompt, prompt: {message: Pick, input: {mode: list, choices: [Red, Green]}}}
    - {name: Wait, type: delay, duration: 1}
"#;

/// The question the engine asks for a step without templates.
fn question(test: &Test, name: &str) -> Question {
    let step = test
        .steps
        .iter()
        .find(|step| step.name.value == name)
        .expect("the step");
    let prompt = match &step.action {
        Action::Prompt(prompt) => Some(prompt),
        _ => None,
    };
    let buttons = buttons(&step.action).expect("a step that asks");
    Question {
        step: name.into(),
        title: name.into(),
        message: String::new(),
        image: None,
        default: default_button(prompt, &buttons),
        entry: prompt
            .and_then(|prompt| prompt.input.as_ref())
            .map(Entry::from),
        buttons,
    }
}

fn given(test: &Test, switches: &[&str], file: Option<&str>) -> (GivenFirst, String) {
    let switches: Vec<String> = switches.iter().map(|&text| text.into()).collect();
    let folder = folder(&[("answers.yaml", file.unwrap_or_default())]);
    let path = folder.path().join("answers.yaml");
    let file = file.map(|_| (path.as_path(), "answers.yaml"));
    let (given, problems) = Given::read(&switches, file, [test]);
    let shown = problems.render(given.sources(), Style::PLAIN);
    (given.before(Box::new(Nobody)), shown)
}

/// What is answered to a step, all being well.
#[track_caller]
fn answered(switch: &str, step: &str) -> (String, Option<String>) {
    let test = test(STEPS);
    let (mut given, problems) = given(&test, &[switch], None);
    assert_eq!(problems, "");
    ask(&mut given, &question(&test, step))
}

#[track_caller]
fn refused(switch: &str, message: &str) {
    let (_, problems) = given(&test(STEPS), &[switch], None);
    assert_eq!(problems.trim_end(), message);
}

#[test]
fn a_switch_names_step_button_and_value() {
    for (switch, step, button, value) in [
        ("Lamps=FAIL", "Lamps", "FAIL", None),
        ("Lamps=fail", "Lamps", "FAIL", None),
        ("Lamps=Cancel", "Lamps", "Cancel", None),
        ("Lamps=", "Lamps", "PASS", None),
        ("Voltage=OK:5.1", "Voltage", "OK", Some("5.1")),
        ("Voltage=:5.1", "Voltage", "OK: done", Some("5.1")),
        ("Voltage=OK: done:5.1", "Voltage", "OK: done", Some("5.1")),
        ("Voltage=Cancel", "Voltage", "Cancel", None),
        ("A=B=FAIL", "A=B", "FAIL", None),
        ("Colour=OK:green", "Colour", "OK", Some("Green")),
    ] {
        assert_eq!(
            answered(switch, step),
            (button.to_owned(), value.map(str::to_owned)),
            "{switch}"
        );
    }
}

#[test]
fn a_value_may_hold_colons_and_equal_signs() {
    let test =
        test("\n    - {name: Scan, type: prompt, prompt: {message: Scan, input: {mode: text}}}\n");
    let (mut given, problems) = given(&test, &["Scan=OK:http://x/?a=b"], None);
    assert_eq!(problems, "");
    let answer = ask(&mut given, &question(&test, "Scan"));
    assert_eq!(answer, ("OK".into(), Some("http://x/?a=b".into())));
}

#[test]
fn a_switch_that_fits_no_step_is_refused() {
    refused(
        "Lamps",
        "error: --answer `Lamps`: there is no `=`\n |\n = help: write --answer 'STEP=BUTTON' or --answer 'STEP=BUTTON:VALUE'",
    );
    refused(
        "Lamp=PASS",
        "error: --answer `Lamp=PASS`: no step `Lamp`, did you mean `Lamps`?",
    );
    refused(
        "Doors=PASS",
        "error: --answer `Doors=PASS`: no step `Doors` in this test\n |\n = help: the steps that ask are `Lamps`, `Voltage`, `A=B`, `Colour`",
    );
    refused(
        "Wait=PASS",
        "error: --answer `Wait=PASS`: step `Wait` asks nothing\n |\n = help: the steps that ask are `Lamps`, `Voltage`, `A=B`, `Colour`",
    );
}

#[test]
fn an_answer_that_does_not_fit_its_step_is_refused() {
    refused(
        "Lamps=GOOD",
        "error: --answer `Lamps=GOOD`: step `Lamps` has no button `GOOD`\n |\n = help: its buttons are PASS, FAIL, Cancel",
    );
    refused(
        "Lamps=PASS:1",
        "error: --answer `Lamps=PASS:1`: step `Lamps` asks for no value\n |\n = help: name the button alone",
    );
    refused(
        "Voltage=OK",
        "error: --answer `Voltage=OK`: step `Voltage` asks for a number\n |\n = help: write it behind the button, as in OK:VALUE",
    );
    refused(
        "Voltage=OK:5,1",
        "error: --answer `Voltage=OK:5,1`: `5,1` is no number; write 5.1\n |\n = help: step `Voltage` asks for a number",
    );
    refused(
        "Colour=OK:Blue",
        "error: --answer `Colour=OK:Blue`: `Blue` is none of the choices: Red, Green\n |\n = help: step `Colour` asks for a choice",
    );
    refused(
        "Voltage=KO:5",
        "error: --answer `Voltage=KO:5`: step `Voltage` has no button `KO`\n |\n = help: its buttons are OK: done, OK, Cancel",
    );
}

#[test]
fn a_test_that_asks_nothing_says_so() {
    let test = test("\n    - {name: Wait, type: delay, duration: 1}\n");
    assert_eq!(
        given(&test, &["Lamps=PASS"], None).1,
        "error: --answer `Lamps=PASS`: no step `Lamps` in this test\n |\n = help: no step of this test asks anything\n"
    );
}

#[test]
fn a_file_answers_in_long_and_in_short() {
    let test = test(STEPS);
    let file = "Lamps: FAIL\nVoltage: {button: OK, value: 5.10}\nA=B: {button: pass}\nColour: \"OK:Red\"\n";
    let (mut given, problems) = given(&test, &[], Some(file));
    assert_eq!(problems, "");
    for (step, button, value) in [
        ("Lamps", "FAIL", None),
        ("Voltage", "OK", Some("5.10")),
        ("A=B", "PASS", None),
        ("Colour", "OK", Some("Red")),
    ] {
        let answer = ask(&mut given, &question(&test, step));
        assert_eq!(
            answer,
            (button.to_owned(), value.map(str::to_owned)),
            "{step}"
        );
    }
}

#[test]
fn several_answers_are_used_in_turn_and_the_last_repeats() {
    let test = test(STEPS);
    let file = "Voltage:\n  - {value: 4}\n  - OK:5\nLamps: [PASS]\n";
    let (mut given, problems) = given(&test, &["Lamps=FAIL", "Lamps=Cancel"], Some(file));
    assert_eq!(problems, "");
    let mut values = |step| {
        let question = question(&test, step);
        [0; 3].map(|_| ask(&mut given, &question))
    };
    let value = |value: &str| Some(value.to_owned());
    assert_eq!(
        values("Voltage").map(|(_, value)| value),
        [value("4"), value("5"), value("5")]
    );
    // The switches count, not the file.
    assert_eq!(
        values("Lamps").map(|(button, _)| button),
        ["FAIL", "Cancel", "Cancel"]
    );
}

#[test]
fn an_answer_is_marked_as_given_and_a_step_without_one_is_passed_on() {
    let test = test(STEPS);
    let (mut given, _) = given(&test, &["Lamps=PASS"], None);
    let Response::Answered(answer) = given.ask(&question(&test, "Lamps"), &never()) else {
        panic!("no answer");
    };
    assert_eq!(answer.by, AnsweredBy::Given);
    let why = ask(&mut given, &question(&test, "A=B")).0;
    assert!(why.starts_with("nobody is there to answer"), "{why}");
}

#[test]
fn an_answer_that_does_not_fit_what_is_asked_at_last_is_no_answer() {
    let test = test(STEPS);
    let (mut given, _) = given(&test, &["Lamps=FAIL"], None);
    let mut question = question(&test, "Lamps");
    question.buttons.remove(1);
    assert_eq!(
        ask(&mut given, &question).0,
        "the given answer does not fit: step `Lamps` has no button `FAIL`; its buttons are PASS, Cancel"
    );
}

#[test]
fn every_problem_of_a_file_is_shown_at_its_place() {
    let file = "\
Lamps: GOOD
Voltage: [OK, {button: OK, value: x, note: 1}]
Colou: OK:Red
Doors: PASS
A=B:
Colour: []
";
    let (_, problems) = given(&test(STEPS), &[], Some(file));
    assert_eq!(problems, PROBLEMS);
}

const PROBLEMS: &str = r#"error: step `Lamps` has no button `GOOD`
 --> answers.yaml:1:8
  |
1 | Lamps: GOOD
  |        ^^^^
  |
  = help: its buttons are PASS, FAIL, Cancel

error: step `Voltage` asks for a number
 --> answers.yaml:2:11
  |
2 | Voltage: [OK, {button: OK, value: x, note: 1}]
  |           ^^
  |
  = help: write it behind the button, as in OK:VALUE

error: `x` is no number; write one such as 4.95
 --> answers.yaml:2:16
  |
2 | Voltage: [OK, {button: OK, value: x, note: 1}]
  |                ^^^^^^
  |
  = help: step `Voltage` asks for a number

error: unknown field `note` in the answer for step `Voltage`
 --> answers.yaml:2:38
  |
2 | Voltage: [OK, {button: OK, value: x, note: 1}]
  |                                      ^^^^
  |
  = help: known fields: button, value

error: no step `Colou`, did you mean `Colour`?
 --> answers.yaml:3:1
  |
3 | Colou: OK:Red
  | ^^^^^

warning: no step `Doors` in this test
 --> answers.yaml:4:1
  |
4 | Doors: PASS
  | ^^^^^
  |
  = help: the steps that ask are `Lamps`, `Voltage`, `A=B`, `Colour`

error: the answer for step `A=B` is empty
 --> answers.yaml:5:1
  |
5 | A=B:
  | ^^^
  |
  = help: write a button's name, or {button: NAME, value: "12.3"}

error: no answer for step `Colour`
 --> answers.yaml:6:1
  |
6 | Colour: []
  | ^^^^^^
"#;

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let path = std::path::Path::new("no-such-folder/answers.yaml");
    let test = test(STEPS);
    let (given, problems) = Given::read(&[], Some((path, "answers.yaml")), [&test]);
    let shown = problems.render(given.sources(), Style::PLAIN);
    assert!(
        shown.starts_with("error: failed to read `answers.yaml`: "),
        "{shown}"
    );
    let (_, problems) = self::given(&test, &[], Some("- PASS\n"));
    assert!(
        problems.starts_with("error: the answers file must be a mapping, found a list\n"),
        "{problems}"
    );
    assert_eq!(self::given(&test, &[], Some("# none yet\n")).1, "");
}
