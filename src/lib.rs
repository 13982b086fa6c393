//! Runs Accordion Maestro test packages, in the order data passes through:
//!
//! - [`package`]: the user's files, read into a checked model with positions ([`source`], [`diagnostic`])
//! - [`code`]: its Python, read without running it; [`lint`]: the rules of `rehearse check` over both
//! - [`flow`]: the engine walks setup, steps and teardown and decides verdicts
//! - [`python`]: one interpreter behind one trait; [`operator`]: whoever answers prompts
//! - [`host`]: everything outside the test code, live or simulated
//! - [`endpoint`]: how permissions name a host and a port
//! - [`agent`]: the simulated bench served over HTTP, for clients outside
//! - [`event`], [`bus`]: what happens, as one stream
//! - [`report`]: whoever reads that stream: console, JSON, event file
//! - [`why`]: where a verdict comes from, told from stored events
//! - [`schema`]: what may stand in those files, for editors; [`scaffold`]: a new package
//! - [`run_local`]: run_local.py, written from the YAML and compared with it
//! - [`cli`]: the command line; [`exit`]: what it ends with

pub mod agent;
pub mod bus;
pub mod cli;
pub mod code;
pub mod dap;
pub mod debug;
pub mod diagnostic;
pub mod endpoint;
pub mod event;
pub mod exit;
pub mod flow;
pub mod host;
pub mod lint;
pub mod operator;
pub mod package;
pub mod python;
pub mod report;
pub mod run_local;
pub mod scaffold;
pub mod schema;
pub mod source;
pub mod why;
