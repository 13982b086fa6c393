//! The parts of docs/python.md that tests write.

use std::{fs, path::Path};

/// Compares what stands between the marks of this name with the text, or writes it there when asked to.
#[track_caller]
pub fn agree(page: &Path, name: &str, text: &str) {
    let (begin, end) = (
        format!("<!-- {name}: written by a test -->\n"),
        format!("<!-- {name}: end -->\n"),
    );
    let whole = fs::read_to_string(page)
        .expect("the page")
        .replace("\r\n", "\n");
    let (before, rest) = whole.split_once(&begin).expect("the mark before");
    let (now, after) = rest.split_once(&end).expect("the mark behind");
    if std::env::var_os("REHEARSAL_TESTS_UPDATE").is_some() {
        fs::write(page, format!("{before}{begin}{text}{end}{after}")).expect("a written page");
        return;
    }
    let difference = now
        .lines()
        .zip(text.lines())
        .find(|(now, then)| now != then)
        .map_or_else(
            || "one is longer".into(),
            |(now, then)| format!("it says\n{now}\nand it is\n{then}"),
        );
    assert!(
        now == text,
        "{} is not up to date (REHEARSAL_TESTS_UPDATE=1 writes it): {difference}",
        page.display()
    );
}
