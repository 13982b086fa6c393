//! `precondition`, `repeat`, `force` and steps of type mock.

use rehearsal::{
    event::{Event, Rule},
    package::model::{Action, Force},
    python::Outcome,
};
use rehearsal_python::value::Value;

use crate::support::{Trial, dict, ended_by, ends, numeric, raises, returns, step, text};

#[test]
fn a_false_precondition_skips_and_one_that_cannot_be_decided_aborts() {
    let run = Trial::new()
        .variable("fitted", "true")
        .variable("count", "3")
        .step(step("yes").precondition("fitted == true && count > 2"))
        .step(step("no").precondition("count > 3").retry(2, 0))
        .step(step("unknown").precondition("fited"))
        .run();
    assert_eq!(
        run.steps(),
        [
            "yes: PASS",
            "no: SKIPPED precondition",
            "unknown: ABORTED precondition_error",
        ]
    );
    assert_eq!(
        run.message("unknown"),
        "`precondition`: nothing is named `fited`; did you mean `fitted`?"
    );
    assert_eq!(run.outcome.ended_by, ended_by("unknown", Rule::AbortedStep));
    assert!(run.report().steps[2].iterations.is_empty());
}

#[test]
fn a_precondition_sees_what_earlier_steps_returned() {
    let run = Trial::new()
        .step(step("probe").does([returns(dict([("volts", Value::Float(25.5))]))]))
        .step(step("hot").precondition("volts > 25"))
        .step(step("cold").precondition("volts < 25"))
        .run();
    assert_eq!(
        run.steps()[1..],
        ["hot: PASS", "cold: SKIPPED precondition"]
    );
}

#[test]
fn a_condition_on_the_index_just_run_gives_one_iteration_more_than_the_number() {
    let run = Trial::new()
        .step(
            step("Sweep 5 points")
                .repeat(Some("__iteration__ < 4"), 10)
                .parameter("index", "{{__iteration__}}")
                .parameter("cycle", "{{__cycle__}}"),
        )
        .run();
    let arguments: Vec<_> = run
        .calls
        .iter()
        .map(|call| format!("{}/{}", call.arguments[0].1, call.arguments[1].1))
        .collect();
    assert_eq!(arguments, ["0/1", "1/2", "2/3", "3/4", "4/5"]);
    assert!(run.warnings().is_empty());
    assert!(run.console.contains("5 iterations"), "{}", run.console);
}

#[test]
fn the_cap_ends_a_loop_whose_condition_still_holds_and_is_told() {
    let run = Trial::new()
        .step(step("sweep").repeat(Some("true"), 3))
        .step(step("plain").repeat(None, 2))
        .run();
    assert_eq!(run.calls.len(), 5);
    assert_eq!(
        run.warnings(),
        ["\"sweep\" was repeated 3 times, which is its `max_iterations`; its condition still held"]
    );
}

#[test]
fn attempts_repeat_within_each_iteration_and_the_worst_iteration_decides() {
    let run = Trial::new()
        .step(
            step("sweep")
                .repeat(None, 3)
                .retry(1, 0)
                .does([raises("OSError", "first")])
                .does([returns(Value::Int(1))])
                .does([raises("OSError", "second")])
                .does([raises("OSError", "third")])
                .does([returns(Value::Int(3))]),
        )
        .run();
    assert_eq!(run.steps(), ["sweep: FAIL exception"]);
    assert_eq!(run.message("sweep"), "iteration 2: OSError: third");
    let report = run.report();
    let attempts: Vec<_> = report.steps[0]
        .iterations
        .iter()
        .map(|iteration| (iteration.verdict.as_str(), iteration.attempts.len()))
        .collect();
    assert_eq!(attempts, [("PASS", 2), ("FAIL", 2), ("PASS", 1)]);
}

#[test]
fn an_aborted_iteration_ends_the_loop_and_so_does_a_condition_that_cannot_be_decided() {
    let run = Trial::new()
        .step(
            step("sweep")
                .repeat(None, 5)
                .does([returns(Value::None)])
                .does([ends(Outcome::Lost)]),
        )
        .run();
    assert_eq!(run.steps(), ["sweep: ABORTED lost"]);
    assert_eq!(run.calls.len(), 2);
    let run = Trial::new()
        .step(step("sweep").repeat(Some("gone < 3"), 5))
        .run();
    assert_eq!(run.steps(), ["sweep: ABORTED precondition_error"]);
    assert_eq!(
        run.message("sweep"),
        "`repeat.condition`: nothing is named `gone`"
    );
}

