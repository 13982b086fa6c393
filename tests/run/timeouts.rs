//! Steps that take too long, in the real interpreter (docs/decisions.md 5, 20, 38).

use crate::package::{Package, Ran};

const CODE: &str = r#"
import queue, socket, subprocess, sys, threading, time

kept = []

def remember():
    kept.append(1)

def recall():
    print("kept", len(kept))

def loop():
    while True:
        pass

def sleep():
    try:
        time.sleep(60)
    finally:
        kept.append(2)
        print("tidied")

def power():
    return pow(7, 10**9) % 3

def takes():
    queue.Queue().get()

def receives():
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    client.recv(1)

def waits_for_a_program():
    subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"])

def swallows():
    while True:
        try:
            time.sleep(60)
        except BaseException:
            pass

def once():
    kept.append(3)
    if len(kept) == 2:
        loop()

def cleanup():
    print("cleaned up")
"#;

fn package() -> Package {
    Package::with(CODE)
}

/// A step of its own time-out, then one that must not run, then cleaning up, which shows what is left of the module's state.
#[track_caller]
fn times_out(function: &str) -> Ran {
    let ran = package()
        .step("remember", "")
        .step(function, "timeout_ms: 300")
        .step("cleanup", "")
        .cleanup("recall")
        .run(&[])
        .failed();
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.report["verdict"], "ABORTED");
    assert_eq!(ran.step(function)["verdict"], "ABORTED");
    assert_eq!(ran.step(function)["reason"], "timeout");
    assert_eq!(ran.step("cleanup")["reason"], "aborted");
    assert_eq!(ran.step("recall")["verdict"], "PASS");
    ran
}

#[test]
fn a_loop_and_everything_that_waits_is_stopped_softly_and_the_state_is_kept() {
    for function in ["loop", "takes", "receives", "waits_for_a_program"] {
        let ran = times_out(function);
        assert_eq!(ran.attempt(function)["lost"], false, "{function}");
        assert_eq!(ran.output("recall"), "kept 1\n", "{function}");
    }
}

#[test]
fn finally_blocks_run_when_the_time_is_up() {
    let ran = times_out("sleep");
    assert_eq!(ran.output("sleep"), "tidied\n");
    assert_eq!(ran.output("recall"), "kept 2\n");
    assert!(
        ran.stdout.contains(
            "timeout: the time-out of \"sleep\", 300 ms, passed\n      python_modules/m.py:"
        ),
        "{}",
        ran.stdout
    );
}

#[test]
fn code_that_will_not_stop_loses_its_interpreter_and_the_report_says_so() {
    for function in ["swallows", "power"] {
        let ran = times_out(function);
        assert_eq!(ran.attempt(function)["lost"], true, "{function}");
        assert_eq!(ran.output("recall"), "kept 0\n", "{function}");
        assert!(
            ran.stdout.contains("its interpreter was given up"),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn a_late_attempt_is_repeated_with_the_modules_as_they_were() {
    let ran = package()
        .step("remember", "")
        .step("once", "timeout_ms: 300, retry: {count: 1}")
        .cleanup("recall")
        .run(&[])
        .passed();
    assert_eq!(ran.output("recall"), "kept 3\n");
    assert!(
        ran.stdout.contains(
            "attempt 1 of 2 failed: the time-out of \"once\", 300 ms, passed; again at once"
        ),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_sequence_of_another_package_runs_with_its_own_modules_and_names_its_files() {
    let other = r#"
test:
  name: Power Up
  version: "1.0.0"
  steps:
    - {name: Measure, runner: python, module: supply, function: measure, parameters: {channel: "{{channel}}"}}
    - {name: Break, runner: python, module: supply, function: breaks}
"#;
    let package = package()
        .step("remember", "")
        .file(
            "beside/Power_v01/package.json",
            r#"{"name": "Power_v01", "version": "1.0.0", "author": "Tests", "description": "A demo."}"#,
        )
        .file("beside/Power_v01/tests/up.yaml", other)
        .file(
            "beside/Power_v01/python_modules/supply.py",
            "def measure(channel):\n    return {'volts': 5.0 + int(channel)}\n\ndef breaks():\n    raise OSError('no supply')\n",
        )
        .file(
            "tests/whole.yaml",
            r#"
test:
  name: Whole
  version: "1.0.0"
  steps:
    - {name: Power, type: sequence, sequence: Power_v01/tests/up.yaml, parameters: {channel: 2}, outputs: {rail: "{{volts}}"}}
"#,
        );
    let beside = package.path().join("beside").to_string_lossy().into_owned();
    let ran = package
        .run(&["tests/whole.yaml", "--packages", &beside])
        .failed();
    assert_eq!(ran.step("Power")["verdict"], "FAIL");
    assert_eq!(ran.step("Power")["outputs"]["rail"].to_string(), "7.0");
    for line in [
        "Power_v01/python_modules/supply.py:5 in breaks\n",
        "raise OSError('no supply')\n",
        "child: tests/up.yaml ended FAIL (exception)\n",
    ] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
}
