//! Whatever a file holds, reading it ends: without a panic, in little memory, on the smallest stack a main thread has, and in
//! messages that can be shown.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod files;
mod mutation;
mod nasty;
mod reading;
mod seeds;

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
