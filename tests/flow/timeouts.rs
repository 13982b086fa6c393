//! `timeout_ms`, `policy.timeout` and what follows them.

use std::time::Duration;

use rehearsal::{
    event::{Reason, Rule, Verdict},
    package::model::{Action, Spanned},
    python::Outcome,
};

use crate::support::{Trial, ended_by, ends, raises, returns, sleeps, step, takes, text};
use rehearsal_python::value::Value;

fn policy_timeout(trial: &mut Trial, seconds: f64) {
    trial.test.policy.timeout = Some(Spanned {
        value: seconds,
        at: text("").at,
    });
}

fn delay(seconds: f64) -> Action {
    Action::Delay {
        seconds: Spanned {
            value: seconds,
            at: text("").at,
        },
    }
}

#[test]
fn a_step_that_takes_too_long_is_aborted_and_ends_the_run() {
    let run = Trial::new()
        .step(step("slow").timeout(500).does([sleeps()]))
        .step(step("next"))
        .teardown(step("off").run_on_abort())
        .run();
    assert_eq!(
        run.steps(),
        [
            "slow: ABORTED timeout",
            "next: SKIPPED aborted",
            "off: PASS"
        ]
    );
    assert_eq!(run.outcome.ended_by, ended_by("slow", Rule::AbortedStep));
    assert_eq!(
        run.message("slow"),
        "the time-out of \"slow\", 500 ms, passed"
    );
    assert_eq!(run.outcome.exit().code(), 1);
}

#[test]
fn the_time_counts_for_each_attempt_and_a_late_one_is_repeated() {
    let run = Trial::new()
        .step(
            step("slow")
                .timeout(500)
                .retry(2, 1000)
                .does([takes(499), raises("ValueError", "no")])
                .does([sleeps()])
                .does([takes(499), returns(Value::None)]),
        )
        .run();
    assert_eq!(run.steps(), ["slow: PASS"]);
    assert_eq!(run.calls.len(), 3);
}

#[test]
fn code_that_returns_after_its_time_is_aborted_all_the_same() {
    let run = Trial::new()
        .step(
            step("late")
                .timeout(500)
                .does([takes(500), returns(Value::Int(1))]),
        )
        .run();
    assert_eq!(run.steps(), ["late: ABORTED timeout"]);
    assert!(run.report().steps[0].outputs.is_empty());
}

#[test]
fn code_that_does_not_stop_costs_its_interpreter_and_the_report_says_so() {
    let run = Trial::new()
        .step(
            step("stuck")
                .timeout(500)
                .retry(1, 0)
                .does([takes(1000), ends(Outcome::Lost)])
                .does([returns(Value::None)]),
        )
        .run();
    assert_eq!(run.steps(), ["stuck: PASS"]);
    let report = run.report();
    let attempts = &report.steps[0].iterations[0].attempts;
    assert_eq!(
        (attempts[0].verdict, attempts[0].lost, attempts[1].lost),
        (Verdict::Aborted, true, false)
    );
    assert_eq!(
        attempts[0].message.as_deref().unwrap(),
        "the time-out of \"stuck\", 500 ms, passed; the code did not stop when asked to; its interpreter was given up, and the next step gets a fresh one"
    );
}

#[test]
fn the_time_of_the_test_covers_setup_and_steps_and_cleaning_up_has_its_own() {
    let run = Trial::new()
        .with(|trial| policy_timeout(trial, 2.0))
        .setup(step("first").does([takes(1500)]))
        .step(step("second").retry(3, 0).does([sleeps()]))
        .step(step("third"))
        .teardown(step("off").run_on_abort().does([takes(5000)]))
        .teardown(step("stuck").run_on_abort().does([sleeps()]))
        .teardown(step("own").run_on_abort().timeout(100).does([sleeps()]))
        .run();
    assert_eq!(
        run.steps(),
        [
            "first: PASS",
            "second: ABORTED policy_timeout",
            "third: SKIPPED aborted",
            "off: PASS",
            "stuck: ABORTED timeout",
            "own: ABORTED timeout",
        ]
    );
    assert_eq!(
        run.outcome.ended_by,
        ended_by("second", Rule::PolicyTimeout)
    );
    assert_eq!(
        run.message("second"),
        "the `policy.timeout` of \"Power Check\", 2 s, passed"
    );
    assert_eq!(
        run.message("stuck"),
        "the time-out of \"stuck\", 30 s, passed"
    );
}

#[test]
fn a_teardown_in_the_normal_course_is_not_bounded_by_the_time_of_the_test() {
    let run = Trial::new()
        .with(|trial| policy_timeout(trial, 2.0))
        .step(step("first").does([takes(1900)]))
        .teardown(step("off").does([takes(60_000)]))
        .run();
    assert_eq!(run.steps(), ["first: PASS", "off: PASS"]);
}

#[test]
fn the_time_of_the_test_ends_a_delay_and_the_pause_before_another_attempt() {
    let run = Trial::new()
        .with(|trial| policy_timeout(trial, 2.0))
        .step(step("wait").action(delay(10.0)))
        .run();
    assert_eq!(run.steps(), ["wait: ABORTED policy_timeout"]);
    let run = Trial::new()
        .with(|trial| policy_timeout(trial, 2.0))
        .step(
            step("again")
                .retry(5, 10_000)
                .does([raises("OSError", "no")]),
        )
        .run();
    assert_eq!(run.steps(), ["again: ABORTED policy_timeout"]);
    assert_eq!(run.calls.len(), 1);
    assert_eq!(
        run.message("again"),
        "the `policy.timeout` of \"Power Check\", 2 s, passed before attempt 2 of 6"
    );
}

#[test]
fn a_delay_takes_its_time_and_no_interpreter() {
    let run = Trial::new().step(step("wait").action(delay(2.5))).run();
    assert_eq!(run.steps(), ["wait: PASS"]);
    assert!(run.calls.is_empty());
    assert!((run.report().duration_ms - 2500.0).abs() < 1e-9);
}

#[test]
fn the_start_of_the_interpreter_is_no_part_of_a_steps_time() {
    let run = Trial::new()
        .with(|trial| trial.start = Duration::from_secs(3))
        .step(step("first").timeout(500).does([takes(499)]))
        .run();
    assert_eq!(run.steps(), ["first: PASS"]);
}

#[test]
fn time_that_is_up_between_two_steps_aborts_the_test_and_cleaning_up_runs() {
    let run = Trial::new()
        .with(|trial| policy_timeout(trial, 2.0))
        .with(|trial| trial.start = Duration::from_secs(3))
        .step(step("off").run_on_abort())
        .step(step("next"))
        .run();
    assert_eq!(run.steps(), ["off: PASS", "next: SKIPPED aborted"]);
    assert_eq!(
        (run.outcome.verdict, run.outcome.reason),
        (Verdict::Aborted, Some(Reason::PolicyTimeout))
    );
    assert_eq!(run.outcome.exit().code(), 1);
}
