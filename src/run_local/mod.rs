//! run_local.py, the script that runs a package's steps with plain Python: written from the YAML.
//!
//! [`export()`] puts together what is [left out](LeftOut), `options` and `steps`, and the `helper` they need.

mod document;
mod export;
mod helper;
mod left_out;
mod literal;
mod options;
mod steps;

pub use export::{Export, export};
pub use left_out::LeftOut;
