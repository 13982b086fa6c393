//! The command line: one file for each subcommand.

mod agent;
mod arguments;
mod assignment;
mod bench;
mod check;
mod colour;
mod output;
mod python;
mod run;
mod selecting;
mod setup;
mod signals;
mod surroundings;

pub use arguments::{Arguments, Command, execute};
pub use surroundings::Surroundings;
