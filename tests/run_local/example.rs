//! The example package, exported and run against a real agent.

use std::{fs, path::Path, process::Command};

use crate::{folder::copy, outside, ran::Ran, serving::Serving};

const ORIGINAL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/ESH10000121_FunctionalTest_v00"
);

#[test]
fn the_exported_example_passes_under_cpython_against_an_agent() {
    let Some(python) = outside::cpython() else {
        return;
    };
    let root = tempfile::tempdir().expect("a temporary folder");
    let package = root.path().join("ESH10000121_FunctionalTest_v00");
    copy(Path::new(ORIGINAL), &package);
    fs::remove_file(package.join("run_local.py")).expect("removed");
    let exported = Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .args(["export", "run-local"])
        .arg(&package)
        .arg("--output")
        .arg(package.join("run_local.py"))
        .status()
        .expect("rehearse starts");
    assert!(exported.success());
    let agent = Serving::start(root.path(), [package.clone()]);
    // From another folder: the script finds its own.
    let output = Command::new(python)
        .arg("-B")
        .arg(package.join("run_local.py"))
        .args(["--host", agent.url()])
        .current_dir(root.path())
        .output()
        .expect("Python starts");
    let ran = Ran::of_script(&output);
    assert_eq!((ran.code, ran.verdict.as_str()), (0, "PASS"), "{ran:?}");
    assert_eq!(ran.steps.len(), 5);
    assert_eq!(ran.steps[3].measurements.len(), 7);
}
