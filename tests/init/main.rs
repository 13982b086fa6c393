//! `rehearse init` and `rehearse schema --vscode` from outside: what they make, and that it works as it stands.

#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod editor;
mod made;
#[path = "../outside/mod.rs"]
mod outside;
mod package;
#[path = "../serving/mod.rs"]
mod serving;
mod whole;
