//! Which order steps run in, and what ends a run early.

use rehearsal::{
    event::{Rule, Verdict},
    package::model::OnStepFailure,
};

use crate::support::{Trial, ended_by, raises, step};

#[test]
fn phases_run_in_order_and_steps_in_the_order_of_the_file() {
    let run = Trial::new()
        .teardown(step("d"))
        .step(step("b"))
        .step(step("c"))
        .setup(step("a"))
        .run();
    assert_eq!(run.functions(), ["a", "b", "c", "d"]);
    assert_eq!(run.outcome.verdict, Verdict::Pass);
    assert_eq!(run.outcome.exit().code(), 0);
    assert_eq!(run.outcome.ended_by, None);
}

#[test]
fn a_failed_step_does_not_end_a_run_without_a_policy() {
    let run = Trial::new()
        .step(step("a").does([raises("ValueError", "x")]))
        .step(step("b"))
        .run();
    assert_eq!(run.steps(), ["a: FAIL exception", "b: PASS"]);
    assert_eq!(run.outcome.verdict, Verdict::Fail);
    assert_eq!(run.outcome.exit().code(), 1);
    assert_eq!(run.outcome.ended_by, None);
}

#[test]
fn terminate_on_fail_ends_the_run() {
    let run = Trial::new()
        .setup(
            step("a")
                .terminate_on_fail()
                .does([raises("ValueError", "x")]),
        )
        .step(step("b"))
        .teardown(step("c"))
        .teardown(step("d").run_on_abort())
        .run();
    assert_eq!(
        run.steps(),
        [
            "a: FAIL exception",
            "b: SKIPPED aborted",
            "c: SKIPPED aborted",
            "d: PASS"
        ]
    );
    assert_eq!(run.outcome.verdict, Verdict::Fail);
    assert_eq!(run.outcome.ended_by, ended_by("a", Rule::TerminateOnFail));
}

#[test]
fn terminate_on_fail_lets_a_passing_step_pass() {
    let run = Trial::new()
        .step(step("a").terminate_on_fail())
        .step(step("b"))
        .run();
    assert_eq!(run.steps(), ["a: PASS", "b: PASS"]);
}

#[test]
fn policy_abort_ends_the_run_at_any_failed_step() {
    let run = Trial::new()
        .policy(OnStepFailure::Abort)
        .step(step("a").does([raises("ValueError", "x")]))
        .step(step("b"))
        .run();
    assert_eq!(run.steps(), ["a: FAIL exception", "b: SKIPPED aborted"]);
    assert_eq!(run.outcome.ended_by, ended_by("a", Rule::OnStepFailure));
}

#[test]
fn policy_continue_decides_over_terminate_on_fail_and_says_so() {
    let run = Trial::new()
        .policy(OnStepFailure::Continue)
        .step(
            step("a")
                .terminate_on_fail()
                .does([raises("ValueError", "x")]),
        )
        .step(step("b"))
        .run();
    assert_eq!(run.steps(), ["a: FAIL exception", "b: PASS"]);
    assert_eq!(
        run.warnings(),
        [
            "\"a\" failed and asks for terminate-on-fail, but `policy.on_step_failure: continue` keeps the run going"
        ]
    );
}

#[test]
fn an_aborted_step_ends_the_run_whatever_the_policy() {
    let run = Trial::new()
        .policy(OnStepFailure::Continue)
        .step(step("a").parameter("x", "{{nothing}}"))
        .step(step("b"))
        .run();
    assert_eq!(
        run.steps(),
        ["a: ABORTED unresolved_template", "b: SKIPPED aborted"]
    );
    assert_eq!(run.outcome.verdict, Verdict::Aborted);
    assert_eq!(run.outcome.ended_by, ended_by("a", Rule::AbortedStep));
}

#[test]
fn the_first_rule_that_ended_the_run_is_the_one_reported() {
    let run = Trial::new()
        .step(
            step("a")
                .terminate_on_fail()
                .does([raises("ValueError", "x")]),
        )
        .teardown(
            step("b")
                .run_on_abort()
                .terminate_on_fail()
                .does([raises("KeyError", "y")]),
        )
        .teardown(step("c").run_on_abort())
        .run();
    assert_eq!(
        run.steps(),
        ["a: FAIL exception", "b: FAIL exception", "c: PASS"]
    );
    assert_eq!(run.outcome.ended_by, ended_by("a", Rule::TerminateOnFail));
}

#[test]
fn a_disabled_step_is_skipped_and_counts_for_nothing() {
    let run = Trial::new()
        .step(step("a").disabled())
        .step(step("b"))
        .run();
    assert_eq!(run.steps(), ["a: SKIPPED disabled", "b: PASS"]);
    assert_eq!(run.outcome.verdict, Verdict::Pass);
    assert_eq!(run.functions(), ["b"]);
    assert!(run.report().steps[0].iterations.is_empty());
}

#[test]
fn a_disabled_step_after_an_abort_is_skipped_because_of_the_abort() {
    let run = Trial::new()
        .step(
            step("a")
                .terminate_on_fail()
                .does([raises("ValueError", "x")]),
        )
        .step(step("b").disabled())
        .step(step("c").disabled().run_on_abort())
        .run();
    assert_eq!(
        run.steps(),
        [
            "a: FAIL exception",
            "b: SKIPPED aborted",
            "c: SKIPPED disabled"
        ]
    );
}

#[test]
fn a_run_without_an_executed_step_is_skipped_and_no_pass() {
    let run = Trial::new().step(step("a").disabled()).run();
    assert_eq!(run.outcome.verdict, Verdict::Skipped);
    assert_eq!(run.outcome.exit().code(), 1);
}

#[test]
fn a_long_run_is_linear() {
    let mut trial = Trial::new();
    for number in 0..2000 {
        trial = trial.step(step(&format!("step {number}")));
    }
    let run = trial.run();
    assert_eq!(run.calls.len(), 2000);
    assert!(
        run.events
            .iter()
            .enumerate()
            .all(|(index, event)| event.seq == index as u64)
    );
}
