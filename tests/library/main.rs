//! The standard library, module by module: `probes/` has a few lines for each that use it, tried here and under CPython.
//!
//! The list in docs/python.md is what this found. After a change, `REHEARSAL_TESTS_UPDATE=1 cargo test --test library` writes it again.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod agree;
mod list;
#[path = "../outside/mod.rs"]
mod outside;

use std::{
    path::Path,
    process::{Command, Stdio},
};

use serde::Deserialize;

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum State {
    Works,
    Differs,
    Missing,
    /// It can be imported, and no probe tries it.
    Untried,
    /// Its probe wants to start a thread, and there is none to be had.
    Threads,
    /// Its probe failed, or what is said to differ does not.
    Broken,
}

#[derive(Debug, Deserialize)]
struct Module {
    #[serde(rename = "module")]
    name: String,
    state: State,
    note: String,
}

const DRIVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/library/driver.py");

fn try_all(mut python: Command) -> Vec<Module> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = python
        .arg(DRIVER)
        .current_dir(folder.path())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .output()
        .expect("Python starts");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout)
        .expect("UTF-8")
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

fn those_in(state: &State, modules: &[Module]) -> String {
    modules
        .iter()
        .filter(|module| module.state == *state)
        .map(|module| format!("{}: {}\n", module.name, module.note))
        .collect()
}

#[test]
fn every_module_of_the_standard_library_is_as_the_documentation_says() {
    let mut rehearse = Command::new(env!("CARGO_BIN_EXE_rehearse"));
    rehearse.arg("python");
    let modules = try_all(rehearse);
    assert!(modules.len() > 200, "{} modules", modules.len());
    let wrong = those_in(&State::Broken, &modules) + &those_in(&State::Untried, &modules);
    assert_eq!(wrong, "");
    agree::agree(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/python.md")),
        "standard library",
        &list::of_modules(&modules),
    );
}

#[test]
fn the_sandbox_differs_where_the_documentation_says() {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let mut native = Command::new(env!("CARGO_BIN_EXE_rehearse"));
    native.arg("python");
    let mut sandboxed = Command::new(env!("CARGO_BIN_EXE_rehearse"));
    sandboxed
        .args(["python", "--sandbox", "--allow-read=/", "--allow-run=*"])
        .args(["--allow-net=127.0.0.1:*", "--allow-net=localhost:*"])
        .arg("--allow-net=no-such-host.invalid:80")
        .arg(format!("--allow-write={}", scratch.path().display()));
    let (native, sandboxed) = (try_all(native), try_all(sandboxed));
    let wrong = those_in(&State::Broken, &sandboxed) + &those_in(&State::Untried, &sandboxed);
    assert_eq!(wrong, "");
    agree::agree(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/python.md")),
        "standard library in the sandbox",
        &list::of_differences(&native, &sandboxed),
    );
}

#[test]
fn a_missing_module_says_why_it_is_and_what_to_do() {
    let mut rehearse = Command::new(env!("CARGO_BIN_EXE_rehearse"));
    rehearse.arg("python");
    let without_reason: Vec<_> = try_all(rehearse)
        .into_iter()
        .filter(|module| module.state == State::Missing && module.note.len() < 60)
        .collect();
    assert!(without_reason.is_empty(), "{without_reason:?}");
    for (module, message) in [
        (
            "readline",
            "ModuleNotFoundError: No module named 'readline': the standard library's readline is not part of Rehearsal's Python: \
             there is no line to edit; input() reads one as it is",
        ),
        (
            "ctypes",
            "ModuleNotFoundError: No module named '_ctypes': the standard library's ctypes is not part of Rehearsal's Python: \
             it would call C libraries past the permissions of a run; do it in Python, or in a program of its own",
        ),
        (
            "telnetlib",
            "ModuleNotFoundError: No module named 'telnetlib': it was removed from Python in 3.13, and Rehearsal's is 3.14; \
             use socket, or a pure-Python wheel of telnetlib3 or standard-telnetlib",
        ),
        (
            "winreg",
            "ModuleNotFoundError: No module named 'winreg': winreg is there on Windows only, and test code runs as on a station, \
             which is Linux; ask os.name or sys.platform first",
        ),
        ("no_such", "ModuleNotFoundError: No module named 'no_such'"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
            .args(["python", "-c", &format!("import {module}")])
            .output()
            .expect("rehearse starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(error.lines().last(), Some(message));
    }
}

#[test]
fn who_only_asks_for_a_missing_module_hears_no_error() {
    let code = "from importlib.util import find_spec; print([find_spec(n) for n in ('readline', 'winreg', 'venv', 'no_such')])";
    let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .args(["python", "-c", code])
        .output()
        .expect("rehearse starts");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(printed.trim(), "[None, None, None, None]", "{output:?}");
}

#[test]
fn the_probes_hold_under_cpython() {
    let Some(python) = outside::cpython() else {
        return;
    };
    let modules = try_all(Command::new(python));
    assert_eq!(those_in(&State::Broken, &modules), "");
    assert!(
        modules
            .iter()
            .filter(|module| module.state == State::Works)
            .count()
            > 150
    );
}
