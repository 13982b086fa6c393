//! Which test is meant.

use rehearsal::{diagnostic::Style, package::find_test};
use snapbox::{assert_data_eq, str};

use crate::folder::Folder;

const TWO: &str = "test: {name: A, version: \"1.0.0\", steps: [{name: a, type: mock}]}";

fn found(folder: &Folder, given: Option<&str>, current: &str) -> String {
    let (package, _) = folder.load();
    match find_test(&package, given, &folder.path().join(current)) {
        Ok(index) => package.tests[index].file.clone(),
        Err(problem) => folder.without_path(&problem.render(&package.sources, Style::PLAIN)),
    }
}

#[test]
fn without_a_name_main_is_taken() {
    let folder = Folder::package()
        .file("tests/a.yaml", TWO)
        .file("tests/main.yaml", TWO);
    assert_eq!(found(&folder, None, "."), "tests/main.yaml");
}

#[test]
fn without_a_name_the_only_test_at_the_top_is_taken() {
    let folder = Folder::package()
        .file("tests/my-test.yaml", TWO)
        .file("tests/sub-sequences/b.yaml", TWO);
    assert_eq!(found(&folder, None, "."), "tests/my-test.yaml");
}

#[test]
fn without_a_name_several_tests_are_listed() {
    let folder = Folder::package()
        .file("tests/a.yaml", TWO)
        .file("tests/b.yaml", TWO);
    assert_data_eq!(
        found(&folder, None, "."),
        str![[r#"
error: no tests/main.yaml, and more than one file it could be instead
 |
 = help: name one; the package has tests/a.yaml, tests/b.yaml
"#]]
    );
}

#[test]
fn a_name_is_looked_for_below_the_package_first_and_below_the_current_folder_then() {
    let folder = Folder::package()
        .file("tests/main.yaml", TWO)
        .file("tests/tests/main.yaml", TWO);
    assert_eq!(
        found(&folder, Some("tests/main.yaml"), "tests"),
        "tests/main.yaml"
    );
    assert_eq!(
        found(&folder, Some("./tests/tests/../main.yaml"), "."),
        "tests/main.yaml"
    );
    assert_eq!(
        found(&folder, Some("main.yaml"), "tests"),
        "tests/main.yaml"
    );
    assert_eq!(
        found(&folder, Some("main.yaml"), "tests/tests"),
        "tests/tests/main.yaml"
    );
    let absolute = folder.path().join("tests/tests/main.yaml");
    assert_eq!(
        found(&folder, absolute.to_str(), "."),
        "tests/tests/main.yaml"
    );
}

#[test]
fn a_name_that_is_no_test_leads_to_those_there_are() {
    let folder = Folder::package()
        .file("tests/main.yaml", TWO)
        .file("data/x.yaml", "");
    assert_data_eq!(
        found(&folder, Some("tests/mian.yaml"), "."),
        str![[r#"
error: no test `tests/mian.yaml`
 |
 = help: did you mean tests/main.yaml?
"#]]
    );
    assert_data_eq!(
        found(&folder, Some("calibrate"), "."),
        str![[r#"
error: no test `calibrate`
 |
 = help: the package has tests/main.yaml
"#]]
    );
    assert_data_eq!(
        found(&folder, Some("data/x.yaml"), "."),
        str![[r#"
error: `data/x.yaml` is not a test of this package
 |
 = help: the package has tests/main.yaml
"#]]
    );
}
