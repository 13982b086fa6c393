//! Random tests, as `tests/model` makes them, with Python functions that end as the scenario says.

use std::{fmt::Write as _, fs};

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::{
    events::{difference, run},
    generate, package,
    scenario::{Ends, Step, Test, Work},
};

const TESTS: usize = 60;

/// How each call of a function ends; the last end is kept for more.
const CODE: &str = r#"
calls = 0

def _run(ends):
    global calls
    calls += 1
    end = ends.pop(0) if len(ends) > 1 else ends[0]
    if end == "passes":
        return {"v": 1.0, "count": calls}
    if end == "breaks limit":
        return {"v": 9.0, "count": calls}
    if end == "returns badly":
        return {"v": {1, 2}}
    if end == "raises":
        raise ValueError("no answer")
    if end == "cannot be imported":
        import no_such_module
    if end == "has no function":
        return no_such_name
    if end == "has other arguments":
        return _run()
    import sys
    sys.exit(3)
"#;

/// The test without its times: both interpreters take as long as they take.
fn timeless(test: &mut Test) {
    test.timeout = None;
    let phases = [&mut test.setup, &mut test.steps, &mut test.teardown];
    for step in phases.into_iter().flatten() {
        step.timeout = None;
        if let Some((_, pause)) = &mut step.retry {
            *pause = 0;
        }
        match &mut step.work {
            Work::Delay(time) => *time = 1,
            Work::Sequence(child) => timeless(child),
            Work::Python(_) | Work::Mock { .. } => {}
        }
    }
}

fn functions(test: &Test, code: &mut String) {
    for (_, step) in test.phases() {
        match &step.work {
            Work::Python(attempts) => {
                let ends: Vec<_> = attempts.iter().map(|attempt| shown(attempt.ends)).collect();
                function(step, &ends, code);
            }
            Work::Sequence(child) => functions(child, code),
            Work::Mock { .. } | Work::Delay(_) => {}
        }
    }
}

fn function(step: &Step, ends: &[&str], code: &mut String) {
    let parameters = if step.repeat.is_some() { "i, c" } else { "" };
    let printed = if step.repeat.is_some() { ", i, c" } else { "" };
    writeln!(
        code,
        "\n{0}_ends = {ends:?}\n\ndef {0}({parameters}):\n    print(\"{0}\"{printed})\n    return _run({0}_ends)",
        step.name
    )
    .expect("a text takes all");
}

fn shown(ends: Ends) -> &'static str {
    match ends {
        Ends::Passes => "passes",
        Ends::BreaksLimit => "breaks limit",
        Ends::Raises => "raises",
        Ends::ReturnsBadly => "returns badly",
        Ends::CannotBeImported => "cannot be imported",
        Ends::HasNoFunction => "has no function",
        Ends::HasOtherArguments => "has other arguments",
        Ends::Crashes => "exits",
    }
}

#[test]
fn random_tests_come_to_the_same_in_both_interpreters() {
    let random = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let strategy = generate::any_test();
    let mut executed = 0;
    for _ in 0..TESTS {
        let mut test = strategy.new_tree(&mut runner).expect("a test").current();
        timeless(&mut test);
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder
            .path()
            .canonicalize()
            .expect("the folder")
            .join("Model_v01");
        fs::create_dir_all(root.join("python_modules")).expect("folders");
        package::write(&test, &root);
        let mut code = CODE.to_owned();
        functions(&test, &mut code);
        fs::write(root.join("python_modules/scripted.py"), &code).expect("the code");
        let arguments = ["run".to_owned(), root.display().to_string()];
        let native = run(&arguments, folder.path(), &["--no-sandbox"]);
        let sandboxed = run(&arguments, folder.path(), &["--sandbox"]);
        let printed = |event: &&serde_json::Value| event["event"] == "output";
        executed += native.events.iter().filter(printed).count();
        if let Some(difference) = difference(&native, &sandboxed) {
            panic!("{difference}\n\n{}\n{code}", package::yaml(&test));
        }
    }
    assert!(executed > 100, "{executed} calls");
}
