//! What `rehearse check` says of the files in `wheels/`.

use std::process::Command;

use crate::{native::wheel, package::Package};

fn library(name: &str, version: &str, requirements: &[&str]) -> Vec<u8> {
    let mut metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
    for requirement in requirements {
        metadata += &format!("Requires-Dist: {requirement}\n");
    }
    let place = format!("{name}-{version}.dist-info/METADATA");
    wheel(&[(&place, &metadata)])
}

fn warnings(package: Package) -> String {
    let package = package.step("f", "");
    package.command(&[]);
    let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .args(["check", "--color=never"])
        .arg(package.path())
        .output()
        .expect("rehearse starts");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn what_wheels_need_and_for_whom_they_are_is_checked() {
    let needs = [
        "here>=1",
        "absent (>=2)",
        "fast-lib[x]",
        "old; python_version < '3.9'",
        "more; extra == 'all'",
    ];
    let found = warnings(
        Package::with("def f():\n    pass\n")
            .file(
                "wheels/tool-1.0-py3-none-any.whl",
                library("tool", "1.0", &needs),
            )
            .file(
                "wheels/Here-1.0-py2.py3-none-any.whl",
                library("Here", "1.0", &[]),
            )
            .file(
                "wheels/here-1.1-py3-none-any.whl",
                library("here", "1.1", &[]),
            )
            .file(
                "wheels/early-1.0-cp39-none-any.whl",
                library("early", "1.0", &[]),
            )
            .file(
                "wheels/fast_lib-1.0-cp311-abi3-win_amd64.whl",
                library("fast_lib", "1.0", &[]),
            )
            .file("wheels/empty-1.0-py3-none-any.whl", wheel(&[]).as_slice())
            .file("wheels/raw-1.0.tar.gz", "")
            .file("wheels/notes.txt", ""),
    );
    for line in [
        "warning: `wheels/Here-1.0-py2.py3-none-any.whl` and `wheels/here-1.1-py3-none-any.whl` are the same library",
        " = help: modules come from `Here-1.0-py2.py3-none-any.whl`; delete the other",
        "warning: `wheels/early-1.0-cp39-none-any.whl` is made for another Python (cp39)",
        "warning: `wheels/tool-1.0-py3-none-any.whl` needs `absent`, which is not in wheels/",
        " = help: put its pure-Python wheel there (`pip download --no-deps -d wheels absent`), unless the tests do without what needs it",
        "warning: `wheels/tool-1.0-py3-none-any.whl` needs `fast-lib`, and `wheels/fast_lib-1.0-cp311-abi3-win_amd64.whl` holds compiled code",
        "warning: `wheels/fast_lib-1.0-cp311-abi3-win_amd64.whl` holds compiled code, which cannot be imported",
        "warning: `wheels/raw-1.0.tar.gz` holds sources, and nothing is built here",
        " = help: build a wheel of it: `pip wheel --no-deps -w wheels wheels/raw-1.0.tar.gz`; it can be used if the wheel's name ends in -none-any.whl",
    ] {
        assert!(
            found.lines().any(|found| found == line),
            "{line}\nis not in\n{found}"
        );
    }
    assert_eq!(found.matches("warning: ").count(), 7, "{found}");
}
