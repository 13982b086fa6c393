//! The engine and the reports from outside, driven by a scripted interpreter.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod support;

mod attempts;
mod conditions;
mod console;
mod endings;
mod judging;
mod measurements;
mod order;
mod prompts;
mod reports;
mod selection;
mod sequences;
mod settings;
mod signals;
mod timeouts;
mod variables;
