//! The engine and the reports from outside, driven by a scripted interpreter.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

mod attempts;
mod console;
mod endings;
mod judging;
mod measurements;
mod reports;
mod settings;
mod signals;
mod variables;
