//! What tests take from outside the repository: CPython, its tests, and packages of the Python package index.
//!
//! Where one is out of reach its test says so and ends; with `REHEARSAL_TESTS_SKIP_NOTHING` set, as in continuous integration,
//! the test fails instead.

#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "every test program uses a part of this"
)]

mod standard_tests;

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

#[allow(
    unused_imports,
    clippy::allow_attributes,
    reason = "every test program uses a part of this"
)]
pub use standard_tests::standard_tests;

/// Says that a test is skipped, or fails where nothing may be.
#[track_caller]
pub fn skip(reason: &str) {
    assert!(
        std::env::var_os("REHEARSAL_TESTS_SKIP_NOTHING").is_none(),
        "nothing may be skipped here, but {reason}"
    );
    println!("skipped: {reason}");
}

/// A CPython of 3.11 or later: `PYTHON`, else `python3`, else `python`.
#[track_caller]
pub fn cpython() -> Option<PathBuf> {
    let named = std::env::var_os("PYTHON").map(PathBuf::from);
    let found = named
        .into_iter()
        .chain(["python3".into(), "python".into()])
        .find(|python| {
            let check = "import sys; sys.exit(sys.version_info < (3, 11) or sys.implementation.name != 'cpython')";
            Command::new(python)
                .args(["-c", check])
                .output()
                .is_ok_and(|output| output.status.success())
        });
    if found.is_none() {
        skip("there is no CPython 3.11 or later on this machine");
    }
    found
}

/// A folder with the wheels of these requirements (`name==version`), without what they depend on; downloaded once, kept in
/// the target folder.
#[track_caller]
pub fn wheels(requirements: &[&str]) -> Option<PathBuf> {
    fetch(requirements, false)
}

/// The same, built from sources that compile nothing: for libraries whose compiled half is optional.
#[track_caller]
pub fn wheels_without_compiling(requirements: &[&str]) -> Option<PathBuf> {
    fetch(requirements, true)
}

#[track_caller]
fn fetch(requirements: &[&str], build: bool) -> Option<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let name = requirements.join("+").replace(['=', '<', '>', ' '], "_");
    let name = if build { format!("built_{name}") } else { name };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("wheels")
        .join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    let python = cpython()?;
    let parent = folder.parent().expect("a parent folder");
    fs::create_dir_all(parent).expect("a folder for wheels");
    let fresh = tempfile::tempdir_in(parent).expect("a temporary folder");
    let mut pip = Command::new(python);
    if build {
        // As docs/python.md says.
        pip.envs([
            ("CC", "false"),
            ("PYYAML_FORCE_LIBYAML", "0"),
            ("PIP_NO_BINARY", &names(requirements)),
        ]);
    }
    let output = pip
        .args([
            "-m",
            "pip",
            "--disable-pip-version-check",
            "wheel",
            "--quiet",
            "--no-deps",
            "--wheel-dir",
        ])
        .arg(fresh.path())
        .args(requirements)
        .output()
        .expect("Python starts");
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        // The reason stands somewhere in the middle of a build's output; all of it is what a log has to have.
        skip(&format!(
            "pip cannot fetch {}:\n{error}",
            requirements.join(", ")
        ));
        return None;
    }
    settle(fresh.path(), &folder).expect("the folder gets its name");
    Some(folder)
}

/// `one,two` of `one==1.0` and `two==2.0`.
fn names(requirements: &[&str]) -> String {
    let names: Vec<&str> = requirements
        .iter()
        .filter_map(|requirement| requirement.split("==").next())
        .collect();
    names.join(",")
}

/// Gives a filled folder its name, unless another test program was faster.
fn settle(filled: &Path, folder: &Path) -> io::Result<()> {
    match fs::rename(filled, folder) {
        Err(_) if folder.is_dir() => Ok(()),
        result => result,
    }
}
