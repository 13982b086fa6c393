//! Steps of type prompt and manual: what is asked, what an answer means, what it leaves.

use rehearsal::{
    event::Rule,
    package::model::{Action, Button, ButtonAction, Input, InputMode, Prompt, Spanned},
};

use crate::support::{TestStep, Trial, ended_by, numeric, scalar, step, text};

fn prompt() -> Prompt {
    Prompt {
        message: text("Is LED {{led}} on?"),
        title: None,
        image: None,
        buttons: Vec::new(),
        default_button: None,
        input: None,
    }
}

fn button(name: &str, action: ButtonAction) -> Button {
    Button {
        name: text(name),
        action: Spanned {
            value: action,
            at: text("").at,
        },
    }
}

fn input(mode: InputMode) -> Input {
    Input {
        mode: Spanned {
            value: mode,
            at: text("").at,
        },
        variable: Some(text("reading")),
        low_limit: None,
        high_limit: None,
        unit: Some(text("V")),
        expected: None,
        choices: Vec::new(),
    }
}

fn asks(change: impl FnOnce(&mut Prompt)) -> TestStep {
    let mut prompt = prompt();
    change(&mut prompt);
    step("ask").action(Action::Prompt(prompt))
}

fn trial(step: TestStep) -> Trial {
    Trial::new().variable("led", "3").step(step)
}

#[test]
fn a_prompt_without_buttons_has_ok_and_cancel() {
    let run = trial(asks(|_| {})).answer("OK", None).run();
    assert_eq!(run.steps(), ["ask: PASS"]);
    let question = &run.asked[0];
    assert_eq!(
        (question.title.as_str(), question.message.as_str()),
        ("ask", "Is LED 3 on?")
    );
    let names: Vec<_> = question
        .buttons
        .iter()
        .map(|its| its.name.as_str())
        .collect();
    assert_eq!((names, question.default), (vec!["OK", "Cancel"], 0));
}

#[test]
fn the_button_decides_and_leaves_its_name_in_both_spellings() {
    for (name, steps, rule) in [
        ("Yes", "ask: PASS", None),
        ("No", "ask: FAIL operator_fail", None),
        (
            "Stop",
            "ask: ABORTED operator_abort",
            ended_by("ask", Rule::AbortedStep),
        ),
    ] {
        let run = trial(asks(|prompt| {
            prompt.buttons = vec![
                button("Stop", ButtonAction::Abort),
                button("No", ButtonAction::Fail),
                button("Yes", ButtonAction::Pass),
            ];
            prompt.default_button = Some(text("Yes"));
        }))
        .teardown(
            step("after")
                .run_on_abort()
                .parameter("a", "{{Response}} {{Action}} {{TimedOut}}")
                .parameter("b", "{{exec.prompt.response}} {{exec.prompt.action}}"),
        )
        .answer(name, None)
        .run();
        assert_eq!(run.steps()[0], steps);
        assert_eq!(run.outcome.ended_by, rule);
        let question = &run.asked[0];
        assert_eq!((question.buttons.len(), question.default), (3, 2));
        let action = match name {
            "Yes" => "pass",
            "No" => "fail",
            _ => "abort",
        };
        assert_eq!(
            run.calls[0].arguments[0].1,
            format!("{name} {action} False")
        );
        assert_eq!(run.calls[0].arguments[1].1, format!("{name} {action}"));
    }
}

#[test]
fn a_number_is_held_to_its_limits_and_kept_as_entered() {
    for (entered, verdict) in [
        ("4.75", "ask: PASS"),
        (" 5.250 ", "ask: PASS"),
        ("5.26", "ask: FAIL limit"),
        ("4,9", "ask: FAIL limit"),
        ("", "ask: FAIL limit"),
    ] {
        let run = trial(asks(|prompt| {
            prompt.input = Some(Input {
                low_limit: Some(scalar("4.75")),
                high_limit: Some(scalar("5.25")),
                ..input(InputMode::Number)
            });
        }))
        .step(step("after").parameter("given", "{{reading}}|{{InputValue}}"))
        .answer("OK", Some(entered))
        .run();
        assert_eq!(run.steps()[0], verdict, "{entered}");
        let report = run.report();
        assert_eq!(report.steps[0].measurements[0].name, "reading");
        if entered.contains('2') && verdict.ends_with("PASS") {
            assert_eq!(run.calls[0].arguments[0].1, "5.250|5.250");
        }
    }
}

