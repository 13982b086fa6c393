//! The part of docs/python.md that a test writes.

use std::{fmt::Write as _, fs, path::Path};

use super::{Module, State};

/// How wide the text is that nothing else breaks.
const WIDTH: usize = 140;

/// What works in one paragraph, and a table of the rest.
pub fn of_modules(modules: &[Module]) -> String {
    let mut text = String::from("Works:\n");
    let mut line = String::new();
    let of = |state: State| modules.iter().filter(move |module| module.state == state);
    for module in of(State::Works) {
        let name = format!("`{}`", module.name);
        if line.len() + name.len() > WIDTH {
            text += line.trim_end();
            text.push('\n');
            line.clear();
        }
        line += &name;
        line += " ";
    }
    text += line.trim_end();
    text += "\n\nWorks, with a difference:\n\n| module | what differs |\n|---|---|\n";
    for module in of(State::Differs) {
        let _ = writeln!(text, "| `{}` | {} |", module.name, module.note);
    }
    text += "\nMissing; the ImportError says the same:\n\n| module | why, and what instead |\n|---|---|\n";
    for module in of(State::Missing) {
        let reason = module.note.split_once(": ").map_or("", |(_, why)| why);
        let reason = reason
            .split_once("is not part of Rehearsal's Python: ")
            .map_or(reason, |(_, why)| why);
        let _ = writeln!(text, "| `{}` | {reason} |", module.name);
    }
    text
}

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
