//! What is known before anything starts: settings, refusals, secrets.

use rehearsal::{event::Phase, flow::PlanError, package::model::Action};

use crate::support::{Trial, scalar, step, text};

#[test]
fn the_command_line_wins_over_local_yaml_over_the_test_over_defaults() {
    let run = Trial::new()
        .with(|trial| {
            for (key, value) in [("A", "test"), ("B", "test"), ("C", "test")] {
                trial.test.tags.insert(key.into(), scalar(value));
            }
            for (key, value) in [("B", "local"), ("C", "local")] {
                trial.local.tags.insert(key.into(), scalar(value));
            }
            trial.overrides.tags.insert("C".into(), "line".into());
            trial
                .local
                .cfg
                .insert("AGENT_HOST".into(), scalar("http://local"));
            trial.local.exec.insert("operator".into(), scalar("eva"));
            trial
                .overrides
                .exec
                .insert("serial_number".into(), "SN-7".into());
            trial.overrides.mes.insert("order".into(), "4711".into());
        })
        .step(
            step("a")
                .parameter("tags", "{{exec.tag.A}} {{exec.tag.B}} {{exec.tag.C}}")
                .parameter(
                    "others",
                    "{{cfg.AGENT_HOST}} {{exec.operator}} {{exec.serial_number}} {{mes.order}}",
                ),
        )
        .run();
    assert_eq!(run.calls[0].arguments[0].1, "test local line");
    assert_eq!(run.calls[0].arguments[1].1, "http://local eva SN-7 4711");
    assert_eq!(run.report().serial_number, "SN-7");
}

#[test]
fn settings_have_defaults() {
    let run = Trial::new()
        .step(step("a").parameter("x", "{{cfg.AGENT_HOST}} {{exec.serial_number}}"))
        .run();
    assert_eq!(
        run.calls[0].arguments[0].1,
        "http://agent64.local:5000 DEV-001"
    );
}

#[test]
fn a_required_tag_without_a_value_refuses_the_run() {
    let trial = Trial::new()
        .with(|trial| {
            trial.test.required_tags = vec![text("ProductId"), text("Rev"), text("Lot")];
            trial.test.tags.insert("ProductId".into(), scalar(""));
            trial.local.tags.insert("Lot".into(), scalar("7"));
        })
        .step(step("a"));
    let messages: Vec<_> = trial.refused().iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "the required tag `ProductId` has no value",
            "the required tag `Rev` has no value",
        ]
    );
}

#[test]
fn what_cannot_run_here_is_refused_before_anything_starts() {
    let dotnet = || Action::Dotnet {
        assembly: text("Board.dll"),
        class: text("Board"),
        method: text("Measure"),
    };
    let sequence = |path: &str| Action::Sequence { path: text(path) };
    let errors = Trial::new()
        .step(step("a").with(|step| step.action = dotnet()))
        .step(step("b").disabled().with(|step| step.action = dotnet()))
        .step(step("c").with(|step| step.action = sequence("tests/missing.yaml")))
        .step(step("d").with(|step| step.action = sequence("tests/outer.yaml")))
        .sequence_file(
            "tests/outer.yaml",
            [(
                Phase::Steps,
                step("e").with(|step| step.action = sequence("tests/inner.yaml")),
            )],
            |_| {},
        )
        .sequence_file(
            "tests/inner.yaml",
            [(
                Phase::Steps,
                step("f").with(|step| step.action = sequence("tests/outer.yaml")),
            )],
            |test| test.required_tags.push(text("Fixture")),
        )
        .refused();
    let messages: Vec<_> = errors.iter().map(PlanError::to_string).collect();
    assert_eq!(
        messages,
        [
            "the required tag `Fixture` has no value",
            "step `f` runs the sequence `tests/outer.yaml`, which leads back to itself: tests/outer.yaml → tests/inner.yaml → tests/outer.yaml",
            "step `a` has `runner: dotnet`, which cannot run here",
            "step `c` runs the sequence `tests/missing.yaml`, which is not there",
        ]
    );
}

#[test]
fn secrets_reach_the_code_but_neither_events_nor_reports() {
    let run = Trial::new()
        .with(|trial| {
            trial
                .overrides
                .cfg
                .insert("MES_TOKEN".into(), "s3cret".into());
            trial.overrides.cfg.insert("STATION".into(), "7".into());
        })
        .step(
            step("a")
                .parameter("key", "Bearer {{cfg.MES_TOKEN}}")
                .parameter("password", "pw1")
                .parameter("x", "1"),
        )
        .run();
    assert_eq!(run.calls[0].arguments[0].1, "Bearer s3cret");
    let events = serde_json::to_string(&run.events).unwrap();
    assert!(
        !events.contains("s3cret") && !events.contains("pw1"),
        "{events}"
    );
    let report = run.report();
    assert_eq!(
        (&*report.config["MES_TOKEN"], &*report.config["STATION"]),
        ("***", "7")
    );
    assert!(
        events.contains(r#""arguments":{"key":"***","password":"***","x":"1"}"#),
        "{events}"
    );
}
