//! The list of modules for docs/python.md.

use std::fmt::Write as _;

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
