//! The list of modules for docs/python.md.

use std::fmt::Write as _;

use super::{Module, State};

/// How wide the text is that nothing else breaks.
const WIDTH: usize = 140;

/// What works in one paragraph, and a table of the rest.
pub fn of_modules(modules: &[Module]) -> String {
    let of = |state: State| modules.iter().filter(move |module| module.state == state);
    let mut text = String::from("Works:\n");
    text += &paragraph(of(State::Works));
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

/// The names, in lines that are not too long.
fn paragraph<'a>(modules: impl Iterator<Item = &'a Module>) -> String {
    let (mut text, mut line) = (String::new(), String::new());
    for module in modules {
        let name = format!("`{}`", module.name);
        if line.len() + name.len() > WIDTH {
            text += line.trim_end();
            text.push('\n');
            line.clear();
        }
        line += &name;
        line += " ";
    }
    text + line.trim_end()
}

/// What the sandbox does otherwise than the native interpreter.
pub fn of_differences(native: &[Module], sandboxed: &[Module]) -> String {
    let others: Vec<_> = native
        .iter()
        .zip(sandboxed)
        .filter(|(native, sandboxed)| {
            (&native.state, &native.note) != (&sandboxed.state, &sandboxed.note)
        })
        .map(|(_, sandboxed)| sandboxed)
        .collect();
    let same = sandboxed.len() - others.len();
    let mut text = format!(
        "{same} modules are as natively. Otherwise:\n\n| module | in the sandbox |\n|---|---|\n"
    );
    for module in others
        .iter()
        .filter(|module| module.state != State::Threads)
    {
        let note = if module.note.is_empty() {
            "works"
        } else {
            &module.note
        };
        let _ = writeln!(text, "| `{}` | {note} |", module.name);
    }
    text += "\nThe lines for these start a thread for the work or for the other side of a connection, and there is none:\n";
    text += &paragraph(
        others
            .into_iter()
            .filter(|module| module.state == State::Threads),
    );
    text.push('\n');
    text
}
