//! A folder with files, and a Python that runs there.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// A folder that goes away by itself.
pub struct Folder(TempDir);

/// What a program printed and ended with.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
}

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, content).expect("a file");
        self
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().canonicalize().expect("the folder")
    }

    /// `rehearse python ARGUMENTS` in this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rehearse"));
        command
            .arg("python")
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("rehearse starts"))
    }

    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        with_input(self.command(arguments), input)
    }

    /// The same under CPython.
    pub fn run_cpython(&self, python: &Path, arguments: &[&str], input: &str) -> Ran {
        let mut command = Command::new(python);
        command
            .arg("-B")
            .args(arguments)
            .current_dir(self.path())
            .env("PYTHONIOENCODING", "utf-8");
        with_input(command, input)
    }
}

fn with_input(mut command: Command, input: &str) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that reads nothing may be gone already.
    let _ = child
        .stdin
        .take()
        .expect("its input")
        .write_all(input.as_bytes());
    Ran::of(child.wait_with_output().expect("its end"))
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Self {
            stdout: String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"),
            stderr: String::from_utf8_lossy(&output.stderr).replace("\r\n", "\n"),
            code: output.status.code(),
        }
    }
}
