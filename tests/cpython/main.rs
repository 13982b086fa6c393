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

/// What debuggers stand on. In the sandbox tracing is how code is made to stop, and no debugger but our own is meant to run there.
const FOR_DEBUGGERS: [&str; 3] = ["test_sys_settrace", "test_monitoring", "test_bdb"];

/// So many modules are tested at once.
const AT_ONCE: usize = 2;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    let text = fs::read_to_string(project(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.replace("\r\n", "\n")
}

/// Where the tests run.
#[derive(Clone, Copy)]
pub enum Home {
    Native,
    Sandbox,
}

impl Home {
    const BOTH: [Self; 2] = [Self::Native, Self::Sandbox];

    /// The list of what fails there.
    fn list(self) -> &'static str {
        match self {
            Self::Native => "tests/cpython/failures.toml",
            Self::Sandbox => "tests/cpython/failures_in_the_sandbox.toml",
        }
    }

    /// The modules that are tested there.
    fn modules(self) -> Vec<&'static str> {
        match self {
            Self::Native => [&MODULES[..], &FOR_DEBUGGERS[..]].concat(),
            Self::Sandbox => MODULES.into(),
        }
    }

    /// The part of docs/python.md that is about it.
    fn part(self) -> &'static str {
        match self {
            Self::Native => "tests/cpython",
            Self::Sandbox => "tests/cpython, in the sandbox",
        }
    }
}

fn outcomes(home: Home, folder: &Path, records: &Path) -> Vec<(&'static str, Outcome)> {
    let modules = home.modules();
    let left = Mutex::new(modules.into_iter());
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(module) = left.lock().expect("no panic").next() else {
                        break;
                    };
                    let outcome = module::run(home, folder, module, records);
                    found.lock().expect("no panic").push((module, outcome));
                }
            });
        }
    });
    found.into_inner().expect("no panic")
}

#[test]
fn cpythons_own_tests_fail_only_where_it_is_known_why() {
    fail_only_where_it_is_known_why(Home::Native, "cpython-results");
}

#[test]
fn so_they_do_in_the_sandbox() {
    fail_only_where_it_is_known_why(Home::Sandbox, "cpython-results-sandbox");
}

/// What writes the page writes all of it.
static PAGE: Mutex<()> = Mutex::new(());

#[track_caller]
fn fail_only_where_it_is_known_why(home: Home, records: &str) {
    let Some(folder) = outside::standard_tests() else {
        return;
    };
    let records = Path::new(env!("CARGO_TARGET_TMPDIR")).join(records);
    let outcomes = outcomes(home, &folder, &records);
    let mut expectation = Expectation::parse(&read(home.list()));
    if std::env::var_os("REHEARSAL_TESTS_UPDATE").is_some() {
        for (name, outcome) in &outcomes {
            expectation.update(name, outcome);
        }
        let _alone = PAGE.lock().expect("no panic");
        let page = table::put_into(home, &read("docs/python.md"), &expectation);
        fs::write(project("docs/python.md"), page).expect("docs/python.md can be written");
        fs::write(project(home.list()), expectation.render()).expect("the list can be written");
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
    for home in Home::BOTH {
        let list = home.list();
        let expectation = Expectation::parse(&read(list));
        for (name, module) in &expectation.modules {
            assert!(home.modules().contains(&&**name), "{name} is not run");
            for (test, reason) in &module.failures {
                assert!(
                    expectation.reasons.contains_key(reason),
                    "{test}: {list} explains no reason {reason:?}"
                );
            }
        }
        let page = read("docs/python.md");
        assert!(
            page == table::put_into(home, &page, &expectation),
            "docs/python.md does not show what {list} says; REHEARSAL_TESTS_UPDATE=1 writes it again"
        );
    }
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
    let outcome = module::run(Home::Native, folder.path(), "test_end", records.path());
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
