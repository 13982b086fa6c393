//! `--sandbox` and permissions from outside: what they stop, what it bounds, what it keeps test code from, and what it keeps for the next run.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod cache;
mod escapes;
mod freshness;
mod hostile;
mod imports;
mod kill;
mod limits;
#[path = "../outside/mod.rs"]
mod outside;
#[path = "../run/package.rs"]
#[expect(dead_code, reason = "other tests use more of it")]
mod package;
mod permissions;
mod settings;
