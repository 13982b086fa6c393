//! A throw-away package folder.

use std::{fs, path::Path};

use rehearsal::{
    diagnostic::{Diagnostics, Style},
    package::{LoadError, load, model::Package},
};
use tempfile::TempDir;

pub const MANIFEST: &str =
    r#"{"name": "Demo_v01", "version": "1.0.0", "author": "Jo", "description": "a demo"}"#;

pub struct Folder {
    folder: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// With a package.json that is right.
    pub fn package() -> Self {
        Self::new().file("package.json", MANIFEST)
    }

    /// A good package with one step, of which these are the lines.
    pub fn step(lines: &str) -> Self {
        let mut yaml = String::from("test:\n  name: Demo\n  version: \"1.0.0\"\n  steps:\n");
        for (index, line) in lines.trim().lines().enumerate() {
            yaml += &format!("    {} {line}\n", if index == 0 { "-" } else { " " });
        }
        Self::package().file("tests/main.yaml", &yaml)
    }

    pub fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder made");
        fs::write(path, text).expect("a file written");
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    #[track_caller]
    pub fn load(&self) -> (Package, Diagnostics) {
        load(self.path()).unwrap_or_else(|error| panic!("{}", self.shown(&error)))
    }

    /// The problems as a terminal without colours shows them, with `ROOT` for the folder.
    #[track_caller]
    pub fn errors(&self) -> String {
        self.shown(&load(self.path()).expect_err("a package with errors"))
    }

    /// Those of a folder or file within.
    #[track_caller]
    pub fn errors_in(&self, below: &str) -> String {
        self.shown(&load(&self.path().join(below)).expect_err("no package"))
    }

    #[track_caller]
    pub fn warnings(&self) -> String {
        let (package, warnings) = self.load();
        warnings.render(&package.sources, Style::PLAIN)
    }

    fn shown(&self, error: &LoadError) -> String {
        self.without_path(&error.diagnostics.render(&error.sources, Style::PLAIN))
    }

    pub fn without_path(&self, text: &str) -> String {
        text.replace(&*self.path().to_string_lossy(), "ROOT")
    }
}
