//! No program outlives its run, and signals for the run are none for the programs.

use std::{
    fs,
    io::{BufReader, Read},
    os::unix::process::CommandExt,
    path::Path,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process};

use crate::{
    package::{Package, Ran},
    signals::{interrupt, wait_for},
};

const CODE: &str = r#"
import os, subprocess, time

def start(script):
    """Starts a shell whose own child writes its number down."""
    return subprocess.Popen(["sh", "-c", script + "sleep 600 & echo $! > pid.new; mv pid.new pid; wait"])

def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)

def leave():
    start("")
    wait_for("pid")

def leave_stubborn():
    start("trap '' TERM; ")
    wait_for("pid")

def leave_in_background():
    subprocess.run("sleep 600 > /dev/null 2>&1 & echo $! > pid", shell=True)

def stubborn():
    leave()
    said = False
    while True:
        try:
            if not said:
                said = True
                print("ready")
            while True:
                pass
        except BaseException:
            pass

def go():
    print("ready")
    wait_for("go")

def sleep():
    print("ready")
    time.sleep(60)

def waits():
    print("ready")
    start("").wait()

def communicates():
    print("ready")
    subprocess.check_output(["sleep", "600"])

def runs():
    print("ready")
    subprocess.run(["sleep", "600"], timeout=500, capture_output=True)

def reads():
    print("ready")
    os.read(os.pipe()[0], 1)

def writes():
    ends = os.pipe()
    print("ready")
    os.write(ends[1], b"x" * 1000000)

def later():
    print("must not run")

def cleanup():
    return subprocess.check_output(["echo", "cleaned up"], text=True)
"#;

fn number(file: &Path) -> Pid {
    let text = fs::read_to_string(file).expect("a number");
    Pid::from_raw(text.trim().parse().expect("a number")).expect("a number")
}

fn runs(pid: Pid) -> bool {
    match fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())) {
        // Whoever takes in orphans may be slow to bury them.
        Ok(stat) => !stat.contains(") Z "),
        Err(_) => test_kill_process(pid).is_ok(),
    }
}

/// A killed program may take a moment to go.
#[track_caller]
fn assert_gone(pid: Pid) {
    let start = Instant::now();
    while runs(pid) {
        assert!(start.elapsed() < Duration::from_secs(30), "{pid:?} is left");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn programs_and_what_they_started_end_with_the_run() {
    for function in ["leave", "leave_stubborn", "leave_in_background"] {
        let package = Package::with(CODE).step(function, "");
        package.run(&[]).passed();
        assert_gone(number(&package.path().join("pid")));
    }
}

#[test]
fn programs_are_asked_to_end_and_their_last_words_belong_to_the_run() {
    let code = r#"
import os, subprocess, time

def f():
    subprocess.Popen(["sh", "-c", "trap 'echo goodbye; exit' TERM; touch ready; while :; do sleep 0.05; done"])
    while not os.path.exists("ready"):
        time.sleep(0.01)
"#;
    let package = Package::with(code).step("f", "");
    let outside = tempfile::tempdir().expect("a temporary folder");
    let events = outside.path().join("events.jsonl");
    package
        .run(&[&format!("--events={}", events.display())])
        .passed();
    let events = fs::read_to_string(events).expect("events");
    let lines: Vec<_> = events.lines().collect();
    // A shell may have something to say about its `sleep` as well.
    let goodbye = |line: &&str| line.contains(r#""text":"goodbye\n""#);
    assert!(lines.iter().any(goodbye), "{events}");
    assert!(lines[lines.len() - 1].contains("run_finished"), "{events}");
}

#[test]
fn the_programs_of_a_lost_interpreter_end_before_cleanup() {
    let package = Package::with(CODE).step("stubborn", "").cleanup("go");
    let mut child = package
        .command(&[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rehearse starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut seen = String::new();
    wait_for("| ready", &mut stdout, &mut seen);
    let orphan = number(&package.path().join("pid"));
    assert!(runs(orphan));
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::INT).expect("sent");
    wait_for("| ready", &mut stdout, &mut seen);
    assert_gone(orphan);
    fs::write(package.path().join("go"), "").expect("a file");
    stdout.read_to_string(&mut seen).expect("output");
    assert_eq!(child.wait().expect("an end").code(), Some(130), "{seen}");
}

#[test]
fn the_third_signal_ends_programs_that_will_not_end_at_once() {
    let package = Package::with(CODE)
        .step("leave_stubborn", "")
        .step("sleep", "")
        .cleanup("sleep")
        .cleanup("sleep")
        .cleanup("cleanup");
    let ran = interrupt(&package, &[Signal::INT; 3]);
    assert_eq!(ran.code, 130, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.step("cleanup")["verdict"], "SKIPPED");
    assert_gone(number(&package.path().join("pid")));
}

#[track_caller]
fn is_interrupted(function: &str) -> Ran {
    let package = Package::with(CODE)
        .step(function, "")
        .step("later", "")
        .cleanup("cleanup");
    let ran = interrupt(&package, &[Signal::INT]);
    assert_eq!(ran.code, 130, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.step(function)["reason"], "interrupted", "{function}");
    assert_eq!(ran.step("later")["verdict"], "SKIPPED");
    assert_eq!(ran.attempt("cleanup")["returned"], "cleaned up\n");
    ran
}

#[test]
fn ctrl_c_interrupts_whoever_waits_for_a_program_or_a_pipe() {
    for function in ["waits", "communicates", "runs", "reads", "writes"] {
        is_interrupted(function);
    }
}

#[test]
fn ctrl_c_at_the_terminal_does_not_reach_programs_before_cleanup() {
    let code = r#"
import subprocess, time
server = None

def start():
    global server
    server = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    print("ready")
    time.sleep(60)

def stop():
    return server.communicate(b"still here")[0].decode()
"#;
    let package = Package::with(code).step("start", "").cleanup("stop");
    let outside = tempfile::tempdir().expect("a temporary folder");
    let report = outside.path().join("report.json");
    let mut child = package
        .command(&[&format!("--report=json={}", report.display())])
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rehearse starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut seen = String::new();
    wait_for("| ready", &mut stdout, &mut seen);
    kill_process_group(Pid::from_child(&child), Signal::INT).expect("sent");
    stdout.read_to_string(&mut seen).expect("output");
    let mut output = child.wait_with_output().expect("an end");
    output.stdout = seen.into_bytes();
    let ran = Ran::new(output, &report);
    assert_eq!(ran.attempt("stop")["returned"], "still here");
}
