//! Whatever a file holds, reading it ends: without a panic, in little memory, on the smallest stack a main thread has, and in
//! messages that can be shown.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod answers;
mod conditions;
mod files;
mod mutation;
mod nasty;
mod reading;
mod seeds;
#[path = "../flow/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "the tests of the engine use the rest"
)]
mod support;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// The same cases at every run.
fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}
