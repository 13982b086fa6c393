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
        " = help: put its pure-Python wheel there (`pip download --no-deps --platform any --only-binary :all: -d wheels absent`; if there is none: `CC=false pip wheel --no-deps --no-binary absent -w wheels absent`), unless the tests do without what needs it",
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

const ASKS: &str = r#"{"name": "Demo_v00", "version": "1.0.0", "author": "Tests", "description": "A demo.", "requirements": {"pipPackages": [
    "Here.Lib[x]>=1,<2",
    "here-lib~=2.0",
    "fast_lib",
    "PyYAML == 6.0.2",
    "old; python_version < '3.9'",
    "git+https://host/x"
]}}"#;

#[test]
fn what_package_json_asks_for_is_looked_for_in_wheels() {
    let compiled = format!(
        "wheels/Fast_Lib-1.0-{}-manylinux2014_x86_64.whl",
        ["cp311-abi3"; 7].join(".")
    );
    let package = Package::with("def f():\n    pass\n")
        .file("package.json", ASKS)
        .file(
            "wheels/here_lib-1.5-py3-none-any.whl",
            library("here-lib", "1.5", &[]),
        )
        .file(&compiled, "");
    let found = warnings(package);
    for line in [
        "warning[L25]: `here-lib~=2.0` is not in wheels/, but `wheels/here_lib-1.5-py3-none-any.whl`",
        " --> package.json:3:5",
        " = help: no package is installed for a run; put its pure-Python wheel there: \
         `pip download --no-deps --platform any --only-binary :all: -d wheels \"here-lib~=2.0\"`; if there is none: \
         `CC=false pip wheel --no-deps --no-binary here-lib -w wheels \"here-lib~=2.0\"`",
        &format!("warning: `{compiled}` holds compiled code, which cannot be imported"),
        "warning[L25]: `PyYAML==6.0.2` is not in wheels/",
        " = help: no package is installed for a run; put its pure-Python wheel there: \
         `pip download --no-deps --platform any --only-binary :all: -d wheels \"PyYAML==6.0.2\"`; if there is none: \
         `CC=false PYYAML_FORCE_LIBYAML=0 pip wheel --no-deps --no-binary PyYAML -w wheels \"PyYAML==6.0.2\"`",
    ] {
        assert!(
            found
                .lines()
                .any(|found| found.trim_start() == line.trim_start()),
            "{line}\nis not in\n{found}"
        );
    }
    let warnings = found.lines().filter(|line| line.starts_with("warning"));
    // Of the one with compiled code there is one, and it is not missing.
    assert_eq!(warnings.count(), 3, "{found}");
}

#[test]
fn a_run_warns_of_what_package_json_asks_for_and_goes_on() {
    let ran = Package::with("def f():\n    pass\n")
        .file("package.json", ASKS)
        .step("f", "")
        .run(&[])
        .passed();
    let found = ran.stderr.matches("is not in wheels/\n").count();
    assert_eq!(found, 4, "{}", ran.stderr);
}
