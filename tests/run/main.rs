//! `rehearse run` from outside: throw-away packages, the real interpreter, the JSON report.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod agent;
mod cpython;
mod library;
#[path = "../outside/mod.rs"]
mod outside;
mod package;
mod python;
#[cfg(unix)]
mod signals;
mod simulated;
