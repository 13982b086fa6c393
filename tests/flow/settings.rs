//! What is known before anything starts: settings, refusals, secrets.

use rehearsal::{
    flow::PlanError,
    package::model::{Action, Force, Repeat, Spanned},
};

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
fn what_is_not_executed_yet_is_refused_before_anything_starts() {
    let at = text("").at;
    let seconds = Spanned { value: 1.0, at };
    let max_iterations = Spanned { value: 3, at };
    let errors = Trial::new()
        .with(|trial| trial.test.policy.timeout = Some(Spanned { value: 300.0, at }))
        .step(step("a").with(|step| step.precondition = Some(text("x == 1"))))
        .step(step("b").with(|step| {
            step.force = Some(Spanned {
                value: Force::Pass,
                at,
            })
        }))
        .step(step("c").with(|step| {
            step.repeat = Some(Spanned {
                value: Repeat {
                    condition: None,
                    max_iterations,
                },
                at,
            });
        }))
        .step(step("d").with(|step| step.timeout_ms = Some(Spanned { value: 5, at })))
        .step(step("e").with(|step| step.action = Action::Delay { seconds }))
        .step(step("f").with(|step| step.action = Action::Mock))
        .step(step("g").with(|step| step.action = Action::Manual(None)))
        .step(step("h").with(|step| {
            step.action = Action::Sequence {
                path: text("tests/x.yaml"),
            }
        }))
        .step(step("i").disabled().with(|step| step.action = Action::Mock))
        .refused();
    let messages: Vec<_> = errors.iter().map(PlanError::to_string).collect();
    assert_eq!(
        messages,
        [
            "`policy.timeout` is not executed yet",
            "step \"a\": `precondition` is not executed yet",
            "step \"b\": `force` is not executed yet",
            "step \"c\": `repeat` is not executed yet",
            "step \"d\": `timeout_ms` is not executed yet",
            "step \"e\": `type: delay` is not executed yet",
            "step \"f\": `type: mock` is not executed yet",
            "step \"g\": `type: manual` is not executed yet",
            "step \"h\": `type: sequence` is not executed yet",
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
