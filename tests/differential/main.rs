//! CPython, `rehearse run` against an agent, and `rehearse run --simulate` see the same of every bench.
//!
//! The example's own runner, `run_local.py`, under CPython is the reference: the steps, their verdicts, what they print, what they
//! measure, how they fail, and the exit code have to be the same in all three.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod benches;
mod example;
#[path = "../folder/mod.rs"]
mod folder;
#[path = "../outside/mod.rs"]
mod outside;
mod ran;
#[path = "../serving/mod.rs"]
mod serving;
