//! Code that will not stop is ended, and the steps after it find what there was before.

use crate::package::{Package, Ran};

/// A client that setup made, steps that never end, and a teardown that needs the client.
const CODE: &str = r#"
import re

class Client:
    connected = True

client = None
counted = 0

def connect():
    global client
    client = Client()
    print("connected")

def disconnect():
    print("counted to", counted)
    print("client is connected:", client.connected)

def swallow():
    global counted
    while True:
        try:
            while True:
                counted += 1
        except BaseException:
            client.connected = False

def power():
    3 ** 100_000_000

def search():
    re.match(r"(a|a)*$", "a" * 60 + "b")

def add():
    sum(range(10 ** 14))

def wait_for_ever():
    import time
    while True:
        try:
            time.sleep(3600)
        except BaseException:
            pass

def wait_for_a_lock():
    import threading
    lock = threading.Lock()
    lock.acquire()
    while True:
        try:
            lock.acquire()
        except BaseException:
            pass

def tick():
    pass

def loop():
    try:
        while True:
            tick()
    except KeyboardInterrupt:
        print("told to stop")
        raise

def bare_loop():
    while True:
        pass

def wait():
    import time
    try:
        time.sleep(3600)
    finally:
        print("told to stop")

def clean_up_for_long():
    import time
    try:
        while True:
            tick()
    finally:
        print("cleaning up")
        time.sleep(0.1)
        print("cleaned up")
"#;

fn ran(function: &str) -> Ran {
    Package::with(CODE)
        .step("connect", "")
        .step(function, "timeout_ms: 400")
        .cleanup("disconnect")
        .run(&["--sandbox"])
        .failed()
}

#[track_caller]
fn ends_by_force(function: &str) {
    let ran = ran(function);
    let attempt = ran.attempt(function);
    assert_eq!(attempt["verdict"], "ABORTED");
    assert_eq!(attempt["reason"], "timeout");
    assert_eq!(attempt["lost"], true);
    assert_eq!(
        attempt["message"],
        &*format!(
            "the time-out of \"{function}\", 400 ms, passed; the code did not stop when asked to; its interpreter was given up; \
         the next step finds the modules as this one found them"
        )
    );
    // What it has changed is undone, what was there before is there.
    assert_eq!(
        ran.output("disconnect"),
        "counted to 0\nclient is connected: True\n"
    );
}

#[track_caller]
fn ends_by_itself(function: &str, output: &str) {
    let ran = ran(function);
    let attempt = ran.attempt(function);
    assert_eq!(attempt["verdict"], "ABORTED");
    assert_eq!(attempt["reason"], "timeout");
    assert_eq!(attempt["lost"], false);
    assert_eq!(ran.output(function), output);
    assert_eq!(
        ran.output("disconnect"),
        "counted to 0\nclient is connected: True\n"
    );
}

#[test]
fn code_that_swallows_every_exception() {
    ends_by_force("swallow");
}

#[test]
fn a_power_of_large_integers() {
    ends_by_force("power");
}

#[test]
fn a_regular_expression_that_backtracks() {
    ends_by_force("search");
}

#[test]
fn a_loop_in_the_interpreter_itself() {
    ends_by_force("add");
}

#[test]
fn code_that_waits_again_and_again() {
    ends_by_force("wait_for_ever");
}

#[test]
fn code_that_waits_for_a_lock_again_and_again() {
    ends_by_force("wait_for_a_lock");
}

#[test]
fn a_loop_that_calls_nothing() {
    ends_by_force("bare_loop");
}

#[test]
fn code_that_calls_functions_hears_of_it_first() {
    ends_by_itself("loop", "told to stop\n");
}

#[test]
fn code_that_waits_hears_of_it_first() {
    ends_by_itself("wait", "told to stop\n");
}

#[test]
fn waiting_while_it_cleans_up_does_not_count_as_computing() {
    ends_by_itself("clean_up_for_long", "cleaning up\ncleaned up\n");
}

#[test]
fn a_socket_of_the_steps_before_is_still_open() {
    let code = r#"
import socket, threading
connection = server = None

def connect():
    global connection, server
    server, connection = socket.socketpair()

def hang():
    lost = socket.socketpair()
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass

def disconnect():
    connection.sendall(b"bye")
    print(server.recv(3))
    import os
    other = socket.socketpair()
    print(other[0].fileno() > connection.fileno())
"#;
    let ran = Package::with(code)
        .step("connect", "")
        .step("hang", "timeout_ms: 300")
        .cleanup("disconnect")
        .run(&["--sandbox"])
        .failed();
    assert_eq!(ran.attempt("hang")["lost"], true);
    assert_eq!(ran.output("disconnect"), "b'bye'\nTrue\n");
}

#[test]
fn the_time_of_a_whole_test_ends_code_as_well() {
    let package =
        Package::with("def hang():\n    sum(range(10 ** 14))\n\ndef bye():\n    print('bye')\n")
            .step("hang", "")
            .cleanup("bye");
    let mut command = package.command(&["--sandbox"]);
    let yaml = package.path().join("tests/main.yaml");
    let text = std::fs::read_to_string(&yaml).expect("the test");
    let text = text.replace("  steps:\n", "  policy: {timeout: 1}\n  steps:\n");
    std::fs::write(&yaml, text).expect("the test");
    let report = package.path().join("report.json");
    command.arg(format!("--report=json={}", report.display()));
    let ran = Ran::new(command.output().expect("rehearse starts"), &report).failed();
    assert_eq!(ran.attempt("hang")["reason"], "policy_timeout");
    assert_eq!(ran.output("bye"), "bye\n");
}

#[test]
fn an_endless_import_is_ended_too() {
    let ran = Package::with("while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n")
        .step("f", "timeout_ms: 300")
        .run(&["--sandbox"])
        .failed();
    assert_eq!(ran.attempt("f")["reason"], "timeout");
    assert_eq!(ran.attempt("f")["lost"], true);
}
