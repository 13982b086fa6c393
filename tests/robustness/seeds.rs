//! The files of this repository that are right, to be spoilt.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::reading::Kind;

/// Beyond this a file adds time and nothing else.
const MAX_SIZE: usize = 6_000;

/// Every such file of the examples, of the cases and of the packages that tests run.
pub fn all(kind: Kind) -> Vec<String> {
    let mut paths = Vec::new();
    for folder in ["examples", "tests/cases", "tests/packages"] {
        collect(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            kind,
            &mut paths,
        );
    }
    paths.sort();
    let mut texts: Vec<String> = paths
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .filter(|text| text.len() <= MAX_SIZE)
        .collect();
    texts.sort();
    texts.dedup();
    assert!(!texts.is_empty(), "there is no {kind:?} to begin with");
    texts
}

fn collect(folder: &Path, kind: Kind, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, kind, paths);
        } else if is(&path, kind) {
            paths.push(path);
        }
    }
}

fn is(path: &Path, kind: Kind) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match kind {
        Kind::Test => {
            name.ends_with(".yaml")
                && path.components().any(|part| part.as_os_str() == "tests")
                && !is_other(&name)
        }
        _ => name == kind.path(),
    }
}

fn is_other(name: &str) -> bool {
    [Kind::Local, Kind::Bench]
        .iter()
        .any(|kind| kind.path() == name)
}
