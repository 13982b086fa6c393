//! Packages that are made to keep a checker busy.

use std::fmt::Write as _;

use super::package::Package;

#[test]
fn sequences_that_lead_to_each_other_in_many_ways_are_read_once_each() {
    let package = Package::empty();
    for number in 0..40 {
        let mut test = format!("test:\n  name: T{number}\n  version: \"1.0.0\"\n  steps:\n");
        for step in 0..4 {
            let next = (number + step) % 40 + 1;
            let _ = writeln!(
                test,
                "    - {{name: S{step}, type: sequence, sequence: tests/s{next}.yaml, parameters: {{p: 1}}}}"
            );
        }
        package.file(&format!("tests/s{number}.yaml"), &test);
    }
    let found = package.findings();
    assert!(found.contains("leads back to itself"), "{found}");
}

#[test]
fn conditions_of_any_depth_are_answered() {
    for condition in [
        "(".repeat(3000),
        format!("{}ready{}", "(".repeat(1500), ")".repeat(1500)),
        format!("ready{}", " && ready".repeat(400)),
        format!("{}ready", "!".repeat(3900)),
        format!("{}ready", "-".repeat(3900)),
        "ready && ".repeat(10_000),
        "[".repeat(3000),
        "ready.x".repeat(500),
        "ready ? ".repeat(400),
    ] {
        let package = Package::empty();
        package.file(
            "tests/main.yaml",
            &format!("test:\n  name: Case\n  version: \"1.0.0\"\n  variables: {{ready: true}}\n  steps:\n    - name: Wait\n      type: delay\n      duration: 1\n      precondition: '{condition}'\n"),
        );
        for line in package.findings().lines() {
            assert!(line.starts_with("  ") || line.contains("[L09]"), "{line}");
        }
    }
}
