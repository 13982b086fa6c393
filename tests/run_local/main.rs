//! The script that `rehearse export run-local` writes, held to `rehearse run`: the same verdicts and the same exit code, under CPython
//! and under our own interpreter; and `rehearse import`, which finds no drift in it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod agree;
mod example;
#[path = "../folder/mod.rs"]
mod folder;
mod hand_written;
#[path = "../outside/mod.rs"]
mod outside;
mod ran;
mod random;
#[path = "../serving/mod.rs"]
mod serving;
mod written;