#[test]
fn a_forced_verdict_replaces_the_steps_own_and_is_marked() {
    let run = Trial::new()
        .variable("fitted", "false")
        .step(
            step("good")
                .force(Force::Pass)
                .measures(numeric("V").low("5"))
                .does([returns(Value::Int(3))]),
        )
        .step(step("bad").force(Force::Fail))
        .step(step("left").force(Force::Skip))
        .step(step("anyway").force(Force::Run).precondition("fitted"))
        .step(step("absent").force(Force::Pass).precondition("fitted"))
        .step(step("off").force(Force::Run).disabled())
        .run();
    assert_eq!(
        run.steps(),
        [
            "good: PASS forced",
            "bad: FAIL forced",
            "left: SKIPPED forced",
            "anyway: PASS",
            "absent: SKIPPED precondition",
            "off: SKIPPED disabled",
        ]
    );
    let report = run.report();
    let forced: Vec<_> = report.steps.iter().map(|step| step.forced).collect();
    assert_eq!(forced, [true, true, true, false, false, false]);
    assert_eq!(report.steps[0].measurements[0].verdict.as_str(), "FAIL");
    assert_eq!(
        run.message("good"),
        "forced; it was FAIL (limit): 1 of 1 measurements failed: V"
    );
    assert_eq!(
        report.mode.forced,
        ["good", "bad", "left", "anyway", "absent"]
    );
    assert!(run.console.contains("forced: \"good\""), "{}", run.console);
}

#[test]
fn a_step_that_was_aborted_can_be_forced_but_not_one_that_a_person_stopped() {
    let run = Trial::new()
        .step(step("a").force(Force::Pass).does([ends(Outcome::Lost)]))
        .step(step("b").force(Force::Pass).does([crate::support::signal(
            rehearsal::flow::interruption::Signal::Interrupt,
        )]))
        .run();
    assert_eq!(run.steps(), ["a: PASS forced", "b: ABORTED interrupted"]);
}

#[test]
fn a_mock_measures_its_target_and_leaves_its_outputs_as_text() {
    let run = Trial::new()
        .variable("rail", "3")
        .step(
            step("mock")
                .action(Action::Mock)
                .output("vout", "5.02")
                .output("name", "rail {{rail}}")
                .measures(numeric("V").target("5.0").low("4.9").high("5.1"))
                .measures(numeric("W").value("{{vout}}").target("9").high("6"))
                .measures(numeric("X").low("1")),
        )
        .run();
    let report = run.report();
    let step = &report.steps[0];
    assert_eq!(step.outputs["vout"], "5.02");
    assert_eq!(step.outputs["name"], "rail 3");
    let values: Vec<_> = step
        .measurements
        .iter()
        .map(|measured| {
            format!(
                "{} {} {}",
                measured.name,
                measured.value,
                measured.verdict.as_str()
            )
        })
        .collect();
    assert_eq!(values, ["V 5.0 PASS", "W 5.02 PASS", "X null FAIL"]);
    assert!(run.calls.is_empty());
}

#[test]
fn a_stub_returns_what_local_yaml_says() {
    let run = Trial::new()
        .with(|trial| {
            let stub = [("volts".into(), crate::support::scalar("5.02"))];
            trial
                .local
                .stubs
                .insert("net".into(), stub.into_iter().collect());
        })
        .step(
            step("net")
                .action(Action::Dotnet {
                    assembly: text("Board.dll"),
                    class: text("Board"),
                    method: text("Measure"),
                })
                .output("copy", "{{volts}}")
                .measures(numeric("V").value("{{volts}}").high("5.1")),
        )
        .run();
    assert_eq!(run.steps(), ["net: PASS"]);
    assert_eq!(run.report().steps[0].outputs["copy"].to_string(), "5.02");
    assert_eq!(run.report().mode.stubbed, ["net"]);
}

#[test]
fn a_dotnet_step_can_be_left_out_and_the_run_is_partial() {
    let run = Trial::new()
        .with(|trial| trial.selection.skip_dotnet = true)
        .step(step("net").action(Action::Dotnet {
            assembly: text("Board.dll"),
            class: text("Board"),
            method: text("Measure"),
        }))
        .step(step("own"))
        .run();
    assert_eq!(
        run.steps(),
        ["net: SKIPPED unsupported_runner", "own: PASS"]
    );
    let started = run.events.iter().find_map(|event| match &event.event {
        Event::RunStarted(started) => Some(started.mode.partial),
        _ => None,
    });
    assert_eq!(started, Some(true));
}
