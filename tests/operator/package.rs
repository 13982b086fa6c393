//! Throw-away packages with prompts.

use std::{fs, path::Path};

use rehearsal::package::{
    load,
    model::{Package, Test},
};
use tempfile::TempDir;

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    folder
}

/// A package with these files and a test of these steps.
pub fn package(steps: &str, files: &[(&str, &str)]) -> TempDir {
    let folder = folder(files);
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    fs::create_dir_all(folder.path().join("tests")).expect("a folder");
    write(
        "package.json",
        r#"{"name": "Demo_v01", "version": "1.0.0", "author": "Tests", "description": "A demo."}"#,
    );
    write(
        "tests/main.yaml",
        &format!("test:\n  name: Demo\n  version: \"1.0.0\"\n  steps:\n{steps}"),
    );
    folder
}

#[track_caller]
pub fn read(folder: &Path) -> Package {
    match load(folder) {
        Ok((package, _)) => package,
        Err(error) => panic!(
            "{}",
            error
                .diagnostics
                .render(&error.sources, rehearsal::diagnostic::Style::PLAIN)
        ),
    }
}

/// The one test of a package with these steps.
pub fn test(steps: &str) -> Test {
    let folder = package(steps, &[]);
    read(folder.path()).tests.remove(0)
}
