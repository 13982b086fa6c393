//! Every file of this repository that a reader takes is valid by its schema.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rehearsal::{package::load, schema::Described};

use super::checked::{Checked, has_errors, read_bench};

/// Every folder below with a package.json.
fn packages(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("a folder");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.join("package.json").is_file() {
            found.push(path.clone());
        }
        if path.is_dir() {
            packages(&path, found);
        }
    }
}

#[test]
fn what_loads_in_this_repository_is_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in [
        "examples",
        "tests/packages",
        "tests/performance",
        "tests/cases",
    ] {
        packages(&root.join(folder), &mut found);
    }
    let checked = Described::ALL.map(Checked::new);
    let mut tried = [0; 4];
    let mut try_one = |described: Described, path: &Path| {
        let index = Described::ALL
            .iter()
            .position(|one| *one == described)
            .expect("known");
        let text = fs::read_to_string(path).expect("a text");
        let complaints = checked[index].complaints(&text);
        assert!(complaints.is_empty(), "{}: {complaints:#?}", path.display());
        tried[index] += 1;
    };
    for package in found {
        if let Ok((loaded, _)) = load(&package) {
            try_one(Described::Package, &package.join("package.json"));
            for test in &loaded.tests {
                try_one(Described::Test, &package.join(&test.file));
            }
            let local = package.join("local.yaml");
            if local.exists() {
                try_one(Described::Local, &local);
            }
        }
        let bench = package.join("bench.yaml");
        if let Ok(text) = fs::read_to_string(&bench)
            && !has_errors(&read_bench(Some(&package), &text))
        {
            try_one(Described::Bench, &bench);
        }
    }
    assert!(tried.iter().all(|tried| *tried > 1), "{tried:?}");
}

#[test]
fn the_benches_of_the_documentation_are_valid() {
    let checked = Checked::new(Described::Bench);
    let page = include_str!("../../docs/bench.md");
    let blocks: Vec<&str> = page
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        assert!(!has_errors(&read_bench(None, block)), "{block}");
        assert_eq!(checked.complaints(block), [""; 0], "{block}");
    }
}

#[test]
fn the_examples_have_the_schemas_of_this_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found = Vec::new();
    packages(&root, &mut found);
    for package in found {
        for described in Described::ALL {
            let path = package.join(format!(".vscode/{}.schema.json", described.name()));
            let text = fs::read_to_string(&path).unwrap_or_default();
            let current = described.text().expect("a text");
            assert!(
                text == current,
                "{} is of another version; renew it with `cargo rehearse schema --vscode {}`",
                path.display(),
                package.display()
            );
        }
    }
}
