//! A package written to a temporary folder, exported and run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::ran::Ran;

/// A package of one module `m` and one test.
#[derive(Debug)]
pub struct Written {
    folder: TempDir,
}

impl Written {
    pub fn new(code: &str, yaml: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let written = Self { folder };
        written.file(
            "package.json",
            r#"{"name": "Demo_v00", "version": "1.0.0", "author": "Tests", "description": "A demo."}"#,
        );
        written.file("python_modules/m.py", code);
        written.file("tests/main.yaml", yaml);
        written
    }

    pub fn file(&self, name: &str, content: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, content).expect("a file");
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("package")
    }

    /// Writes run_local.py into it; gives what was said.
    #[track_caller]
    pub fn export(&self) -> String {
        let output = rehearse(&["export", "run-local"], &self.path(), &["--output"])
            .arg(self.path().join("run_local.py"))
            .output()
            .expect("rehearse starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    }

    /// What the engine makes of it.
    pub fn run(&self) -> Ran {
        let report = self.folder.path().join("report.json");
        let output = rehearse(&["run"], &self.path(), &["--quiet"])
            .arg(format!("--report=json={}", report.display()))
            .output()
            .expect("rehearse starts");
        Ran::of_report(&output, &report)
    }

    /// What the script makes of it under CPython.
    pub fn cpython(&self, python: &Path) -> Ran {
        let output = Command::new(python)
            .args(["-B", "run_local.py"])
            .current_dir(self.path())
            .env("PYTHONIOENCODING", "utf-8")
            .output()
            .expect("Python starts");
        Ran::of_script(&output)
    }

    /// The same under `rehearse python`.
    pub fn own_python(&self) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
            .args(["python", "run_local.py"])
            .current_dir(self.path())
            .output()
            .expect("rehearse starts");
        Ran::of_script(&output)
    }

    /// `rehearse import` of the script.
    pub fn import(&self) -> Output {
        Command::new(env!("CARGO_BIN_EXE_rehearse"))
            .args(["import", "run_local.py", "--color=never"])
            .current_dir(self.path())
            .output()
            .expect("rehearse starts")
    }
}

fn rehearse(command: &[&str], package: &Path, more: &[&str]) -> Command {
    let mut rehearse = Command::new(env!("CARGO_BIN_EXE_rehearse"));
    rehearse.args(command).arg(package).args(more);
    rehearse
}
