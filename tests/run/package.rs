//! A throw-away package, and what running it gave.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value as Json;
use tempfile::TempDir;

/// A package folder that goes away by itself.
pub struct Package {
    folder: TempDir,
    steps: String,
    teardown: String,
}

/// What a run printed, reported, and ended with.
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
    pub report: Json,
}

impl Package {
    /// One module `m` with this code.
    pub fn with(code: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let package = Self {
            folder,
            steps: String::new(),
            teardown: String::new(),
        };
        package
            .file(
                "package.json",
                r#"{"name": "Demo_v00", "version": "1.0.0", "author": "Tests", "description": "A demo."}"#,
            )
            .file("python_modules/m.py", code)
    }

    /// A file of the package.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, content).expect("a file");
        self
    }

    /// A step that calls a function of `m`; `more` are further fields in YAML's flow style.
    pub fn step(mut self, function: &str, more: &str) -> Self {
        self.steps += &line(function, more);
        self
    }

    /// The same in teardown, marked run_on_abort.
    pub fn cleanup(mut self, function: &str) -> Self {
        self.teardown += &line(function, "run_on_abort: true");
        self
    }

    pub fn path(&self) -> PathBuf {
        // As the tool names it in messages and tracebacks.
        self.folder.path().canonicalize().expect("the folder")
    }

    /// Writes the YAML and gives the command that runs it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut yaml = format!(
            "test:\n  name: Demo\n  version: \"1.0.0\"\n  steps:\n{}",
            self.steps
        );
        if !self.teardown.is_empty() {
            yaml += &format!("  teardown:\n{}", self.teardown);
        }
        fs::create_dir_all(self.path().join("tests")).expect("folders");
        fs::write(self.path().join("tests/main.yaml"), yaml).expect("the test");
        let mut command = Command::new(env!("CARGO_BIN_EXE_rehearse"));
        command
            .arg("run")
            .arg(self.path())
            .args(arguments)
            .args(switches())
            .arg("--color=never")
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let outside = tempfile::tempdir().expect("a temporary folder");
        let report = outside.path().join("report.json");
        let mut command = self.command(arguments);
        command.arg(format!("--report=json={}", report.display()));
        Ran::new(command.output().expect("rehearse starts"), &report)
    }

    /// Runs a function of `m` here and under CPython, where there is one; both have to print this.
    #[track_caller]
    pub fn prints_like_cpython(self, function: &str, expected: &str) {
        let package = self.step(function, "");
        assert_eq!(package.run(&[]).passed().output(function), expected);
        // Elsewhere CPython has the numbers and names of another operating system.
        if !cfg!(target_os = "linux") {
            return;
        }
        let Some(python) = crate::outside::cpython() else {
            return;
        };
        let output = Command::new(python)
            .args(["-B", "-c", &format!("import m; m.{function}()")])
            .current_dir(package.path().join("python_modules"))
            .output()
            .expect("CPython starts");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{error}");
    }

    /// Every file below the package, for comparing before and after.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path)
                } else {
                    found.push(path)
                }
            }
        }
        found.sort();
        found
    }
}

/// Set where all tests of a program run once more, with the Python in the sandbox.
pub const SANDBOXED: &str = "REHEARSAL_TESTS_SANDBOXED";

/// In the sandbox, what tests need is allowed.
fn switches() -> Vec<String> {
    if std::env::var_os(SANDBOXED).is_none() {
        return Vec::new();
    }
    let scratch = std::env::temp_dir().join("rehearsal-tests-scratch");
    [
        "--sandbox",
        "--allow-read=/",
        "--allow-net=127.0.0.1:*",
        "--allow-net=localhost:*",
        "--allow-net=[::1]:*",
        "--allow-run=*",
        &format!("--allow-write={}", scratch.display()),
    ]
    .map(String::from)
    .into()
}

fn line(function: &str, more: &str) -> String {
    let more = if more.is_empty() {
        String::new()
    } else {
        format!(", {more}")
    };
    format!("    - {{name: {function}, runner: python, module: m, function: {function}{more}}}\n")
}

impl Ran {
    pub fn new(output: Output, report: &Path) -> Self {
        Self {
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
            code: output.status.code().expect("an exit code"),
            report: fs::read(report)
                .map(|text| serde_json::from_slice(&text).expect("a JSON report"))
                .unwrap_or_default(),
        }
    }

    pub fn step(&self, name: &str) -> &Json {
        let steps = self.report["steps"]
            .as_array()
            .unwrap_or_else(|| panic!("no report: {}{}", self.stdout, self.stderr));
        steps
            .iter()
            .find(|step| step["name"] == name)
            .unwrap_or_else(|| panic!("no step {name}"))
    }

    pub fn attempt(&self, name: &str) -> &Json {
        &self.step(name)["iterations"][0]["attempts"][0]
    }

    /// What the step's code printed.
    pub fn output(&self, name: &str) -> &str {
        self.attempt(name)["output"].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub fn passed(self) -> Self {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn failed(self) -> Self {
        assert_eq!(self.code, 1, "{}{}", self.stdout, self.stderr);
        self
    }
}
