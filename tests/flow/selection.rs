//! The switches of a developer: part of a test, forced verdicts, a step in a loop.

use rehearsal::{
    event::Phase,
    package::model::{Action, Force},
};
use rehearsal_python::value::Value;

use crate::support::{Trial, numeric, raises, returns, step, text};

fn trial() -> Trial {
    Trial::new()
        .setup(step("connect"))
        .setup(step("load"))
        .step(step("a"))
        .step(step("b"))
        .step(step("c"))
        .teardown(step("off"))
}

#[test]
fn only_the_named_steps_run_between_setup_and_teardown() {
    let run = trial()
        .with(|trial| trial.selection.only = vec!["c".into(), "a".into()])
        .run();
    assert_eq!(run.functions(), ["connect", "load", "a", "c", "off"]);
    assert_eq!(run.steps()[3], "b: SKIPPED not_selected");
    assert!(run.report().mode.partial);
    assert_eq!(
        run.report().mode.selection,
        ["--only \"c\"", "--only \"a\""]
    );
    assert!(
        run.console.contains("5 passed, 1 not selected"),
        "{}",
        run.console
    );
    assert!(!run.console.contains("] b"), "{}", run.console);
}

#[test]
fn the_steps_that_the_named_ones_need_run_as_well() {
    let run = trial()
        .with(|trial| {
            trial.selection.only = vec!["c".into()];
            trial.needs = vec![(4, 2), (4, 0)];
        })
        .run();
    assert_eq!(run.functions(), ["connect", "load", "a", "c", "off"]);
}

#[test]
fn a_part_may_begin_and_end_at_a_step() {
    for (from, until, functions) in [
        (Some("b"), None, vec!["connect", "load", "b", "c", "off"]),
        (None, Some("b"), vec!["connect", "load", "a", "b", "off"]),
        (Some("b"), Some("b"), vec!["connect", "load", "b", "off"]),
        (Some("load"), Some("a"), vec!["load", "a", "off"]),
        (None, Some("connect"), vec!["connect", "off"]),
    ] {
        let run = trial()
            .with(|trial| {
                trial.selection.from = from.map(Into::into);
                trial.selection.until = until.map(Into::into);
            })
            .run();
        assert_eq!(run.functions(), functions, "{from:?} {until:?}");
    }
}

#[test]
fn a_name_the_test_does_not_have_is_refused() {
    let errors = trial()
        .with(|trial| {
            trial.selection.only = vec!["aa".into()];
            trial.selection.until = Some("off".into());
            trial.selection.forced = vec![("conect".into(), Force::Pass)];
            trial.selection.looped = Some((3, "x".into()));
        })
        .refused();
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "--force names the step `conect`, which the test does not have",
            "--loop names the step `x`, which the test does not have",
            "--only names the step `aa`, which the test does not have",
            "--until names `off`, a step of the teardown, which always runs",
        ]
    );
    let refused = |change: fn(&mut Trial)| -> Vec<String> {
        let errors = trial().step(step("d").disabled()).with(change).refused();
        errors.iter().map(ToString::to_string).collect()
    };
    assert_eq!(
        refused(|trial| {
            trial.selection.only = vec!["c".into()];
            trial.selection.until = Some("b".into());
        }),
        ["--only names the step `c`, which --until leaves out"]
    );
    assert_eq!(
        refused(|trial| {
            trial.selection.looped = Some((2, "a".into()));
            trial.selection.only = vec!["c".into()];
        }),
        ["--loop names the step `a`, which --only leaves out"]
    );
    assert_eq!(
        refused(|trial| trial.selection.looped = Some((2, "d".into()))),
        ["--loop names the step `d`, which is never executed: `enabled: false`"]
    );
    assert_eq!(
        refused(|trial| trial.selection.only = vec!["load".into()]),
        ["--only names `load`, a step of the setup, which always runs"]
    );
    let errors = trial()
        .with(|trial| {
            trial.selection.from = Some("c".into());
            trial.selection.until = Some("a".into());
        })
        .refused();
    assert_eq!(
        errors[0].to_string(),
        "--from `c` comes after --until `a`, so nothing would be left to run"
    );
}

#[test]
fn a_step_that_is_left_out_needs_no_stub() {
    let dotnet = || {
        step("net").action(Action::Dotnet {
            assembly: text("Board.dll"),
            class: text("Board"),
            method: text("Measure"),
        })
    };
    let run = trial()
        .step(dotnet())
        .with(|trial| trial.selection.until = Some("a".into()))
        .run();
    assert_eq!(run.steps()[5], "net: SKIPPED not_selected");
    let run = trial().step(dotnet().force(Force::Skip)).run();
    assert_eq!(run.steps()[5], "net: SKIPPED forced");
    let errors = trial()
        .step(dotnet())
        .with(|trial| trial.selection.only = vec!["net".into()])
        .refused();
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        ["step `net` has `runner: dotnet`, which cannot run here"]
    );
}

#[test]
fn a_looped_sequence_tells_the_measurements_of_its_steps() {
    let run = Trial::new()
        .with(|trial| trial.selection.looped = Some((3, "power".into())))
        .step(step("power").sequence("tests/sub.yaml"))
        .sequence_file(
            "tests/sub.yaml",
            [(
                Phase::Steps,
                step("m")
                    .measures(numeric("V").low("1"))
                    .does([returns(Value::Int(2))]),
            )],
            |_| {},
        )
        .run();
    let report = run.report();
    let statistics = &report.steps[0].statistics;
    assert_eq!(
        (statistics[0].name.as_str(), statistics[0].count),
        ("m / V", 3)
    );
}

#[test]
fn the_command_line_forces_over_the_file() {
    let run = trial()
        .step(step("d").force(Force::Skip))
        .with(|trial| {
            trial.selection.forced = vec![("b".into(), Force::Fail), ("d".into(), Force::Pass)];
        })
        .run();
    assert_eq!(run.steps()[3], "b: FAIL forced");
    assert_eq!(run.steps()[5], "d: PASS forced");
    assert_eq!(run.report().mode.forced, ["b", "d"]);
}

#[test]
fn a_looped_step_runs_so_often_and_its_measurements_are_told_in_figures() {
    let run = Trial::new()
        .with(|trial| trial.selection.looped = Some((4, "m".into())))
        .step(
            step("m")
                .repeat(Some("false"), 2)
                .measures(numeric("V").low("1").high("4").unit("V"))
                .does([returns(Value::Int(2))])
                .does([returns(Value::Int(3))])
                .does([raises("OSError", "no")])
                .does([returns(Value::Int(5))]),
        )
        .run();
    assert_eq!(run.calls.len(), 4);
    assert_eq!(
        run.steps(),
        ["m: FAIL limit"].map(|line| line.replace("limit", "exception"))
    );
    let report = run.report();
    let statistics = &report.steps[0].statistics[0];
    assert_eq!((statistics.count, statistics.failed), (3, 1));
    assert!((statistics.mean - 10.0 / 3.0).abs() < 1e-12);
    assert!(
        run.console
            .contains("V: 3 values, 2 … 5, mean 3.33333 V, sigma 1.52753 V, Cpk 0.15, 1 failed"),
        "{}",
        run.console
    );
}
