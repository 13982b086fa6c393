//! The command line: one file for each subcommand.

mod agent;
mod arguments;
mod assignment;
mod bench;
mod check;
mod colour;
mod explain;
mod export;
mod git;
mod import;
mod init;
mod output;
mod permissions;
mod permitting;
mod prompting;
mod python;
mod recordings;
mod refusal;
mod routing;
mod run;
mod sandboxing;
mod schema;
mod selecting;
mod setup;
mod signals;
mod surroundings;
mod taping;
mod world;

pub use arguments::{Arguments, Command, execute};
pub use prompting::Prompting;
pub use routing::{Routed, RoutingSwitches};
pub use surroundings::Surroundings;
