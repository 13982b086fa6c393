//! run_local.py, the script that runs a package's steps with plain Python: written from the YAML, and compared with it.
//!
//! [`export()`] puts together what is [left out](LeftOut), `options` and `steps`, and the `helper` they need. The other way,
//! `script` finds the steps in a script without running it, `evaluate` tells what their arguments are, and [`drift()`] says what differs.

mod document;
mod drift;
mod evaluate;
mod export;
mod helper;
mod judgement;
mod left_out;
mod literal;
mod options;
mod script;
mod steps;

pub use drift::{Drift, Unreadable, drift};
pub use export::{Export, export};
pub use left_out::LeftOut;
