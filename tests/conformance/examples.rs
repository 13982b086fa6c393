//! The examples on their benches, whole and by their parts.

use std::path::Path;

use crate::events::{difference, run};

#[track_caller]
fn same(arguments: &[&str]) {
    let arguments: Vec<String> = ["run"]
        .iter()
        .chain(arguments)
        .map(|text| (*text).into())
        .collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let native = run(&arguments, &root, &["--no-sandbox"]);
    let sandboxed = run(&arguments, &root, &["--sandbox"]);
    assert!(native.events.len() > 10, "{}", native.stderr);
    assert_eq!(difference(&native, &sandboxed), None);
}

#[test]
fn the_example_that_passes() {
    same(&["ESH10000121_FunctionalTest_v00", "--simulate"]);
}

#[test]
fn the_example_that_fails_in_every_way() {
    same(&["ESH10000122_FailureShowcase_v00", "--simulate"]);
}

#[test]
fn the_example_with_an_operator() {
    same(&["ESH10000123_BurnInTest_v00", "--simulate", "--unattended"]);
}

#[test]
fn a_loop_with_statistics() {
    same(&[
        "ESH10000121_FunctionalTest_v00",
        "--simulate",
        "--loop",
        "5",
        "Test Interconnect",
    ]);
}
