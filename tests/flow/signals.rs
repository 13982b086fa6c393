//! What a person who stops a run gets (docs/decisions.md 19).

use rehearsal::{
    event::{EndedBy, Event, Rule, Sink, Stamped, Verdict},
    flow::interruption::{Interruption, Signal},
    python::Outcome,
};
use rehearsal_python::value::Value;

use crate::support::{Trial, dict, ended_by, ends, raises, returns, signal, sleeps, step, takes};

const CTRL_C: Signal = Signal::Interrupt;

#[test]
fn a_step_marked_run_on_abort_runs_after_ctrl_c() {
    let run = Trial::new()
        .step(step("a").retry(5, 0).does([signal(CTRL_C), sleeps()]))
        .step(step("b"))
        .step(step("c").run_on_abort().does([sleeps(), takes(5)]))
        .teardown(step("d"))
        .teardown(step("e").run_on_abort())
        .run();
    assert_eq!(
        run.steps(),
        [
            "a: ABORTED interrupted",
            "b: SKIPPED aborted",
            "c: PASS",
            "d: SKIPPED aborted",
            "e: PASS"
        ]
    );
    assert_eq!(run.outcome.ended_by, ended_by("a", Rule::Interrupted));
    assert_eq!(run.outcome.signal, Some(CTRL_C));
    assert_eq!(run.outcome.exit().code(), 130);
    assert_eq!(run.message("a"), "interrupted by SIGINT");
}

#[test]
fn a_step_that_swallowed_the_interruption_is_aborted_all_the_same() {
    let run = Trial::new()
        .step(step("a").does([
            signal(Signal::Terminate),
            returns(dict([("v", Value::Int(1))])),
        ]))
        .teardown(step("b").run_on_abort().parameter("v", "{{v}}"))
        .run();
    assert_eq!(
        run.steps(),
        ["a: ABORTED interrupted", "b: ABORTED unresolved_template"]
    );
    assert_eq!(run.outcome.exit().code(), 143);
}

#[test]
fn the_second_signal_gives_up_the_running_run_on_abort_step_only() {
    let run = Trial::new()
        .step(step("a").does([signal(CTRL_C), sleeps()]))
        .teardown(
            step("b")
                .run_on_abort()
                .does([signal(CTRL_C), sleeps(), takes(99)]),
        )
        .teardown(step("c").run_on_abort().does([sleeps(), takes(1)]))
        .run();
    assert_eq!(
        run.steps(),
        [
            "a: ABORTED interrupted",
            "b: ABORTED interrupted",
            "c: PASS"
        ]
    );
}

#[test]
fn the_third_signal_stops_at_once() {
    let run = Trial::new()
        .step(step("a").does([signal(CTRL_C), sleeps()]))
        .teardown(
            step("b")
                .run_on_abort()
                .does([signal(CTRL_C), signal(CTRL_C), sleeps()]),
        )
        .teardown(step("c").run_on_abort())
        .run();
    assert_eq!(
        run.steps(),
        [
            "a: ABORTED interrupted",
            "b: ABORTED interrupted",
            "c: SKIPPED aborted"
        ]
    );
    assert_eq!(run.outcome.verdict, Verdict::Aborted);
}

#[test]
fn two_signals_at_once_leave_the_run_on_abort_steps_alone() {
    let run = Trial::new()
        .step(step("a").does([signal(CTRL_C), signal(CTRL_C), sleeps()]))
        .teardown(step("b").run_on_abort().does([sleeps(), takes(1)]))
        .run();
    assert_eq!(run.steps(), ["a: ABORTED interrupted", "b: PASS"]);
}

#[test]
fn a_signal_before_the_first_step_aborts_the_run() {
    let run = Trial::new()
        .already_interrupted(Signal::Hangup)
        .setup(step("a"))
        .step(step("b"))
        .teardown(step("c").run_on_abort())
        .run();
    assert_eq!(
        run.steps(),
        ["a: SKIPPED aborted", "b: SKIPPED aborted", "c: PASS"]
    );
    assert_eq!(run.outcome.verdict, Verdict::Aborted);
    assert_eq!(
        run.outcome.ended_by,
        Some(EndedBy {
            step: None,
            rule: Rule::Interrupted
        })
    );
    assert_eq!(run.outcome.exit().code(), 129);
}

