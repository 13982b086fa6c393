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

use std::{cell::RefCell, collections::HashMap};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use rehearsal::event::{Reason, Verdict};

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
    let seen = RefCell::new(HashMap::new());
    let found = runner.run(&generate::any_test(), |test| {
        let predicted = model::predict(&test);
        count(&predicted, &mut seen.borrow_mut());
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
    for what in [
        "Aborted by Timeout",
        "Aborted by PolicyTimeout",
        "Aborted by Lost",
        "Aborted by PreconditionError",
        "Aborted by Child",
        "Fail by Limit",
        "Fail by Exception",
        "Fail by BadReturn",
        "Fail by ImportError",
        "Fail by MissingFunction",
        "Fail by BadArguments",
        "Fail by Child",
        "Fail by Forced",
        "Pass by Forced",
        "Skipped by Aborted",
        "Skipped by Disabled",
        "Skipped by Forced",
        "Skipped by Precondition",
        "ended by TerminateOnFail",
        "ended by OnStepFailure",
        "ended by AbortedStep",
        "ended by PolicyTimeout",
        "several iterations",
        "a time-out retried",
        "run on abort after it",
    ] {
        let times = seen.borrow().get(what).copied().unwrap_or(0);
        assert!(times >= 20, "{what}: only {times} times");
    }
}

/// Which rules a test has been about.
fn count(record: &model::Record, seen: &mut HashMap<String, u32>) {
    let mut add = |what: String| *seen.entry(what).or_default() += 1;
    for step in &record.steps {
        if let Some((verdict, Some(reason))) = step.end {
            add(format!("{verdict:?} by {reason:?}"));
        }
        if step.iterations.len() > 1 {
            add("several iterations".into());
        }
        for iteration in &step.iterations {
            let timed_out = |end: &(Verdict, Option<Reason>)| end.1 == Some(Reason::Timeout);
            let retried = iteration.attempts.len() > 1 && timed_out(&iteration.attempts[0]);
            if retried {
                add("a time-out retried".into());
            }
        }
        for ended in &step.sequences {
            if let Some(by) = &ended.ended_by {
                add(format!("ended by {:?}", by.rule));
            }
        }
    }
    if let Some(by) = &record.result.ended_by {
        add(format!("ended by {:?}", by.rule));
        let last = record
            .steps
            .iter()
            .rposition(|step| !step.iterations.is_empty());
        let ender = record
            .steps
            .iter()
            .position(|step| Some(&step.name) == by.step.as_ref());
        if last > ender {
            add("run on abort after it".into());
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
        "the engine and the model disagree\n\n{}\nmodel: {predicted}\n\nengine: {observed}\n\n{}\n\nscript: {test:#?}",
        files(test),
        differ.join("\n")
    );
}

/// The YAML of the test, then of its sequences.
fn files(test: &scenario::Test) -> String {
    let mut text = format!("{}.yaml\n{}\n", test.name, package::yaml(test));
    for (_, step) in test.phases() {
        if let scenario::Work::Sequence(child) = &step.work {
            text += &files(child);
        }
    }
    text
}
