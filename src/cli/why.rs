//! `rehearse why`: where a verdict comes from.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use clap::Args;

use super::{
    Surroundings,
    colour::Colour,
    output::{say, show_one},
};
use crate::{
    diagnostic::{Diagnostic, quoted},
    exit::Exit,
    report::StoredEvents,
    source::Sources,
    why::{Subject, Told, Unknown, of_run, of_subject, shown},
};

/// Say where the verdict of a run, a step or a measurement comes from
#[derive(Args, Debug)]
pub struct Why {
    /// The events of a run, as `rehearse run --events FILE` wrote them
    events: PathBuf,
    /// A step, a measurement or STEP/MEASUREMENT; without one, the run's verdict and the step it comes from
    #[arg(value_name = "STEP|MEASUREMENT")]
    name: Option<String>,
}

impl Why {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        let file = surroundings.current.join(&self.events);
        let stored = match StoredEvents::read(&file, &self.events) {
            Ok(stored) => stored,
            Err(error) => {
                say(format_args!("error: {error}"));
                return Exit::NothingRan;
            }
        };
        if let Some(line) = stored.torn {
            say(format_args!(
                "warning: {}:{line}: the file was cut short here; what comes before is used",
                self.events.display()
            ));
        }
        let told = match Told::of(stored.events) {
            Ok(told) => told,
            Err(error) => {
                say(format_args!("error: {}: {error}", self.events.display()));
                return Exit::NothingRan;
            }
        };
        let sections = match &self.name {
            None => of_run(&told),
            Some(name) => match Subject::find(&told, name) {
                Ok(subject) => of_subject(&told, &subject),
                Err(unknown) => {
                    let problem = self.unknown(name, &unknown);
                    show_one(problem, &Sources::default(), surroundings.style(colour));
                    return Exit::NothingRan;
                }
            },
        };
        let text = shown(&sections, surroundings.colour_stdout(colour));
        match write!(io::stdout().lock(), "{text}") {
            // Whoever reads through `head` has seen what they wanted.
            Ok(()) => Exit::Pass,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Pass,
            Err(error) => {
                say(format_args!("error: failed to write to stdout: {error}"));
                Exit::ReportNotWritten
            }
        }
    }

    fn unknown(&self, name: &str, unknown: &Unknown) -> Diagnostic {
        let message = format!(
            "{} has no step and no measurement {}",
            self.events.display(),
            quoted(name)
        );
        let listed = |names: &[String]| {
            let names: Vec<_> = names.iter().map(|name| quoted(name).to_string()).collect();
            names.join(", ")
        };
        let hint = match unknown.nearest.is_empty() {
            true => format!("its steps are {}", listed(&unknown.steps)),
            false => format!("did you mean {}?", listed(&unknown.nearest)),
        };
        Diagnostic::error(message).hint(hint)
    }
}
