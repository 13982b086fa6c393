//! `rehearse dap` as editors use it: the client that VS Code's makers give those who write adapters goes through a package; and our
//! own extension.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "../outside/mod.rs"]
mod outside;
mod transcript;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

const CLIENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dap/client");
const EXTENSION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/editors/vscode");
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Whether these programs are there.
#[track_caller]
fn there_are(programs: &[&str]) -> bool {
    for program in programs {
        let version = Command::new(program).arg("--version").output();
        if !version.is_ok_and(|output| output.status.success()) {
            outside::skip(&format!("there is no {program} on this machine"));
            return false;
        }
    }
    true
}

/// The folder with the modules that the client needs; filled once, kept in the target folder.
#[track_caller]
fn modules() -> Option<PathBuf> {
    if !there_are(&["node", NPM]) {
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dap-client");
    let modules = folder.join("node_modules");
    let lock = "package-lock.json";
    let read = |file: PathBuf| fs::read(file).ok();
    // npm writes its own list last.
    if modules.join(".package-lock.json").is_file()
        && read(folder.join(lock)) == read(Path::new(CLIENT).join(lock))
    {
        return Some(modules);
    }
    fs::create_dir_all(&folder).expect("a folder for modules");
    for file in ["package.json", lock, ".npmrc"] {
        fs::copy(Path::new(CLIENT).join(file), folder.join(file)).expect("copied");
    }
    let output = Command::new(NPM)
        .args(["ci", "--ignore-scripts"])
        .current_dir(&folder)
        .output()
        .expect("npm starts");
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        outside::skip(&format!("npm cannot fetch the client's modules:\n{error}"));
        return None;
    }
    Some(modules)
}

#[test]
fn an_editor_finds_its_way_through_a_run() {
    let Some(modules) = modules() else {
        return;
    };
    passes(
        Command::new("node")
            .arg("checks.js")
            .current_dir(CLIENT)
            .env("REHEARSE", env!("CARGO_BIN_EXE_rehearse"))
            .env("NODE_PATH", modules),
    );
}

#[test]
fn the_extension_of_vs_code_knows_packages_steps_and_events() {
    if there_are(&["node"]) {
        passes(Command::new("node").arg("--test").current_dir(EXTENSION));
    }
}

#[test]
fn emacs_debugs_with_the_settings_of_the_documentation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let package = tempfile::tempdir().expect("a temporary folder");
    copy(&Path::new(CLIENT).join("package"), package.path());
    let rehearse = Path::new(env!("CARGO_BIN_EXE_rehearse")).parent();
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::join_paths(
        rehearse
            .map(Path::to_owned)
            .into_iter()
            .chain(env::split_paths(&path)),
    )
    .expect("folders");
    let output = Command::new("emacs")
        .args(["-q", "--batch", "-l"])
        .arg(root.join("tests/dap/emacs.el"))
        .env("FOLDER", package.path())
        .env("SETTINGS", root.join("docs/editors.md"))
        .env("PATH", path)
        .output();
    match output {
        Ok(output) if output.status.code() != Some(77) => {
            let said = String::from_utf8_lossy(&output.stdout);
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}{error}");
        }
        // Not to be had everywhere, so it is never an error.
        _ => println!("skipped: there is no Emacs with dap-mode on this machine"),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[track_caller]
fn passes(command: &mut Command) {
    let output = command.output().expect("node starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{error}");
    println!("{said}");
}
