//! Every case folder whose command is a run.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    events::{difference, run},
    folder,
};

/// Cases that are about what the sandbox does otherwise, with what that is.
const OTHERWISE: [(&str, &str); 1] = [(
    "a_simulated_run_reaches_the_bench_only",
    "what is not the agent is refused before the bench is asked",
)];

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The arguments of a case that runs a package, and the folder it starts from.
fn case(file: &Path) -> Option<(Vec<String>, PathBuf)> {
    let text = fs::read_to_string(file).expect("a case");
    let case: toml_edit::DocumentMut = text.parse().expect("TOML");
    let arguments: Vec<String> = case["args"]
        .as_array()?
        .iter()
        .filter_map(|argument| argument.as_str().map(String::from))
        .collect();
    let writes = |argument: &String| argument.starts_with("--events") || argument == "--help";
    if arguments.first()? != "run" || arguments.iter().any(writes) {
        return None;
    }
    let own = file.with_extension("in");
    Some((arguments, if own.is_dir() { own } else { project("") }))
}

#[test]
fn every_case_comes_to_the_same_in_both_interpreters() {
    let mut differences = String::new();
    let mut count = 0;
    let cases = fs::read_dir(project("tests/cases")).expect("the cases");
    for file in cases.map(|entry| entry.expect("an entry").path()) {
        if file.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let name = file
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let Some((arguments, folder)) = case(&file) else {
            continue;
        };
        if OTHERWISE.iter().any(|(its, _)| *its == name) {
            continue;
        }
        count += 1;
        // Both run in a copy, for some write beside the package.
        let copy = tempfile::tempdir().expect("a folder");
        let place = if folder.ends_with(format!("{name}.in")) {
            folder::copy(&folder, copy.path());
            copy.path().canonicalize().expect("the copy")
        } else {
            folder
        };
        let native = run(&arguments, &place, &["--no-sandbox"]);
        let sandboxed = run(&arguments, &place, &["--sandbox"]);
        if let Some(difference) = difference(&native, &sandboxed) {
            differences += &format!("\n{name}: {difference}\n");
        }
    }
    assert!(count >= 35, "{count} cases");
    assert!(differences.is_empty(), "{differences}");
}
