//! What comes before what when a step's turn has come (docs/decisions.md 7).

use rehearsal::package::model::Force;

use crate::support::{TestStep, Trial, ends, numeric, raises, returns, step, takes};
use rehearsal::python::Outcome;
use rehearsal_python::value::Value;

/// The end of the step in a run that goes on, and in one that was aborted before it.
fn ends_of(make: impl Fn() -> TestStep) -> [String; 3] {
    let of = |aborted: bool, run_on_abort: bool| {
        let mut before = step("before");
        if aborted {
            before = before.does([ends(Outcome::Lost)]);
        }
        let mut tried = make();
        if run_on_abort {
            tried = tried.run_on_abort();
        }
        let run = Trial::new().step(before).step(tried).run();
        run.steps()[1].replace("s: ", "")
    };
    [of(false, false), of(true, false), of(true, true)]
}

#[test]
fn what_keeps_a_step_from_running_is_asked_in_this_order() {
    let skip = |step: TestStep| step.force(Force::Skip);
    let run = |step: TestStep| step.force(Force::Run);
    let pass = |step: TestStep| step.force(Force::Pass);
    let fail = |step: TestStep| step.force(Force::Fail);
    let falsely = |step: TestStep| step.precondition("1 > 2");
    let undecided = |step: TestStep| step.precondition("nothing_of_this_name > 2");
    type Change<'a> = &'a dyn Fn(TestStep) -> TestStep;
    let disabled: Change<'_> = &|step| step.disabled();
    // In a run that goes on, and as a run_on_abort step of an aborted one.
    let rows: [(&str, &[Change<'_>], &str); 15] = [
        ("nothing", &[], "PASS"),
        ("disabled", &[disabled], "SKIPPED disabled"),
        (
            "disabled and skipped",
            &[disabled, &skip],
            "SKIPPED disabled",
        ),
        (
            "disabled and forced to run",
            &[disabled, &run],
            "SKIPPED disabled",
        ),
        (
            "disabled and forced to pass",
            &[disabled, &pass],
            "SKIPPED disabled",
        ),
        (
            "disabled and undecided",
            &[disabled, &undecided],
            "SKIPPED disabled",
        ),
        ("skipped", &[&skip], "SKIPPED forced"),
        (
            "skipped and undecided",
            &[&skip, &undecided],
            "SKIPPED forced",
        ),
        ("a false precondition", &[&falsely], "SKIPPED precondition"),
        (
            "a false precondition, forced to pass",
            &[&falsely, &pass],
            "SKIPPED precondition",
        ),
        (
            "a false precondition, forced to fail",
            &[&falsely, &fail],
            "SKIPPED precondition",
        ),
        (
            "a false precondition, forced to run",
            &[&falsely, &run],
            "PASS",
        ),
        (
            "an undecided precondition",
            &[&undecided],
            "ABORTED precondition_error",
        ),
        (
            "an undecided precondition, forced to pass",
            &[&undecided, &pass],
            "ABORTED precondition_error",
        ),
        (
            "an undecided precondition, forced to run",
            &[&undecided, &run],
            "PASS",
        ),
    ];
    for (name, changes, end) in rows {
        let make = || changes.iter().fold(step("s"), |step, change| change(step));
        assert_eq!(ends_of(make), [end, "SKIPPED aborted", end], "{name}");
    }
}

#[test]
fn a_precondition_is_decided_once_and_a_condition_after_each_iteration() {
    // The step's own return makes its precondition false; only the first look counts.
    let run = Trial::new()
        .variable("ready", "true")
        .step(
            step("s")
                .precondition("ready == true")
                .repeat(Some("__iteration__ < 2"), 9)
                .retry(1, 0)
                .output("ready", "false")
                .does([raises("OSError", "busy")])
                .does([returns(Value::Int(1))]),
        )
        .run();
    assert_eq!(run.steps(), ["s: PASS"]);
    assert_eq!(run.calls.len(), 4);
}

#[test]
fn the_counters_are_set_before_the_parameters_are_filled_in() {
    let run = Trial::new()
        .step(
            step("s")
                .parameter("i", "{{__iteration__}}")
                .parameter("c", "{{__cycle__}}")
                .repeat(None, 3),
        )
        .run();
    let arguments: Vec<String> = run
        .calls
        .iter()
        .map(|call| format!("{} {}", call.arguments[0].1, call.arguments[1].1))
        .collect();
    assert_eq!(arguments, ["0 1", "1 2", "2 3"]);
}

#[test]
fn measurements_see_returns_and_outputs_of_their_own_attempt() {
    let run = Trial::new()
        .step(
            step("s")
                .retry(1, 0)
                .output("twice", "{{result}}{{result}}")
                .measures(numeric("RAW").value("{{result}}").low("2"))
                .measures(numeric("TWICE").value("{{twice}}").high("22"))
                .does([returns(Value::Int(1))])
                .does([returns(Value::Int(2))]),
        )
        .run();
    assert_eq!(run.steps(), ["s: PASS"]);
    let report = run.report();
    let values: Vec<_> = report.steps[0]
        .measurements
        .iter()
        .map(|measurement| measurement.value.to_string())
        .collect();
    assert_eq!(values, ["2", "22"]);
}

#[test]
fn the_forced_verdict_comes_before_the_rule_that_ends_the_run() {
    let run = |force| {
        Trial::new()
            .step(
                step("s")
                    .force(force)
                    .terminate_on_fail()
                    .timeout(10)
                    .does([takes(20)]),
            )
            .step(step("next"))
            .run()
            .steps()
    };
    assert_eq!(run(Force::Pass), ["s: PASS forced", "next: PASS"]);
    assert_eq!(
        run(Force::Fail),
        ["s: FAIL forced", "next: SKIPPED aborted"]
    );
    assert_eq!(
        run(Force::Run),
        ["s: ABORTED timeout", "next: SKIPPED aborted"]
    );
}
