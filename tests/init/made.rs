//! A folder in which `rehearse init` made a package.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

pub struct Made {
    pub around: TempDir,
    pub package: PathBuf,
}

impl Made {
    #[track_caller]
    pub fn with(name: &str, arguments: &[&str]) -> Self {
        let around = tempfile::tempdir().expect("a temporary folder");
        let output = rehearse(around.path(), &[&["init", name][..], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let package = around.path().join(name);
        Self { around, package }
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.package.join(file)).expect("a file")
    }
}

/// Runs a command in a folder.
pub fn rehearse(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("USER", "tester")
        .output()
        .expect("rehearse starts")
}

/// What it wrote, on both streams.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Every file and folder below, with forward slashes.
pub fn everything(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            let below = path.strip_prefix(folder).expect("below");
            found.push(below.to_string_lossy().replace('\\', "/"));
            if path.is_dir() {
                waiting.push(path);
            }
        }
    }
    found.sort();
    found
}
