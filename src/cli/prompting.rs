//! The switches of `rehearse run` that say who answers prompts.

use std::path::PathBuf;

use clap::Args;

use super::{Surroundings, output::show};
use crate::{
    diagnostic::Style,
    operator::{Given, Nobody, Operator, Terminal, Unattended},
    package::model::{Package, Test},
};

#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Prompts")]
pub struct Prompting {
    /// The answer to a step's prompt; may be repeated
    #[arg(long, value_name = "STEP=BUTTON[:VALUE]")]
    pub answer: Vec<String>,
    /// Take answers to prompts from a YAML file
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// Let prompts without an answer take their best button: continue, pass, fail, abort
    #[arg(long)]
    pub unattended: bool,
}

impl Prompting {
    /// Whoever answers the prompts of these tests: the one to be run, and those its sequences run. None when an answer given is
    /// wrong, and the user has been told.
    pub fn operator<'t>(
        &self,
        package: &Package,
        tests: impl IntoIterator<Item = &'t Test>,
        surroundings: &Surroundings,
        style: Style,
    ) -> Option<Box<dyn Operator>> {
        let file = self.answers.as_ref().map(|path| {
            let name = path.to_string_lossy().replace('\\', "/");
            (surroundings.current.join(path), name)
        });
        let file = file
            .as_ref()
            .map(|(path, name)| (path.as_path(), name.as_str()));
        let (given, problems) = Given::read(&self.answer, file, tests);
        show(&problems, given.sources(), style);
        if problems.has_errors() {
            return None;
        }
        let [input_is_terminal, _, error_is_terminal] = surroundings.terminals;
        let then: Box<dyn Operator> = if self.unattended {
            Box::new(Unattended)
        } else if input_is_terminal && error_is_terminal {
            Box::new(Terminal::new(&package.root, style.colour))
        } else {
            Box::new(Nobody)
        };
        Some(Box::new(given.before(then)))
    }
}