#[test]
fn text_boolean_and_list_are_compared_with_what_is_expected() {
    for (mode, expected, entered, verdict) in [
        (InputMode::Text, "Rev B", "Rev B", "ask: PASS"),
        (InputMode::Text, "Rev B", "rev b", "ask: FAIL limit"),
        (InputMode::List, "red", "red", "ask: PASS"),
        (InputMode::List, "red", "green", "ask: FAIL limit"),
        (InputMode::Boolean, "true", "True", "ask: PASS"),
        (InputMode::Boolean, "true", "false", "ask: FAIL limit"),
    ] {
        let run = trial(asks(|prompt| {
            prompt.input = Some(Input {
                expected: Some(scalar(expected)),
                ..input(mode)
            });
        }))
        .answer("OK", Some(entered))
        .run();
        assert_eq!(run.steps(), [verdict], "{mode:?} {entered}");
    }
}

#[test]
fn an_aborting_button_wins_over_the_value_and_a_failing_one_too() {
    for (name, verdict) in [
        ("Cancel", "ask: ABORTED operator_abort"),
        ("Bad", "ask: FAIL operator_fail"),
    ] {
        let run = trial(asks(|prompt| {
            prompt.buttons = vec![
                button("Good", ButtonAction::Pass),
                button("Bad", ButtonAction::Fail),
            ];
            prompt.input = Some(input(InputMode::Number));
        }))
        .answer(name, Some("5"))
        .run();
        assert_eq!(run.steps(), [verdict]);
    }
}

#[test]
fn a_measurement_of_the_step_may_use_the_value() {
    let run = trial(
        asks(|prompt| prompt.input = Some(input(InputMode::Number)))
            .measures(numeric("V").value("{{InputValue}}").high("5")),
    )
    .answer("OK", Some("6"))
    .run();
    assert_eq!(run.steps(), ["ask: FAIL limit"]);
    let report = run.report();
    let names: Vec<_> = report.steps[0]
        .measurements
        .iter()
        .map(|its| format!("{} {}", its.name, its.verdict.as_str()))
        .collect();
    assert_eq!(names, ["reading PASS", "V FAIL"]);
}

#[test]
fn without_an_operator_the_step_is_aborted_and_never_hangs() {
    let run = trial(asks(|_| {})).step(step("next")).run();
    assert_eq!(
        run.steps(),
        ["ask: ABORTED no_operator", "next: SKIPPED aborted"]
    );
    assert_eq!(run.message("ask"), "there is nobody");
}

#[test]
fn an_operator_who_takes_too_long_is_told_so_by_a_variable() {
    let run = trial(asks(|_| {}).timeout(2000))
        .teardown(
            step("after")
                .run_on_abort()
                .parameter("late", "{{TimedOut}}"),
        )
        .answer("never", None)
        .run();
    assert_eq!(run.steps()[0], "ask: ABORTED timeout");
    assert_eq!(
        run.message("ask"),
        "the time-out of \"ask\", 2 s, passed; the operator gave no answer"
    );
    assert_eq!(run.calls[0].arguments[0].1, "True");
}

#[test]
fn a_manual_step_is_a_prompt_with_its_name_pass_and_fail() {
    let run = Trial::new()
        .step(step("Check the label").action(Action::Manual(None)))
        .answer("FAIL", None)
        .run();
    assert_eq!(run.steps(), ["Check the label: FAIL operator_fail"]);
    let question = &run.asked[0];
    let names: Vec<_> = question
        .buttons
        .iter()
        .map(|its| its.name.as_str())
        .collect();
    assert_eq!(
        (question.title.as_str(), names),
        ("Check the label", vec!["PASS", "FAIL", "Cancel"])
    );
}

#[test]
fn a_template_that_does_not_resolve_asks_nobody() {
    let run = Trial::new().step(asks(|_| {})).answer("OK", None).run();
    assert_eq!(run.steps(), ["ask: ABORTED unresolved_template"]);
    assert!(run.asked.is_empty());
    assert_eq!(run.message("ask"), "the prompt: nothing is named `led`");
}