#[test]
fn a_signal_between_two_steps_aborts_the_run() {
    let trial = Trial::new();
    let at_the_end_of_a = RaiseWhen(trial.interruption.clone(), |event| {
        matches!(event, Event::StepFinished { .. })
    });
    let run = trial
        .sink(at_the_end_of_a)
        .step(step("a"))
        .step(step("b"))
        .run();
    assert_eq!(run.steps(), ["a: PASS", "b: SKIPPED aborted"]);
    assert_eq!(
        run.outcome.ended_by,
        Some(EndedBy {
            step: None,
            rule: Rule::Interrupted
        })
    );
}

#[test]
fn a_signal_just_before_a_run_on_abort_step_leaves_it_its_chance() {
    let trial = Trial::new();
    let before_a = RaiseWhen(trial.interruption.clone(), |event| {
        matches!(event, Event::StepStarted { .. })
    });
    let run = trial
        .sink(before_a)
        .teardown(step("a").run_on_abort().does([sleeps(), takes(1)]))
        .run();
    assert_eq!(run.steps(), ["a: PASS"]);
    assert_eq!(run.outcome.verdict, Verdict::Aborted);
}

#[test]
fn a_signal_after_the_last_step_still_aborts_the_run() {
    let trial = Trial::new();
    let at_the_end = RaiseWhen(trial.interruption.clone(), |event| {
        matches!(event, Event::StepFinished { .. })
    });
    let run = trial.sink(at_the_end).step(step("a")).run();
    assert_eq!(run.steps(), ["a: PASS"]);
    assert_eq!(run.outcome.verdict, Verdict::Aborted);
    assert_eq!(run.outcome.exit().code(), 130);
}

/// Sends a signal when it sees a certain event.
struct RaiseWhen(Interruption, fn(&Event) -> bool);

impl Sink for RaiseWhen {
    fn take(&mut self, event: &Stamped) {
        if self.1(&event.event) {
            self.0.raise(CTRL_C);
        }
    }
}

#[test]
fn a_signal_during_a_retry_pause_ends_the_pause_and_aborts_the_step() {
    let run = Trial::new()
        .disturb_next_sleep(CTRL_C)
        .step(step("a").retry(2, 10_000).does([raises("OSError", "busy")]))
        .teardown(step("b").run_on_abort())
        .run();
    assert_eq!(run.steps(), ["a: ABORTED interrupted", "b: PASS"]);
    assert_eq!(run.message("a"), "interrupted before attempt 2 of 3");
    assert_eq!(run.functions(), ["a", "b"]);
    assert_eq!(run.outcome.duration.as_secs(), 5);
    assert_eq!(run.outcome.ended_by, ended_by("a", Rule::Interrupted));
}

#[test]
fn a_step_lost_by_an_interruption_is_lost_and_the_run_interrupted() {
    let run = Trial::new()
        .step(step("a").does([signal(CTRL_C), ends(Outcome::Lost)]))
        .teardown(step("b").run_on_abort())
        .run();
    assert_eq!(run.steps(), ["a: ABORTED lost", "b: PASS"]);
    assert_eq!(run.outcome.ended_by, ended_by("a", Rule::Interrupted));
}

#[test]
fn the_first_signal_after_a_failed_run_gives_up_the_running_cleanup_step_only() {
    let run = Trial::new()
        .step(
            step("a")
                .terminate_on_fail()
                .does([raises("ValueError", "x")]),
        )
        .teardown(step("b").run_on_abort().does([signal(CTRL_C), sleeps()]))
        .teardown(step("c").run_on_abort())
        .run();
    assert_eq!(
        run.steps(),
        ["a: FAIL exception", "b: ABORTED interrupted", "c: PASS"]
    );
    assert_eq!(run.outcome.ended_by, ended_by("a", Rule::TerminateOnFail));
    assert_eq!(run.outcome.verdict, Verdict::Aborted);
}
