//! The command line: one file for each subcommand.

mod arguments;
mod assignment;
mod check;
mod colour;
mod output;
mod python;
mod run;
mod setup;
mod signals;
mod surroundings;

pub use arguments::{Arguments, Command, execute};
pub use surroundings::Surroundings;
