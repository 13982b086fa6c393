//! The rules of `rehearse check`: for each a text file of packages and what is found in them, word for word.
//!
//! A case starts with `=== what it is about`. Then comes tests/main.yaml, or only its steps, or only what stands below name and
//! version; then further files, each after `--- PATH`; then, after `--- found`, every finding, with its hint in the next line. With
//! LINT=overwrite the findings are written anew.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod catalogue;
mod command;
mod formats;
mod limits;
mod package;

use std::{fmt::Write as _, fs, path::PathBuf};

use package::Package;

/// One package and what is to be found in it.
struct Case {
    about: String,
    test: String,
    files: Vec<(String, String)>,
    found: String,
}

fn files() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/lint/rules");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    files
}

fn read(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for text in text.split("=== ").skip(1) {
        let (about, rest) = text.split_once('\n').expect("a first line");
        let mut sections = rest.split("--- ");
        let test = sections.next().unwrap_or_default().to_owned();
        let mut case = Case {
            about: about.to_owned(),
            test,
            files: Vec::new(),
            found: String::new(),
        };
        for section in sections {
            let (name, content) = section.split_once('\n').expect("a name");
            match name {
                "found" => case.found = content.trim_end().to_owned(),
                name => case.files.push((name.to_owned(), content.to_owned())),
            }
        }
        cases.push(case);
    }
    cases
}

fn write(cases: &[Case]) -> String {
    let mut text = String::new();
    for case in cases {
        let _ = write!(text, "=== {}\n{}", case.about, case.test);
        for (name, content) in &case.files {
            let _ = write!(text, "--- {name}\n{content}");
        }
        let found = case.found.trim_end();
        let _ = write!(
            text,
            "--- found\n{found}{}\n",
            if found.is_empty() { "" } else { "\n" }
        );
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

#[test]
fn every_rule_finds_what_its_file_says_and_nothing_else() {
    let overwrite = std::env::var("LINT").is_ok_and(|value| value == "overwrite");
    let mut wrong = String::new();
    for path in files() {
        let text = fs::read_to_string(&path)
            .expect("a file")
            .replace("\r\n", "\n");
        let mut cases = read(&text);
        for case in &mut cases {
            let found = Package::of(case).findings();
            if found.trim_end() != case.found {
                let name = path.file_name().expect("a name").to_string_lossy();
                let _ = writeln!(
                    wrong,
                    "{name}: {}\n--- found\n{found}--- wanted\n{}\n",
                    case.about, case.found
                );
            }
            case.found = found;
        }
        if overwrite {
            fs::write(&path, write(&cases)).expect("written");
        }
    }
    assert!(overwrite || wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_over_the_yaml_has_a_case_that_breaks_it_and_one_that_nearly_does() {
    for rule in &rehearsal::lint::catalogue::RULES {
        // Those of Python are tested where Python is read, the one of git in `command`.
        if rule.reads_code || rule.id == "L29" {
            continue;
        }
        let path = files()
            .into_iter()
            .find(|path| path.ends_with(format!("{}.txt", rule.id)));
        let text = fs::read_to_string(path.expect(rule.id)).expect("a file");
        let cases = read(&text.replace("\r\n", "\n"));
        let code = format!("[{}]", rule.id);
        assert!(
            cases.iter().any(|case| case.found.contains(&code)),
            "{}",
            rule.id
        );
        assert!(
            cases.iter().any(|case| case.found.is_empty()),
            "{}",
            rule.id
        );
    }
}
