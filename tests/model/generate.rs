//! Any test at all, small ones first.
//!
//! All durations are multiples of 100 ms, all limits of time are not, so that nothing ends in the very moment its time is over: what
//! then counts is nobody's promise.

use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::scenario::{
    Attempt, Condition, Ends, Force, OnStepFailure, Repeat, Step, Test, WhenStopped, Work,
};

/// How many sequences may lie in each other.
const DEPTH: u32 = 2;

pub fn any_test() -> impl Strategy<Value = Test> {
    test(DEPTH).prop_map(|mut test| {
        name(&mut test, "main", "s");
        test
    })
}

fn name(test: &mut Test, name_of_test: &str, prefix: &str) {
    test.name = name_of_test.into();
    let steps = test
        .setup
        .iter_mut()
        .chain(&mut test.steps)
        .chain(&mut test.teardown);
    for (index, step) in steps.enumerate() {
        step.name = format!("{prefix}{index}");
        if let Work::Sequence(child) = &mut step.work {
            let of_child = format!("of_{}", step.name);
            name(child, &of_child, &format!("{}_", step.name));
        }
    }
}

fn test(depth: u32) -> BoxedStrategy<Test> {
    let policy = prop_oneof![
        4 => Just(None),
        1 => Just(Some(OnStepFailure::Abort)),
        1 => Just(Some(OnStepFailure::Continue)),
    ];
    // 7 for the test, 3 and 1 for sequences: deadlines of different tests do not meet.
    let odd = [1, 3, 7][depth as usize];
    let timeout = (0..20_u64).prop_map(move |tenths| tenths * 100 + odd);
    (
        policy,
        option::weighted(0.3, timeout),
        vec(step(depth), 0..=2),
        vec(step(depth), 1..=3),
        vec(step(depth), 0..=2),
    )
        .prop_map(|(on_step_failure, timeout, setup, steps, teardown)| Test {
            name: String::new(),
            on_step_failure,
            timeout,
            setup,
            steps,
            teardown,
        })
        .boxed()
}

fn step(depth: u32) -> impl Strategy<Value = Step> {
    let controls = (
        prop::bool::weighted(0.95),
        option::weighted(
            0.15,
            select(&[Force::Pass, Force::Fail, Force::Skip, Force::Run][..]),
        ),
        option::weighted(0.25, precondition()),
        option::weighted(0.2, repeat()),
        option::weighted(0.3, (0..=2_u32, select(&[0, 100, 500][..]))),
        // Never a multiple of 100, and never met by adding up others.
        option::weighted(0.3, (0..8_u64).prop_map(|tenths| tenths * 100 + 10)),
        prop::bool::weighted(0.35),
        prop::bool::weighted(0.3),
    );
    (work(depth), controls).prop_map(
        |(
            work,
            (enabled, force, precondition, repeat, retry, timeout, run_on_abort, terminate_on_fail),
        )| Step {
            name: String::new(),
            work,
            enabled,
            force,
            precondition,
            repeat,
            retry,
            timeout,
            run_on_abort,
            terminate_on_fail,
        },
    )
}

fn work(depth: u32) -> BoxedStrategy<Work> {
    let python = vec(attempt(), 1..=4).prop_map(Work::Python);
    let mock = prop::bool::weighted(0.7).prop_map(|passes| Work::Mock { passes });
    let delay = (0..6_u64).prop_map(|tenths| Work::Delay(tenths * 100));
    match depth.checked_sub(1) {
        None => prop_oneof![8 => python, 1 => mock, 1 => delay].boxed(),
        Some(below) => {
            let sequence = test(below).prop_map(|test| Work::Sequence(Box::new(test)));
            prop_oneof![8 => python, 1 => mock, 1 => delay, 1 => sequence].boxed()
        }
    }
}

fn attempt() -> impl Strategy<Value = Attempt> {
    use Ends::*;
    let takes = prop_oneof![
        8 => (0..6_u64).prop_map(|tenths| tenths * 100),
        1 => Just(40_000),
    ];
    let ends = prop_oneof![
        10 => Just(Passes),
        2 => Just(BreaksLimit),
        2 => Just(Raises),
        4 => select(&[ReturnsBadly, CannotBeImported, HasNoFunction, HasOtherArguments, Crashes][..]),
    ];
    let when_stopped = select(&[WhenStopped::Obeys, WhenStopped::Swallows, WhenStopped::Deaf][..]);
    (takes, ends, when_stopped).prop_map(|(takes, ends, when_stopped)| Attempt {
        takes,
        ends,
        when_stopped,
    })
}

fn precondition() -> impl Strategy<Value = Condition> {
    prop_oneof![
        6 => (0..6_u64).prop_map(Condition::CountBelow),
        1 => Just(Condition::Undefined),
    ]
}

fn repeat() -> impl Strategy<Value = Repeat> {
    let condition = prop_oneof![
        3 => (0..4_u64).prop_map(Condition::IterationBelow),
        3 => (0..8_u64).prop_map(Condition::CountBelow),
        1 => Just(Condition::Undefined),
    ];
    (option::weighted(0.8, condition), 1..=4_u32).prop_map(|(condition, max_iterations)| Repeat {
        condition,
        max_iterations,
    })
}
