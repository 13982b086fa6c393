//! `rehearse repl`: a Python prompt inside a package.

use std::{
    fs,
    io::{self, IsTerminal, Write},
    path::Path,
};

use clap::Args;
use rehearsal_python::value::Value;
use rustyline::{DefaultEditor, error::ReadlineError};

use super::{Surroundings, colour::Colour, debug::Beside, output::say, run::Run};
use crate::{
    event::{Event, Sink, Stamped},
    exit::Exit,
    host::Stream,
    python::{Call, Exception, Interpreter, Outcome},
    report::visible,
};

/// Talk with the Python of a package, with its bench connected
///
/// The modules of the package can be imported, and what they do reaches the same bench as in a run. Ctrl-C ends what was called, Ctrl-D the prompt.
#[derive(Args, Debug)]
pub struct Repl {
    #[command(flatten)]
    run: Run,
}

impl Repl {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        self.run.clone().prompted().execute(colour, surroundings)
    }
}

/// Shows what the code prints, as it is.
pub struct Plain;

impl Sink for Plain {
    fn take(&mut self, event: &Stamped) {
        match &event.event {
            Event::Output { stream, text, .. } => {
                // Nobody is there to read it.
                let _ = match stream {
                    Stream::Stdout => io::stdout().write_all(text.as_bytes()),
                    Stream::Stderr => io::stderr().write_all(text.as_bytes()),
                };
            }
            Event::Warning { message } => say(format_args!("warning: {}", visible(message))),
            _ => {}
        }
    }
}

/// Reads lines and runs them until nobody says anything more.
pub fn talk(
    interpreter: &mut dyn Interpreter,
    beside: &Beside,
    root: &Path,
    bench: &str,
) -> Result<Exit, String> {
    let mut editor =
        DefaultEditor::new().map_err(|error| format!("no line can be read: {error}"))?;
    if io::stdin().is_terminal() {
        say(format_args!(
            "Python in {} ({bench} bench); {}. Ctrl-D ends it.",
            root.display(),
            modules(root)
        ));
    }
    let mut prompt = ">>> ";
    loop {
        let line = match editor.readline(prompt) {
            Ok(line) => line,
            // What was begun is left.
            Err(ReadlineError::Interrupted) => {
                ask(interpreter, beside, "reset", Vec::new());
                prompt = ">>> ";
                continue;
            }
            Err(ReadlineError::Eof) => return Ok(Exit::Pass),
            Err(error) => return Err(format!("no line can be read: {error}")),
        };
        if !line.trim().is_empty() {
            // What cannot be remembered is not needed.
            let _ = editor.add_history_entry(&line);
        }
        let line = vec![("line".into(), line)];
        match ask(interpreter, beside, "push", line) {
            State::Done => prompt = ">>> ",
            State::More => prompt = "... ",
            State::Exit(0) => return Ok(Exit::Pass),
            State::Exit(_) => return Ok(Exit::NotPassed),
        }
    }
}

enum State {
    Done,
    More,
    Exit(i64),
}

fn ask(
    interpreter: &mut dyn Interpreter,
    beside: &Beside,
    function: &str,
    arguments: Vec<(String, String)>,
) -> State {
    // Each line has a Ctrl-C of its own.
    let stop = beside.interruption().stop_above(0);
    let call = Call {
        module: "_rehearsal_repl".into(),
        function: function.into(),
        arguments,
    };
    match interpreter.call(&call, &stop) {
        Outcome::Returned(Value::Dict(said)) => match (said.get("state"), said.get("code")) {
            (Some(Value::Str(state)), _) if state == "more" => State::More,
            (Some(Value::Str(state)), Some(Value::Int(code))) if state == "exit" => {
                State::Exit(*code)
            }
            _ => State::Done,
        },
        Outcome::Lost => {
            say(match interpreter.keeps_state() {
                true => "the code would not stop, and was ended; all is as it was before this line",
                false => {
                    "the code would not stop; a fresh interpreter takes over, and knows nothing yet"
                }
            });
            State::Done
        }
        Outcome::Raised(Exception { class, message, .. }) => {
            say(visible(&format!("{class}: {message}")));
            State::Done
        }
        _ => State::Done,
    }
}

/// The package's own modules, in words.
fn modules(root: &Path) -> String {
    let files = fs::read_dir(root.join("python_modules"))
        .into_iter()
        .flatten();
    let mut names: Vec<String> = files
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(name.strip_suffix(".py")?.to_owned())
        })
        .filter(|name| !name.starts_with('_'))
        .collect();
    names.sort();
    match names.is_empty() {
        true => "it has no modules".into(),
        false => format!("import {}", names.join(", ")),
    }
}
