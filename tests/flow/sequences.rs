//! Steps of type sequence: one store, a policy and an end of its own.

use rehearsal::{
    event::{Phase, Rule},
    flow::interruption::Signal,
    package::model::{Action, Force, OnStepFailure, Spanned},
    python::Outcome,
    report::Step,
};
use rehearsal_python::value::Value;

use crate::support::{
    Trial, dict, ended_by, ends, numeric, raises, returns, scalar, signal, sleeps, step, text,
};

const CHILD: &str = "tests/sub/power.yaml";

/// The steps of the last run of the sequence that a step has run.
fn children(step: &Step) -> Vec<String> {
    let attempt = step.iterations.last().unwrap().attempts.last().unwrap();
    let sequence = attempt.sequence.as_ref().unwrap();
    sequence
        .steps
        .iter()
        .map(|step| {
            let reason = step.reason.map_or("", |reason| reason.as_str());
            format!("{}: {} {reason}", step.name, step.verdict.as_str())
                .trim_end()
                .to_owned()
        })
        .collect()
}

#[test]
fn a_sequence_gets_typed_parameters_and_gives_outputs_over_the_shared_store() {
    let run = Trial::new()
        .variable("rail", "5")
        .step(
            step("power")
                .sequence(CHILD)
                .parameter("channel", "{{rail}}")
                .output("supply", "{{volts}}"),
        )
        .step(step("use").parameter("given", "{{supply}} {{volts}} {{mode}}"))
        .sequence_file(
            CHILD,
            [
                (
                    Phase::Setup,
                    step("on").parameter("channel", "{{channel}}/{{mode}}"),
                ),
                (
                    Phase::Steps,
                    step("measure")
                        .precondition("channel > 4")
                        .does([returns(dict([("volts", Value::Float(5.5))]))]),
                ),
                (Phase::Teardown, step("off")),
            ],
            |test| {
                test.variables.insert("channel".into(), scalar("1"));
                test.variables.insert("mode".into(), scalar("fast"));
            },
        )
        .run();
    assert_eq!(run.steps(), ["power: PASS", "use: PASS"]);
    assert_eq!(run.functions(), ["on", "measure", "off", "use"]);
    assert_eq!(run.calls[0].arguments[0].1, "5/fast");
    assert_eq!(run.calls[3].arguments[0].1, "5.5 5.5 fast");
    let report = run.report();
    assert_eq!(
        children(&report.steps[0]),
        ["on: PASS", "measure: PASS", "off: PASS"]
    );
    let ids: Vec<_> = run
        .events
        .iter()
        .filter_map(|event| match &event.event {
            rehearsal::event::Event::StepStarted { step, parent, .. } => {
                Some((step.0, parent.map(|parent| parent.step.0)))
            }
            _ => None,
        })
        .collect();
    assert_eq!(
        ids,
        [
            (0, None),
            (1, Some(0)),
            (2, Some(0)),
            (3, Some(0)),
            (4, None)
        ]
    );
}

#[test]
fn a_failure_ends_the_sequence_by_its_own_policy_and_fails_the_step() {
    let run = Trial::new()
        .step(
            step("power")
                .sequence(CHILD)
                .output("made", "{{volts}}")
                .output("none", "{{nothing}}"),
        )
        .step(step("next"))
        .sequence_file(
            CHILD,
            [
                (
                    Phase::Steps,
                    step("first").does([returns(dict([("volts", Value::Int(5))]))]),
                ),
                (Phase::Steps, step("second").does([raises("OSError", "no")])),
                (Phase::Steps, step("third")),
                (Phase::Teardown, step("off").run_on_abort()),
            ],
            |test| {
                test.policy.on_step_failure = Some(Spanned {
                    value: OnStepFailure::Abort,
                    at: text("").at,
                });
            },
        )
        .run();
    assert_eq!(run.steps(), ["power: FAIL child", "next: PASS"]);
    assert_eq!(
        run.message("power"),
        "tests/sub/power.yaml ended FAIL (exception); ended by \"second\", policy.on_step_failure: abort"
    );
    let report = run.report();
    assert_eq!(
        children(&report.steps[0]),
        [
            "first: PASS",
            "second: FAIL exception",
            "third: SKIPPED aborted",
            "off: PASS"
        ]
    );
    assert_eq!(report.steps[0].outputs["made"], 5);
    assert!(!report.steps[0].outputs.contains_key("none"));
    assert_eq!(run.outcome.ended_by, None);
}

#[test]
fn an_aborted_step_of_a_sequence_aborts_everything_around_it() {
    let run = Trial::new()
        .step(step("power").sequence(CHILD).retry(3, 0))
        .step(step("next"))
        .teardown(step("end").run_on_abort())
        .sequence_file(
            CHILD,
            [
                (Phase::Steps, step("slow").timeout(100).does([sleeps()])),
                (Phase::Teardown, step("off").run_on_abort()),
            ],
            |_| {},
        )
        .run();
    assert_eq!(
        run.steps(),
        ["power: ABORTED child", "next: SKIPPED aborted", "end: PASS"]
    );
    assert_eq!(run.functions(), ["slow", "off", "end"]);
    assert_eq!(run.outcome.ended_by, ended_by("power", Rule::AbortedStep));
}

