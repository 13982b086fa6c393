//! The execution model, held to a second one: random tests with random mishaps, run by the engine with a scripted interpreter and a
//! clock of its own, must come to what `model.rs` reads out of docs/decisions.md.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

#[path = "../flow/support/clock.rs"]
#[expect(dead_code, reason = "signals are sent by the other tests that use it")]
mod clock;
mod engine;
mod generate;
mod interpreter;
mod model;
mod package;
mod scenario;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

const CASES: u32 = 10_000;

#[test]
fn the_engine_and_the_decisions_come_to_the_same_end() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, random);
    let found = runner.run(&generate::any_test(), |test| {
        let predicted = model::predict(&test);
        let observed = engine::observe(&test, folder.path());
        match predicted == observed {
            true => Ok(()),
            false => Err(TestCaseError::fail("the engine and the model disagree")),
        }
    });
    if let Err(error) = found {
        match error {
            TestError::Fail(_, test) => {
                disagree(&test, folder.path());
            }
            TestError::Abort(reason) => panic!("{reason}"),
        }
    }
}

fn disagree(test: &scenario::Test, folder: &std::path::Path) {
    let predicted = format!("{:#?}", model::predict(test));
    let observed = format!("{:#?}", engine::observe(test, folder));
    let differ: Vec<_> = predicted
        .lines()
        .zip(observed.lines())
        .enumerate()
        .filter(|(_, (predicted, observed))| predicted != observed)
        .map(|(line, (predicted, observed))| {
            format!("{line}: model  {predicted}\n{line}: engine {observed}")
        })
        .take(20)
        .collect();
    panic!(
        "the engine and the model disagree\n\n{}\nscript: {test:#?}\n\nmodel: {predicted}\n\nengine: {observed}\n\n{}",
        package::yaml(test),
        differ.join("\n")
    );
}
