//! What this version refuses to run without executing it.

use rehearsal::{
    diagnostic::{Diagnostics, Style},
    package::unsupported,
};
use snapbox::{assert_data_eq, str};

use crate::{folder::Folder, reading::full};

fn refused(folder: &Folder) -> String {
    let (package, _) = folder.load();
    let problems: Diagnostics = unsupported::check(&package.tests[0], &package);
    problems.render(&package.sources, Style::PLAIN)
}

#[test]
fn what_is_not_executed_yet_is_refused_at_its_place() {
    assert_data_eq!(
        refused(&full()),
        str![[r#"
error: `precondition` is not executed yet; running without it could report a false PASS
  --> tests/main.yaml:32:21
   |
32 |       precondition: ready == true
   |                     ^^^^^^^^^^^^^
   |
   = help: remove it for local runs, or run this test on a station

error: `force` is not executed yet; running without it could report a false PASS
  --> tests/main.yaml:33:14
   |
33 |       force: pass
   |              ^^^^
   |
   = help: remove it for local runs, or run this test on a station

error: `repeat` is not executed yet; running without it could report a false PASS
  --> tests/main.yaml:34:7
   |
34 |       repeat: {condition: __iteration__ < 4, max_iterations: 10}
   |       ^^^^^^
   |
   = help: remove it for local runs, or run this test on a station

error: `timeout_ms` is not executed yet; running without it could report a false PASS
  --> tests/main.yaml:35:19
   |
35 |       timeout_ms: 5000
   |                   ^^^^
   |
   = help: remove it for local runs, or run this test on a station

error: `runner: dotnet` can't run here, and its stub in local.yaml is not executed yet
  --> tests/main.yaml:49:14
   |
49 |     - {name: Legacy, runner: dotnet, runner_type: net10.0, assembly: A.dll, class: N.C, …
   |              ^^^^^^
   |
   = help: run this test on a station, or take the step out for local runs

error: step `Settle` has `type: delay`, which is not executed yet
  --> tests/main.yaml:50:14
   |
50 |     - {name: Settle, type: delay, duration: 0.5}
   |              ^^^^^^
   |
   = help: this version runs steps with `runner: python` only

error: step `Fake` has `type: mock`, which is not executed yet
  --> tests/main.yaml:51:14
   |
51 |     - {name: Fake, type: mock, outputs: {vout: "5.02"}, measurement: {name: FAKE, target…
   |              ^^^^
   |
   = help: this version runs steps with `runner: python` only

error: step `Ask` has `type: prompt`, which is not executed yet
  --> tests/main.yaml:52:13
   |
52 |     - name: Ask
   |             ^^^
   |
   = help: this version runs steps with `runner: python` only

error: step `Look` has `type: manual`, which is not executed yet
  --> tests/main.yaml:67:14
   |
67 |     - {name: Look, type: manual}
   |              ^^^^
   |
   = help: this version runs steps with `runner: python` only

error: step `Sub` has `type: sequence`, which is not executed yet
  --> tests/main.yaml:68:14
   |
68 |     - {name: Sub, type: sequence, sequence: tests/sub.yaml, parameters: {a: 1}, outputs:…
   |              ^^^
   |
   = help: this version runs steps with `runner: python` only

error: `policy.timeout` is not executed yet; running without it could report a false PASS
  --> tests/main.yaml:71:48
   |
71 |   policy: {on_step_failure: continue, timeout: 300}
   |                                                ^^^
   |
   = help: remove it for local runs, or run this test on a station

"#]]
    );
}

#[test]
fn what_is_executed_is_not_refused() {
    let folder = Folder::step(
        "name: Read\nrunner: python\nmodule: io\nfunction: read\nretry: {count: 1}\nenabled: false\nrun_on_abort: true\n\
         post_execution_action: terminate-on-fail\nmeasurement: {name: A, operator: log}\noutputs: {a: b}",
    );
    assert_eq!(refused(&folder), "");
}