#[test]
fn the_time_of_the_step_bounds_the_whole_sequence_and_its_cleaning_up_still_runs() {
    let run = Trial::new()
        .step(step("power").sequence(CHILD).timeout(1000).retry(1, 0))
        .sequence_file(
            CHILD,
            [
                (Phase::Steps, step("slow").timeout(5000).does([sleeps()])),
                (Phase::Steps, step("later")),
                (Phase::Teardown, step("off").run_on_abort()),
            ],
            |_| {},
        )
        .run();
    assert_eq!(run.steps(), ["power: ABORTED timeout"]);
    assert_eq!(run.functions(), ["slow", "off", "slow", "off"]);
    let report = run.report();
    assert_eq!(
        children(&report.steps[0]),
        [
            "slow: ABORTED timeout",
            "later: SKIPPED aborted",
            "off: PASS"
        ]
    );
    assert_eq!(
        run.message("power"),
        "the time-out of \"power\", 1 s, passed within tests/sub/power.yaml"
    );
}

#[test]
fn a_signal_aborts_the_sequence_and_the_test_and_both_clean_up() {
    let run = Trial::new()
        .step(step("power").sequence(CHILD))
        .step(step("next"))
        .teardown(step("end").run_on_abort())
        .sequence_file(
            CHILD,
            [
                (
                    Phase::Steps,
                    step("asked").does([signal(Signal::Interrupt)]),
                ),
                (Phase::Steps, step("later")),
                (Phase::Teardown, step("off").run_on_abort()),
            ],
            |_| {},
        )
        .run();
    assert_eq!(run.functions(), ["asked", "off", "end"]);
    assert_eq!(run.steps()[0], "power: ABORTED interrupted");
    assert_eq!(run.outcome.exit().code(), 130);
    assert_eq!(run.outcome.ended_by, ended_by("power", Rule::Interrupted));
}

#[test]
fn a_repeated_sequence_runs_anew_each_time_and_keeps_the_counters_of_its_loop() {
    let run = Trial::new()
        .step(
            step("cycle")
                .sequence(CHILD)
                .repeat(Some("__iteration__ < 1"), 9),
        )
        .sequence_file(
            CHILD,
            [
                (
                    Phase::Steps,
                    step("inner")
                        .repeat(None, 2)
                        .parameter("i", "{{__iteration__}}"),
                ),
                (
                    Phase::Steps,
                    step("count")
                        .parameter("n", "{{n}}")
                        .does([returns(dict([("n", Value::Int(9))]))]),
                ),
            ],
            |test| {
                test.variables.insert("n".into(), scalar("0"));
            },
        )
        .run();
    assert_eq!(
        run.functions(),
        ["inner", "inner", "count", "inner", "inner", "count"]
    );
    assert_eq!(run.calls[5].arguments[0].1, "0");
}

#[test]
fn the_steps_of_a_sequence_stand_below_its_own_on_the_console() {
    let run = Trial::new()
        .step(step("power").sequence(CHILD))
        .sequence_file(CHILD, [(Phase::Steps, step("inner"))], |_| {})
        .run();
    assert!(
        run.console.contains(
            "STEPS\n  - [RUNNING] power\n      - [PASS   ] inner  (<1 ms)\n  - [PASS   ] power  (<1 ms)\n"
        ),
        "{}",
        run.console
    );
    assert!(run.console.contains("1 passed"), "{}", run.console);
}

#[test]
fn a_sequence_that_executed_nothing_can_be_forced_and_its_missing_measurement_fails() {
    for (force, line) in [
        (Force::Fail, "power: FAIL forced"),
        (Force::Pass, "power: PASS forced"),
    ] {
        let run = Trial::new()
            .step(step("power").sequence(CHILD).force(force))
            .sequence_file(CHILD, [(Phase::Steps, step("no").disabled())], |_| {})
            .run();
        assert_eq!(run.steps(), [line]);
    }
    let run = Trial::new()
        .step(
            step("power")
                .sequence(CHILD)
                .measures(numeric("V").value("{{none}}")),
        )
        .sequence_file(CHILD, [(Phase::Steps, step("no").disabled())], |_| {})
        .run();
    assert_eq!(run.steps(), ["power: FAIL limit"]);
}

#[test]
fn no_force_overrules_a_person_or_the_time_of_a_test_within_a_sequence() {
    let run = Trial::new()
        .step(step("power").sequence(CHILD).force(Force::Pass))
        .step(step("next"))
        .sequence_file(
            CHILD,
            [(Phase::Steps, step("slow").does([sleeps()]))],
            |test| {
                test.policy.timeout = Some(Spanned {
                    value: 1.0,
                    at: text("").at,
                });
            },
        )
        .run();
    assert_eq!(
        run.steps(),
        ["power: ABORTED child", "next: SKIPPED aborted"]
    );
    let run = Trial::new()
        .step(step("power").sequence(CHILD).force(Force::Pass))
        .sequence_file(
            CHILD,
            [(Phase::Steps, step("ask").action(Action::Manual(None)))],
            |_| {},
        )
        .answer("Cancel", None)
        .run();
    assert_eq!(run.steps(), ["power: ABORTED child"]);
    let run = Trial::new()
        .step(
            step("stuck")
                .force(Force::Pass)
                .does([signal(Signal::Interrupt), ends(Outcome::Lost)]),
        )
        .run();
    assert_eq!(run.steps(), ["stuck: ABORTED lost"]);
}

#[test]
fn cleaning_up_within_a_sequence_whose_time_was_up_has_a_limit_too() {
    let run = Trial::new()
        .step(step("power").sequence(CHILD).timeout(300))
        .sequence_file(
            CHILD,
            [
                (Phase::Steps, step("slow").does([sleeps()])),
                (Phase::Teardown, step("off").run_on_abort().does([sleeps()])),
            ],
            |_| {},
        )
        .run();
    assert_eq!(
        children(&run.report().steps[0]),
        ["slow: ABORTED timeout", "off: ABORTED timeout"]
    );
}
