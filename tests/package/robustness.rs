//! Folders and files as they come: other line ends, links in circles, files cut short.

use rehearsal::{
    diagnostic::{Diagnostic, Style},
    package::{load, model::Action},
    source::{FileId, Sources, Span},
};
use snapbox::{assert_data_eq, str};

use crate::{
    folder::{Folder, MANIFEST},
    reading::{FULL_LOCAL, FULL_MANIFEST, FULL_TEST, full},
};

#[test]
fn an_empty_local_yaml_is_like_none() {
    let folder = Folder::step("name: a\ntype: mock").file("local.yaml", "# cfg:\n#   HOST: x\n");
    assert!(folder.load().0.local.cfg.is_empty());
}

#[test]
fn crlf_and_a_byte_order_mark_change_nothing() {
    let plain = full().load().0;
    let windows = Folder::new()
        .file(
            "package.json",
            format!("\u{feff}{}", FULL_MANIFEST.replace('\n', "\r\n")),
        )
        .file(
            "tests/main.yaml",
            format!("\u{feff}{}", FULL_TEST.replace('\n', "\r\n")),
        )
        .load()
        .0;
    assert_eq!(
        windows.tests[0].variables.keys().collect::<Vec<_>>(),
        plain.tests[0].variables.keys().collect::<Vec<_>>()
    );
    let (Action::Prompt(one), Action::Prompt(other)) = (
        &plain.tests[0].steps[4].action,
        &windows.tests[0].steps[4].action,
    ) else {
        panic!("prompts")
    };
    assert_eq!(one.message.value, other.message.value);
    let places = |package: &rehearsal::package::model::Package| {
        package.sources.place(package.tests[0].steps[4].name.at)
    };
    assert_eq!(places(&plain), places(&windows));
}

#[test]
fn all_yaml_files_below_tests_are_read_in_the_order_of_their_paths() {
    let test = "test: {name: A, version: \"1.0.0\", steps: [{name: a, type: mock}]}";
    let (package, _) = Folder::package()
        .file("tests/z.yaml", test)
        .file("tests/sub-sequences/deep/b.yml", test)
        .file("tests/a.YAML", test)
        .file("other.yaml", "not a test")
        .load();
    let files: Vec<_> = package
        .tests
        .iter()
        .map(|test| test.file.as_str())
        .collect();
    assert_eq!(
        files,
        [
            "tests/a.YAML",
            "tests/sub-sequences/deep/b.yml",
            "tests/z.yaml"
        ]
    );
    assert!(package.root.is_absolute());
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_are_followed_once() {
    let folder = Folder::step("name: a\ntype: mock").file(
        "tests/sub/b.yaml",
        "test: {name: B, version: \"1\", steps: [{name: b, type: mock}]}",
    );
    for (from, to) in [
        ("tests", "tests/sub/up"),
        ("tests/sub", "tests/again"),
        ("tests/self", "tests/self"),
    ] {
        std::os::unix::fs::symlink(folder.path().join(from), folder.path().join(to))
            .expect("a link");
    }
    let (package, _) = folder.load();
    let files: Vec<_> = package
        .tests
        .iter()
        .map(|test| test.file.as_str())
        .collect();
    assert_eq!(files, ["tests/main.yaml", "tests/sub/b.yaml"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_named() {
    let folder = Folder::step("name: a\ntype: mock");
    std::os::unix::fs::symlink("gone.yaml", folder.path().join("tests/b.yaml")).expect("a link");
    assert_data_eq!(
        folder.errors(),
        str![[r#"
error: failed to read `tests/b.yaml`: No such file or directory (os error 2)

"#]]
    );
}

/// Loads a package once for each text a file of it may have; every problem must be fit to be shown.
fn load_with_each(name: &str, texts: &[Vec<u8>]) {
    let chunk = texts.len().div_ceil(8).max(1);
    std::thread::scope(|scope| {
        for texts in texts.chunks(chunk) {
            scope.spawn(move || {
                let folder = full();
                for text in texts {
                    std::fs::write(folder.path().join(name), text).expect("a file written");
                    if let Err(error) = load(folder.path()) {
                        assert!(error.diagnostics.has_errors());
                        error.diagnostics.render(&error.sources, Style::COLOURED);
                    }
                }
            });
        }
    });
}

#[test]
fn a_file_cut_anywhere_never_panics() {
    for (name, text) in [
        ("package.json", FULL_MANIFEST),
        ("tests/main.yaml", FULL_TEST),
        ("local.yaml", FULL_LOCAL),
    ] {
        let cuts: Vec<_> = (0..text.len())
            .map(|end| text.as_bytes()[..end].to_vec())
            .collect();
        load_with_each(name, &cuts);
    }
}

#[test]
fn a_file_with_a_byte_replaced_never_panics() {
    let mut texts = Vec::new();
    for at in (0..FULL_TEST.len()).step_by(31) {
        for byte in b"\t\n\"'{[]*&?:-|\0\xff" {
            let mut text = FULL_TEST.as_bytes().to_vec();
            text[at] = *byte;
            texts.push(text);
        }
    }
    load_with_each("tests/main.yaml", &texts);
}

#[test]
fn a_load_error_counts_its_errors() {
    let error = load(Folder::new().path()).expect_err("no package");
    assert_eq!(error.to_string(), "failed to read the package: 1 error");
}

#[test]
fn a_diagnostic_fits_on_one_line() {
    let folder = Folder::step("name: a\ntype: mock\nretrys: 1")
        .file("package.json", MANIFEST.replace("Demo_v01", "Demo v01"));
    let error = load(folder.path()).expect_err("an error");
    let lines: Vec<_> = error
        .diagnostics
        .iter()
        .map(|one| one.line(&error.sources))
        .collect();
    assert_eq!(
        lines,
        [
            "package.json:1:10: warning[L28]: package name that a station refuses",
            "tests/main.yaml:7:7: error: unknown field `retrys`, did you mean `retry`?",
        ]
    );
    assert_eq!(
        (error.diagnostics.errors(), error.diagnostics.warnings()),
        (1, 1)
    );
}

#[test]
fn colours_are_used_only_when_asked_for() {
    let error = load(Folder::step("name: a\ntype: moc").path()).expect_err("an error");
    assert!(
        !error
            .diagnostics
            .render(&error.sources, Style::PLAIN)
            .contains('\u{1b}')
    );
    assert!(
        error
            .diagnostics
            .render(&error.sources, Style::COLOURED)
            .contains("\u{1b}[")
    );
}

#[test]
fn a_span_beyond_the_text_is_shown_at_its_end() {
    let mut sources = Sources::default();
    let file: FileId = sources.add("a.yaml", "ä");
    let one = Diagnostic::error("beyond").at(Span {
        file,
        start: 1,
        end: 99,
    });
    one.render(&sources, Style::PLAIN);
    let one = Diagnostic::error("beyond").at(Span {
        file,
        start: 98,
        end: 99,
    });
    one.render(&sources, Style::PLAIN);
}
