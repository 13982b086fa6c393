//! L35: module, function and parameters of a step.

use snapbox::{assert_data_eq, str};

use crate::package::Package;

/// What is said of a step that calls `f` of this Python, given these parameters.
fn called(python: &str, parameters: &str) -> Vec<String> {
    Package::python(python)
        .step(&format!(
            "name: a\nrunner: python\nmodule: m\nfunction: f\nparameters: {parameters}"
        ))
        .lines()
}

#[test]
fn a_missing_module_is_named_with_the_nearest() {
    assert_data_eq!(
        Package::python("def f(): pass\n")
            .file("python_modules/power.py", "")
            .step("name: a\nrunner: python\nmodule: pover\nfunction: f")
            .shown(),
        str![[r#"
error[L35]: no module `pover` in python_modules/
 --> tests/main.yaml:7:15
  |
7 |       module: pover
  |               ^^^^^
  |
  = help: did you mean `power`?

"#]]
    );
    assert_data_eq!(
        Package::new()
            .step("name: a\nrunner: python\nmodule: python_modules/pkg/power.py\nfunction: f")
            .shown(),
        str![[r#"
error[L35]: no module `pkg.power` in python_modules/
 --> tests/main.yaml:7:15
  |
7 |       module: python_modules/pkg/power.py
  |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: test code lies in the folder python_modules/ beside package.json: write python_modules/pkg/power.py

"#]]
    );
}

#[test]
fn a_missing_function_is_named_with_the_nearest() {
    let python =
        "VALUE = 3\ndef measure_voltage(): pass\ndef _own(): pass\nfrom json import dumps\n";
    let package = |function: &str| {
        Package::python(python).step(&format!(
            "name: a\nrunner: python\nmodule: m\nfunction: {function}"
        ))
    };
    assert_data_eq!(
        package("measure_voltgae").shown(),
        str![[r#"
error[L35]: `python_modules/m.py` has no function `measure_voltgae`
 --> tests/main.yaml:8:17
  |
8 |       function: measure_voltgae
  |                 ^^^^^^^^^^^^^^^
  |
  = help: did you mean `measure_voltage`?

"#]]
    );
    assert_data_eq!(
        package("connect").shown(),
        str![[r#"
error[L35]: `python_modules/m.py` has no function `connect`
 --> tests/main.yaml:8:17
  |
8 |       function: connect
  |                 ^^^^^^^
  |
  = help: it has `measure_voltage`

"#]]
    );
    assert_data_eq!(
        package("VALUE").shown(),
        str![[r#"
error[L35]: `VALUE` of `python_modules/m.py` is no function
 --> tests/main.yaml:8:17
  |
8 |       function: VALUE
  |                 ^^^^^
  |
 ::: python_modules/m.py:1:9
  |
1 | VALUE = 3
  |         - it gets its value here
  |
  = help: it has `measure_voltage`

"#]]
    );
    assert_data_eq!(
        Package::python("x = 1\n").calling().shown(),
        str![[r#"
error[L35]: `python_modules/m.py` has no function `f`
 --> tests/main.yaml:8:17
  |
8 |       function: f
  |                 ^
  |
  = help: the file defines no function for steps

"#]]
    );
}

#[test]
fn parameters_that_do_not_fit_are_named_at_their_place() {
    let python = "def f(host, timeout_s=\"30\", *, retries):\n    pass\n";
    let package = Package::python(python).step(
        "name: a\nrunner: python\nmodule: m\nfunction: f\nparameters:\n  hots: \"{{cfg.AGENT_HOST}}\"\n  retries: \"3\"\n  \"wholly_other\":\n    x",
    );
    assert_data_eq!(
        package.shown(),
        str![[r#"
error[L35]: `f` needs `host`, which the step does not give
 --> tests/main.yaml:8:17
  |
8 |       function: f
  |                 ^
  |
 ::: python_modules/m.py:1:7
  |
1 | def f(host, timeout_s="30", *, retries):
  |       ---- without a default
  |
  = help: add `host` to the step's `parameters`, or give it a default in Python

error[L35]: `f` has no parameter `hots`
  --> tests/main.yaml:10:9
   |
10 |         hots: "{{cfg.AGENT_HOST}}"
   |         ^^^^
   |
  ::: python_modules/m.py:1:5
   |
 1 | def f(host, timeout_s="30", *, retries):
   |     - defined here
   |
   = help: did you mean `host`?

error[L35]: `f` has no parameter `wholly_other`
  --> tests/main.yaml:12:10
   |
12 |         "wholly_other":
   |          ^^^^^^^^^^^^
   |
  ::: python_modules/m.py:1:5
   |
 1 | def f(host, timeout_s="30", *, retries):
   |     - defined here
   |
   = help: it takes host, timeout_s (optional), retries

"#]]
    );
    assert_data_eq!(
        Package::python("def f(a, /):\n    pass\n")
            .calling()
            .shown(),
        str![[r#"
error[L35]: `f` takes `a` by position only
 --> tests/main.yaml:8:17
  |
8 |       function: f
  |                 ^
  |
 ::: python_modules/m.py:1:5
  |
1 | def f(a, /):
  |     - defined here
  |
  = help: parameters are given by name: take the `/` out of the definition

"#]]
    );
    assert_eq!(
        called("def f(): pass", "{a: 1}"),
        ["tests/main.yaml:9:20: error[L35]: `f` has no parameter `a`"]
    );
}

#[test]
fn functions_whose_body_does_not_run_are_warned_of() {
    assert_data_eq!(
        Package::python("async def f():\n    return {\"a\": 1}\n")
            .calling()
            .shown(),
        str![[r#"
warning[L35]: `f` is asynchronous: a step calls it, and nobody awaits what it gives
 --> tests/main.yaml:8:17
  |
8 |       function: f
  |                 ^
  |
 ::: python_modules/m.py:1:11
  |
1 | async def f():
  |           - defined here
  |
  = help: let a plain function call it: `return asyncio.run(…)`

"#]]
    );
    assert_data_eq!(
        Package::python("def f():\n    yield {\"a\": 1}\n")
            .calling()
            .shown(),
        str![[r#"
warning[L35]: `f` is a generator: a step calls it, and nobody goes through what it gives
 --> tests/main.yaml:8:17
  |
8 |       function: f
  |                 ^
  |
 ::: python_modules/m.py:1:5
  |
1 | def f():
  |     - defined here
  |
  = help: let a plain function collect its values and return a dictionary

"#]]
    );
}

#[test]
fn what_may_be_right_is_left_alone() {
    for (python, parameters) in [
        ("def f(a, b=1): pass", "{a: 1}"),
        ("def f(a, b=1): pass", "{a: 1, b: 2}"),
        ("def f(**all): pass", "{a: 1, b: 2}"),
        ("def f(*all): pass", "{}"),
        ("@odd\ndef f(): pass", "{a: 1}"),
        ("f = make()", "{a: 1}"),
        ("class f: pass", "{a: 1}"),
        ("from json import dumps as f", "{a: 1}"),
        ("from other import *", "{a: 1}"),
        ("def f(:", "{a: 1}"),
        (
            "import functools\ndef g(a, b): pass\nf = functools.partial(g, b=2)",
            "{a: 1}",
        ),
    ] {
        let found = called(python, parameters);
        let found: Vec<_> = found.iter().filter(|line| line.contains("L35")).collect();
        assert!(found.is_empty(), "{python}: {found:?}");
    }
    for module in ["time", "os.path", "json"] {
        let lines = Package::new()
            .step(&format!(
                "name: a\nrunner: python\nmodule: {module}\nfunction: f"
            ))
            .lines();
        assert_eq!(lines, Vec::<String>::new(), "{module}");
    }
    let vendored = Package::new()
        .wheel("bench", &["bench/__init__.py"], &[])
        .step("name: a\nrunner: python\nmodule: bench.steps\nfunction: f");
    assert_eq!(vendored.lines(), Vec::<String>::new());
}

#[test]
fn what_is_taken_by_position_only_is_named_once() {
    for (python, expected) in [
        ("def f(a, /, b): pass\n", 1),
        ("def f(a=1, /, b=2): pass\n", 1),
        ("def f(a=1, /, b=2, **more): pass\n", 0),
    ] {
        let lines = called(python, "{a: 1, b: 2}");
        assert_eq!(lines.len(), expected, "{python}: {lines:?}");
        assert!(
            lines
                .iter()
                .all(|line| line.contains("`f` takes `a` by position only")),
            "{lines:?}"
        );
    }
}
