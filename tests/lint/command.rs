//! The command with what lies around a package: git, and the packages of this repository.

use std::{
    path::Path,
    process::{Command, Output},
};

use super::package::{Package, findings};

const TEST: &str = "test:\n  name: Case\n  version: \"1.0.0\"\n  steps:\n    - {name: Wait, type: delay, duration: 1}\n";

fn git(root: &Path, arguments: &[&str]) -> Option<()> {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=Tests",
            "-c",
            "user.email=tests@example.com",
        ])
        .args(arguments)
        .current_dir(root)
        .output()
        .ok()?;
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    Some(())
}

fn check(root: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .args(["check", ".", "--format", "github", "--deny", "warnings"])
        .current_dir(root)
        .output()
        .expect("the program")
}

#[test]
fn files_that_changed_without_a_new_version_are_named() {
    let package = Package::empty();
    let root = package.root();
    package.file(
        "tests/main.yaml",
        &TEST.replace("delay, duration: 1", "mock"),
    );
    if git(&root, &["init", "-q"]).is_none() {
        return;
    }
    let told = || String::from_utf8_lossy(&check(&root).stdout).contains("title=L29");
    assert!(!told(), "nothing has been committed yet");
    git(&root, &["add", "."]);
    git(&root, &["commit", "-q", "-m", "Begin"]);
    assert!(!told(), "nothing has changed");
    package.file("local.yaml", "cfg: {A: 1}\n");
    assert!(!told(), "a station does not look at local.yaml");
    package.file("data/limits.csv", "1\n");
    let output = check(&root);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        stdout.contains("title=L29::`data/limits.csv` has changed since the last commit, and the version has not%0A"),
        "{stdout}"
    );
    assert_eq!(output.status.code(), Some(2), "warnings are denied");
    package.file(
        "package.json",
        r#"{"name": "Case_v00", "version": "1.0.1", "author": "Tests", "description": "A case."}"#,
    );
    assert!(!told(), "the version has been raised");
}

#[test]
fn the_packages_of_this_repository_break_no_rule() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for package in [
        "examples/ESH10000121_FunctionalTest_v00",
        "examples/ESH10000122_FailureShowcase_v00",
        "examples/ESH10000123_BurnInTest_v00",
    ] {
        assert_eq!(findings(&root.join(package)), "", "{package}");
    }
    // The client is fetched when it is needed, and no part of this repository.
    let smoke = findings(&root.join("tests/packages/AccordionClientSmoke_v00"));
    assert!(
        smoke.matches("[L").count() == 1
            && smoke.contains("[L25]: `accordionq2` is not in wheels/"),
        "{smoke}"
    );
}
