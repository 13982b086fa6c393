//! CPython's own tests of what test code leans on, run by `rehearse python`: those listed in failures.toml fail, and no others.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod expectation;
mod module;
#[path = "../outside/mod.rs"]
mod outside;
mod table;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
};

use expectation::Expectation;
use module::{Outcome, Verdict};

/// The modules, those that take longest first.
const MODULES: [&str; 16] = [
    "test_logging",
    "test_argparse",
    "test_statistics",
    "test_enum",
    "test_math",
    "test_datetime",
    "test_json",
    "test_csv",
    "test_re",
    "test_struct",
    "test_dataclasses",
    "test_urlparse",
    "test_httplib",
    "test_base64",
    "test_binascii",
    "test_textwrap",
];

/// So many modules are tested at once.
const AT_ONCE: usize = 2;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    let text = fs::read_to_string(project(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.replace("\r\n", "\n")
}

fn outcomes(folder: &Path, records: &Path) -> Vec<(&'static str, Outcome)> {
    let left = Mutex::new(MODULES.iter());
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(module) = left.lock().expect("no panic").next() else {
                        break;
                    };
                    let outcome = module::run(folder, module, records);
                    found.lock().expect("no panic").push((*module, outcome));
                }
            });
        }
    });
    found.into_inner().expect("no panic")
}

#[test]
fn cpythons_own_tests_fail_only_where_it_is_known_why() {
    let Some(folder) = outside::standard_tests() else {
        return;
    };
    let records = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cpython-results");
    let outcomes = outcomes(&folder, &records);
    let mut expectation = Expectation::parse(&read("tests/cpython/failures.toml"));
    if std::env::var_os("REHEARSAL_TESTS_UPDATE").is_some() {
        for (name, outcome) in &outcomes {
            expectation.update(name, outcome);
        }
        let page = table::put_into(&read("docs/python.md"), &expectation);
        fs::write(project("docs/python.md"), page).expect("docs/python.md can be written");
        fs::write(project("tests/cpython/failures.toml"), expectation.render())
            .expect("failures.toml can be written");
        return;
    }
    let differences: Vec<_> = outcomes
        .iter()
        .flat_map(|(name, outcome)| expectation.differences(name, outcome))
        .collect();
    assert!(
        differences.is_empty(),
        "{}\n\nDetails are in {}; REHEARSAL_TESTS_UPDATE=1 writes the list again.",
        differences.join("\n"),
        records.display()
    );
}

#[test]
fn each_known_failure_has_a_reason_and_the_page_shows_the_numbers() {
    if std::env::var_os("REHEARSAL_TESTS_UPDATE").is_some() {
        return;
    }
    let expectation = Expectation::parse(&read("tests/cpython/failures.toml"));
    for (name, module) in &expectation.modules {
        assert!(MODULES.contains(&&**name), "{name} is not run");
        for (test, reason) in &module.failures {
            assert!(
                expectation.reasons.contains_key(reason),
                "{test}: failures.toml explains no reason {reason:?}"
            );
        }
    }
    let page = read("docs/python.md");
    assert!(
        page == table::put_into(&page, &expectation),
        "docs/python.md does not show what failures.toml says; REHEARSAL_TESTS_UPDATE=1 writes it again"
    );
}

#[test]
fn a_test_that_ends_its_process_fails_and_the_others_are_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let support = folder.path().join("test/support");
    fs::create_dir_all(&support).expect("a folder");
    for file in [
        "test/__init__.py",
        "test/support/__init__.py",
        "test/support/import_helper.py",
        "test/support/os_helper.py",
    ] {
        fs::write(folder.path().join(file), "").expect("a file");
    }
    let code = "
import unittest

class Tests(unittest.TestCase):
    def test_1(self):
        pass

    def test_2(self):
        raise KeyboardInterrupt

    def test_3(self):
        self.fail('as it should')

    @unittest.skip('for once')
    def test_4(self):
        pass
";
    fs::write(folder.path().join("test/test_end.py"), code).expect("a file");
    let records = tempfile::tempdir().expect("a temporary folder");
    let outcome = module::run(folder.path(), "test_end", records.path());
    let verdicts: Vec<_> = outcome
        .tests
        .iter()
        .map(|(name, verdict)| {
            let verdict = match verdict {
                Verdict::Passed => "passed",
                Verdict::Skipped => "skipped",
                Verdict::Failed(text) if text.starts_with("the process ended") => "died",
                Verdict::Failed(_) => "failed",
            };
            format!("{} {verdict}", name.rsplit('.').next().expect("a name"))
        })
        .collect();
    assert_eq!(
        verdicts,
        [
            "test_1 passed",
            "test_2 died",
            "test_3 failed",
            "test_4 skipped"
        ]
    );
}
