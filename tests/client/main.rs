//! The real client of the agent, accordionq2 of the Python package index, uses every part of the simulated one.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "../folder/mod.rs"]
mod folder;
#[path = "../outside/mod.rs"]
mod outside;
mod recorded;
#[path = "../serving/mod.rs"]
mod serving;

use std::{fs, path::Path, process::Command};

use folder::copy;
use serde_json::Value as Json;
use serving::Serving;
use tempfile::TempDir;

const PACKAGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/packages/AccordionClientSmoke_v00"
);

const STATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/client/station.py");

/// The package with the client's wheel, in a temporary folder; none where the wheel cannot be had.
fn package() -> Option<TempDir> {
    let wheels = outside::wheels(&["accordionq2==5.28.1"])?;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = folder.path();
    copy(Path::new(PACKAGE), root);
    copy(&wheels, &root.join("wheels"));
    Some(folder)
}

/// Runs the package and sees that each of its steps passes.
#[track_caller]
fn passes(package: &Path, arguments: &[&str]) {
    passes_but_for(package, arguments, &[]);
}

/// The same, but for steps that want a thread, which the sandbox does not have.
#[track_caller]
fn passes_but_for(package: &Path, arguments: &[&str], threaded: &[&str]) {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let report = outside.path().join("report.json");
    let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .arg("run")
        .arg(package)
        .args(arguments)
        .arg(format!("--report=json={}", report.display()))
        .output()
        .expect("rehearse starts");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    let expected = if threaded.is_empty() { 0 } else { 1 };
    assert_eq!(output.status.code(), Some(expected), "{shown}");
    let report: Json =
        serde_json::from_slice(&fs::read(report).expect("the report")).expect("JSON");
    let steps = report["steps"].as_array().expect("steps");
    assert_eq!(steps.len(), 24 + 1, "{shown}");
    for step in steps {
        let name = step["name"].as_str().expect("a name");
        if threaded.contains(&name) {
            let message = &step["iterations"][0]["attempts"][0]["message"];
            let message = message.as_str().expect("a message");
            assert!(message.contains("can't start new thread"), "{shown}");
        } else {
            assert_eq!(step["verdict"], "PASS", "{shown}");
        }
    }
}

/// Runs CPython on the checks of a whole station; what they print, and what the agent prints about them.
fn checks(python: &Path, wheels: &Path) -> (String, String) {
    let wheel = fs::read_dir(wheels)
        .expect("the wheels")
        .map(|entry| entry.expect("a wheel").path())
        .next()
        .expect("a wheel");
    let agent = Serving::start(wheels, ["--verbose"]);
    let output = Command::new(python)
        .args(["-u", STATION, agent.url()])
        .env("PYTHONPATH", wheel)
        .output()
        .expect("Python starts");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shown}{errors}");
    (shown, agent.log())
}

#[test]
fn the_client_under_cpython_passes_20_checks_of_a_station() {
    let Some(wheels) = outside::wheels(&["accordionq2==5.28.1"]) else {
        return;
    };
    let Some(python) = outside::cpython() else {
        return;
    };
    let (shown, log) = checks(&python, &wheels);
    let good = shown.lines().filter(|line| line.starts_with("ok "));
    assert_eq!((good.count(), shown.lines().count()), (20, 20), "{shown}");
    for secret in ["open sesame", "abc\"", "Basic "] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn the_client_passes_on_the_simulated_bench() {
    let Some(package) = package() else { return };
    passes(package.path(), &["--simulate"]);
}

#[test]
fn the_client_passes_against_an_agent() {
    let Some(package) = package() else { return };
    let agent = Serving::start(package.path(), [package.path()]);
    passes(package.path(), &["--host", agent.url()]);
}

#[test]
fn the_client_passes_on_the_simulated_bench_in_the_sandbox() {
    let Some(package) = package() else { return };
    // A held lease is renewed by a thread.
    passes_but_for(package.path(), &["--simulate", "--sandbox"], &["Lease"]);
}

#[test]
fn the_client_passes_against_an_agent_in_the_sandbox() {
    let Some(package) = package() else { return };
    let agent = Serving::start(package.path(), [package.path()]);
    passes_but_for(
        package.path(),
        &["--host", agent.url(), "--sandbox"],
        &["Lease"],
    );
}
