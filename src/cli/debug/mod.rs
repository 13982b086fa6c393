//! `rehearse debug`: a run that stops, in a terminal.

mod command;
mod debugging;
mod terminal;

pub use command::{Command, Parsed, parse};
pub use debugging::{Beside, Debugging};
pub use terminal::Terminal;

use clap::Args;

use super::{Surroundings, colour::Colour, run::Run};
use crate::exit::Exit;

/// Run a test step by step, stop in its Python, look and change
///
/// It stops before the first step; `help` lists what can be said then. It also stops where an exception leaves a step, and after a step that fails.
#[derive(Args, Debug)]
pub struct Debug {
    #[command(flatten)]
    run: Run,
}

impl Debug {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        self.run.clone().debugged().execute(colour, surroundings)
    }
}
