//! The engine and the reports from outside, driven by a scripted interpreter.

mod support;

mod attempts;
mod console;
mod endings;
mod measurements;
mod reports;
mod settings;
mod signals;
mod variables;
