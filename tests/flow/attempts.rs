//! How calls end, which attempts are repeated, and whose output is whose.

use rehearsal::{
    event::{Event, Rule, Verdict},
    python::Outcome,
};
use rehearsal_python::value::Value;

use crate::support::{
    Trial, ended_by, ends, exception, numeric, prints, raises, returns, step, takes,
};

#[test]
fn every_way_a_call_can_fail_has_its_reason() {
    let bad = |text: &str| text.to_owned();
    for (outcome, expected) in [
        (
            Outcome::Raised(exception("ValueError", "x")),
            "a: FAIL exception",
        ),
        (
            Outcome::ImportFailed(exception("ModuleNotFoundError", "x")),
            "a: FAIL import_error",
        ),
        (
            Outcome::MissingFunction(bad("no scan")),
            "a: FAIL missing_function",
        ),
        (Outcome::BadArguments(bad("no x")), "a: FAIL bad_arguments"),
        (
            Outcome::BadReturn(bad("`v` is a set")),
            "a: FAIL bad_return",
        ),
        (Outcome::Lost, "a: ABORTED lost"),
        (Outcome::Interrupted(None), "a: ABORTED interrupted"),
    ] {
        let run = Trial::new().step(step("a").does([ends(outcome)])).run();
        assert_eq!(run.steps(), [expected]);
    }
}

#[test]
fn an_exception_keeps_its_traceback_and_the_line_of_the_innermost_frame_of_the_package() {
    let run = Trial::new()
        .step(step("a").does([raises("ValueError", "no device")]))
        .run();
    assert_eq!(run.message("a"), "ValueError: no device");
    assert_eq!(
        run.report().steps[0].iterations[0].attempts[0]
            .traceback
            .len(),
        3
    );
    let excerpt = run.events.iter().find_map(|event| match &event.event {
        Event::AttemptFinished { excerpt, .. } => excerpt.clone(),
        _ => None,
    });
    let excerpt = excerpt.unwrap();
    assert_eq!(
        (excerpt.file.as_str(), excerpt.line),
        ("python_modules/bus/i2c.py", 40)
    );
    assert_eq!(excerpt.text, "    raise_line_40()\n");
}

#[test]
fn a_lost_interpreter_aborts_the_run_and_run_on_abort_steps_still_run() {
    let run = Trial::new()
        .step(step("a").retry(3, 0).does([ends(Outcome::Lost)]))
        .step(step("b"))
        .teardown(step("c").run_on_abort())
        .run();
    assert_eq!(
        run.steps(),
        ["a: ABORTED lost", "b: SKIPPED aborted", "c: PASS"]
    );
    assert_eq!(run.functions(), ["a", "c"]);
    assert_eq!(run.outcome.ended_by, ended_by("a", Rule::AbortedStep));
    assert_eq!(run.outcome.exit().code(), 1);
}

#[test]
fn a_failed_attempt_is_repeated_after_its_delay() {
    let run = Trial::new()
        .step(
            step("a")
                .retry(2, 1500)
                .does([takes(10), raises("OSError", "busy")])
                .does([takes(10), raises("OSError", "busy")])
                .does([takes(10)]),
        )
        .run();
    assert_eq!(run.steps(), ["a: PASS"]);
    assert_eq!(run.outcome.duration.as_millis(), 3030);
    let verdicts: Vec<_> = run.report().steps[0].iterations[0]
        .attempts
        .iter()
        .map(|attempt| attempt.verdict)
        .collect();
    assert_eq!(verdicts, [Verdict::Fail, Verdict::Fail, Verdict::Pass]);
}

#[test]
fn a_step_fails_when_no_attempt_is_left() {
    let run = Trial::new()
        .step(step("a").retry(1, 0).does([raises("OSError", "busy")]))
        .run();
    assert_eq!(run.steps(), ["a: FAIL exception"]);
    assert_eq!(run.calls.len(), 2);
}

#[test]
fn a_failed_measurement_and_a_bad_return_are_repeated() {
    let run = Trial::new()
        .step(
            step("a")
                .retry(2, 0)
                .measures(numeric("V").low("5"))
                .does([returns(Value::Int(1))])
                .does([ends(Outcome::BadReturn("a set".into()))])
                .does([returns(Value::Int(6))]),
        )
        .run();
    assert_eq!(run.steps(), ["a: PASS"]);
    assert_eq!(run.calls.len(), 3);
}

#[test]
fn the_measurements_of_a_step_are_those_of_its_last_attempt() {
    let run = Trial::new()
        .step(
            step("a")
                .retry(1, 0)
                .measures(numeric("V").low("5"))
                .does([returns(Value::Int(1))])
                .does([returns(Value::Int(6))]),
        )
        .run();
    let measurements = &run.report().steps[0].measurements;
    assert_eq!(measurements.len(), 1);
    assert_eq!(measurements[0].value, 6);
}

#[test]
fn what_no_repetition_can_mend_is_not_repeated() {
    for outcome in [
        Outcome::ImportFailed(exception("ImportError", "x")),
        Outcome::MissingFunction("x".into()),
        Outcome::BadArguments("x".into()),
    ] {
        let run = Trial::new()
            .step(step("a").retry(5, 100).does([ends(outcome)]))
            .run();
        assert_eq!(run.calls.len(), 1);
        assert_eq!(run.outcome.verdict, Verdict::Fail);
    }
}

#[test]
fn output_belongs_to_the_step_and_attempt_that_printed_it() {
    let run = Trial::new()
        .step(
            step("a")
                .retry(1, 0)
                .does([prints("first\n"), raises("OSError", "busy")])
                .does([prints("second\n"), prints("third")]),
        )
        .step(step("b").does([prints("of b\n")]))
        .run();
    let report = run.report();
    let output = |step: usize, attempt: usize| {
        report.steps[step].iterations[0].attempts[attempt]
            .output
            .clone()
    };
    assert_eq!(output(0, 0), "first\n");
    assert_eq!(output(0, 1), "second\nthird");
    assert_eq!(output(1, 0), "of b\n");
}
