//! Random packages give the same in all ways to run them.

use std::fs;

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

use crate::{
    outside,
    random::{crossed, package},
    written::Written,
};

const PACKAGES: usize = 60;

/// The same ones every time.
fn packages() -> impl Iterator<Item = Written> {
    let mut runner = TestRunner::deterministic();
    let strategy = package();
    (0..PACKAGES).map(move |_| {
        let tree = strategy.new_tree(&mut runner).expect("a package");
        tree.current()
    })
}

fn files(written: &Written) -> String {
    ["tests/main.yaml", "python_modules/m.py", "run_local.py"]
        .map(|file| fs::read_to_string(written.path().join(file)).unwrap_or_default())
        .join("\n--------\n")
}

#[test]
fn an_exported_script_gives_the_verdicts_of_the_engine_under_cpython() {
    let Some(python) = outside::cpython() else {
        return;
    };
    for (number, written) in packages().enumerate() {
        written.export();
        let (script, engine) = (written.cpython(&python), written.run());
        assert_eq!(script, engine, "package {number}\n{}", files(&written));
    }
}

#[test]
fn an_exported_script_gives_the_verdicts_of_the_engine_under_our_own_python() {
    for (number, written) in packages().enumerate().step_by(6) {
        written.export();
        let (script, engine) = (written.own_python(), written.run());
        assert_eq!(script, engine, "package {number}\n{}", files(&written));
    }
}

#[test]
fn an_exported_script_has_not_drifted_from_its_yaml() {
    for (number, written) in packages().enumerate() {
        written.export();
        let output = written.import();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let equal = output.status.code() == Some(0) && !said.contains("not compared");
        assert!(equal, "package {number}\n{said}\n{}", files(&written));
    }
}

#[test]
fn every_result_meets_every_judgement_as_in_the_engine() {
    let Some(python) = outside::cpython() else {
        return;
    };
    let written = crossed();
    written.export();
    let (script, engine) = (written.cpython(&python), written.run());
    for (script, engine) in script.steps.iter().zip(&engine.steps) {
        assert_eq!(script, engine);
    }
    assert_eq!(script, engine);
    let measured: usize = engine
        .steps
        .iter()
        .map(|step| step.measurements.len())
        .sum();
    assert!(measured > 1500, "{measured}");
}
