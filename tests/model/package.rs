//! A scenario as a package on disk, so that the engine gets it from the real reader.

use std::{fmt::Write, fs, path::Path};

use crate::scenario::{Condition, Force, OnStepFailure, Step, Test, Work};

const MANIFEST: &str =
    r#"{"name": "Model_v01", "version": "1.0.0", "author": "Jo", "description": "a model"}"#;

/// Replaces what an earlier scenario left in the folder.
pub fn write(test: &Test, folder: &Path) {
    let tests = folder.join("tests");
    drop(fs::remove_dir_all(&tests));
    fs::create_dir(&tests).unwrap();
    fs::write(folder.join("package.json"), MANIFEST).unwrap();
    write_test(test, &tests);
}

fn write_test(test: &Test, folder: &Path) {
    fs::write(folder.join(format!("{}.yaml", test.name)), yaml(test)).unwrap();
    for (_, step) in test.phases() {
        if let Work::Sequence(child) = &step.work {
            write_test(child, folder);
        }
    }
}

pub fn yaml(test: &Test) -> String {
    let mut text = format!("test:\n  name: {}\n  version: \"1.0.0\"\n", test.name);
    if test.name == "main" {
        text += "  variables: {count: 0}\n";
    }
    let failure = test.on_step_failure.map(|policy| match policy {
        OnStepFailure::Abort => "on_step_failure: abort".to_owned(),
        OnStepFailure::Continue => "on_step_failure: continue".to_owned(),
    });
    let timeout = test
        .timeout
        .map(|timeout| format!("timeout: {}", seconds(timeout)));
    let policy: Vec<_> = failure.into_iter().chain(timeout).collect();
    if !policy.is_empty() {
        writeln!(text, "  policy: {{{}}}", policy.join(", ")).unwrap();
    }
    for (phase, steps) in [
        ("setup", &test.setup),
        ("steps", &test.steps),
        ("teardown", &test.teardown),
    ] {
        if !steps.is_empty() {
            writeln!(text, "  {phase}:").unwrap();
        }
        for step in steps {
            for (index, line) in lines(step).iter().enumerate() {
                let lead = if index == 0 { "-" } else { " " };
                writeln!(text, "    {lead} {line}").unwrap();
            }
        }
    }
    text
}

fn lines(step: &Step) -> Vec<String> {
    let mut lines = vec![format!("name: {}", step.name)];
    let mut add = |line: String| lines.push(line);
    match &step.work {
        Work::Python(_) => {
            add("runner: python".into());
            add("module: scripted".into());
            add(format!("function: {}", step.name));
            if step.repeat.is_some() {
                add("parameters: {i: \"{{__iteration__}}\", c: \"{{__cycle__}}\"}".into());
            }
            add(
                "measurement: {name: V, value: \"{{v}}\", low_limit: 0, high_limit: 5, unit: V}"
                    .into(),
            );
        }
        Work::Mock { passes } => {
            add("type: mock".into());
            let target = if *passes { 5 } else { 6 };
            add(format!(
                "measurement: {{name: M, target: {target}, low_limit: 0, high_limit: 5, unit: V}}"
            ));
        }
        Work::Delay(time) => {
            add("type: delay".into());
            add(format!("duration: {}", seconds(*time)));
        }
        Work::Sequence(child) => {
            add("type: sequence".into());
            add(format!("sequence: tests/{}.yaml", child.name));
        }
    }
    if !step.enabled {
        add("enabled: false".into());
    }
    if let Some(force) = step.force {
        let word = match force {
            Force::Pass => "pass",
            Force::Fail => "fail",
            Force::Skip => "skip",
            Force::Run => "run",
        };
        add(format!("force: {word}"));
    }
    if let Some(precondition) = step.precondition {
        add(format!("precondition: {}", condition(precondition)));
    }
    if let Some((count, delay)) = step.retry {
        add(format!("retry: {{count: {count}, delay_ms: {delay}}}"));
    }
    if let Some(repeat) = step.repeat {
        let condition = repeat
            .condition
            .map(|found| format!("condition: {}, ", condition(found)));
        add(format!(
            "repeat: {{{}max_iterations: {}}}",
            condition.unwrap_or_default(),
            repeat.max_iterations
        ));
    }
    if let Some(timeout) = step.timeout {
        add(format!("timeout_ms: {timeout}"));
    }
    if step.run_on_abort {
        add("run_on_abort: true".into());
    }
    if step.terminate_on_fail {
        add("post_execution_action: terminate-on-fail".into());
    }
    lines
}

fn condition(condition: Condition) -> String {
    match condition {
        Condition::CountBelow(bound) => format!("count < {bound}"),
        Condition::IterationBelow(bound) => format!("__iteration__ < {bound}"),
        Condition::Undefined => "nothing_has_this_name > 1".into(),
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}
