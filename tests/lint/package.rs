//! A throw-away package of a case, and what is found in it.

use std::{fmt::Write as _, fs, path::Path};

use rehearsal::{
    lint::{self, Subject},
    package::{Neighbours, load, wheels},
};
use tempfile::TempDir;

use super::Case;

pub struct Package {
    folder: TempDir,
}

impl Package {
    pub fn of(case: &Case) -> Self {
        let package = Self::empty();
        package.file("tests/main.yaml", &whole(&case.test));
        for (name, content) in &case.files {
            package.file(name, content);
        }
        package
    }

    pub fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let package = Self { folder };
        package.file(
            "package.json",
            r#"{"name": "Case_v00", "version": "1.0.0", "author": "Tests", "description": "A case."}"#,
        );
        package
    }

    /// A folder within the temporary one, so that another package can lie beside it.
    pub fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("Case_v00")
    }

    pub fn file(&self, name: &str, content: &str) {
        let path = self.root().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, content).expect("a file");
    }

    /// One line for each finding, and one for its hint.
    pub fn findings(&self) -> String {
        findings(&self.root())
    }
}

pub fn findings(root: &Path) -> String {
    let (sources, mut found) = match load(root) {
        Ok((package, warnings)) => {
            let subject = Subject {
                package: &package,
                returns: None,
                neighbours: &Neighbours::default(),
            };
            let mut found = warnings;
            found.extend(wheels(root).missing(&package.manifest.requirements.pip_packages));
            let mut found = lint::merge(found, lint::lint(&subject));
            lint::apply_allowances(&mut found, &package.sources, false);
            (package.sources, found)
        }
        Err(mut error) => {
            lint::raise(&mut error.diagnostics);
            (error.sources, error.diagnostics)
        }
    };
    found.sort();
    let mut text = String::new();
    for one in &found {
        let _ = writeln!(text, "{}", one.line(&sources));
        if let Some(hint) = &one.hint {
            let _ = writeln!(text, "  {hint}");
        }
    }
    text
}

/// The whole of tests/main.yaml, where a case shows a part of it.
fn whole(test: &str) -> String {
    if test.is_empty() || test.starts_with("test:") {
        return test.to_owned();
    }
    let (start, margin) = match test.starts_with("- ") {
        true => ("  steps:\n", "    "),
        false => ("", "  "),
    };
    let mut text = format!("test:\n  name: Case\n  version: \"1.0.0\"\n{start}");
    for line in test.lines() {
        let _ = writeln!(text, "{margin}{line}");
    }
    text
}
