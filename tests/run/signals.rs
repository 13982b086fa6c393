//! Signals end a run in order (docs/decisions.md 19).

use std::{
    io::{BufRead, BufReader, Read},
    process::{ChildStdout, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::package::{Package, Ran};

const CODE: &str = r#"
import asyncio, queue, socket, threading, time

def loop():
    print("ready")
    while True:
        pass

def sleep():
    print("ready")
    time.sleep(60)

def receive():
    a = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(a.getsockname())
    print("ready")
    client.recv(1)

def tidy():
    try:
        print("ready")
        time.sleep(60)
    finally:
        time.sleep(0.01)
        print("tidied")

def stubborn():
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

def native():
    said = False
    while True:
        try:
            if not said:
                said = True
                print("ready")
            sum(range(10**12))
        except BaseException:
            pass

def waits():
    event = threading.Event()
    print("ready")
    event.wait()

def takes():
    items = queue.Queue()
    print("ready")
    items.get()

def acquires():
    lock = threading.Lock()
    lock.acquire()
    print("ready")
    lock.acquire()

def enters():
    lock, held = threading.RLock(), threading.Event()
    def hold():
        with lock:
            held.set()
            time.sleep(60)
    threading.Thread(target=hold, daemon=True).start()
    held.wait()
    print("ready")
    with lock:
        pass

def joins():
    thread = threading.Thread(target=time.sleep, args=(60,), daemon=True)
    thread.start()
    print("ready")
    thread.join()

def gets():
    print("ready")
    queue.SimpleQueue().get()

def connects():
    # Nobody accepts, and the backlog is full.
    server = socket.create_server(("127.0.0.1", 0), backlog=0)
    clients = []
    while True:
        client = socket.socket()
        client.settimeout(0.3)
        clients.append(client)
        try:
            client.connect(server.getsockname())
        except TimeoutError:
            break
    client = socket.socket()
    print("ready")
    client.connect(server.getsockname())

def datagram():
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    print("ready")
    receiver.recvfrom(1)

def loops():
    async def other():
        try:
            await asyncio.Event().wait()
        finally:
            print("other tidied")
    async def main():
        task = asyncio.create_task(other())
        try:
            await asyncio.sleep(0)
            print("ready")
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            print("tidied")
    asyncio.run(main())

def spins():
    async def main():
        try:
            print("ready")
            while True:
                await asyncio.sleep(0)
        finally:
            print("tidied")
    asyncio.run(main())

def loop_again():
    async def main():
        return await asyncio.to_thread(int, "5")
    print(asyncio.run(main()))

def fails():
    print("ready")
    raise ValueError

def later():
    print("must not run")

def cleanup():
    print("cleaned up")
"#;

/// Runs until the code says "ready" as often as there are signals, sending one each time.
pub fn interrupt(package: &Package, signals: &[Signal]) -> Ran {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let report = outside.path().join("report.json");
    let mut command = package.command(&[]);
    command.arg(format!("--report=json={}", report.display()));
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rehearse starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut seen = String::new();
    for signal in signals {
        wait_for("| ready", &mut stdout, &mut seen);
        let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid")).expect("a pid");
        kill_process(pid, *signal).expect("sent");
    }
    stdout.read_to_string(&mut seen).expect("output");
    let mut output = child.wait_with_output().expect("an end");
    output.stdout = seen.into_bytes();
    Ran::new(output, &report)
}

pub fn wait_for(text: &str, stdout: &mut BufReader<ChildStdout>, seen: &mut String) {
    loop {
        let start = seen.len();
        assert_ne!(
            stdout.read_line(seen).expect("output"),
            0,
            "ended before {text}: {seen}"
        );
        if seen[start..].contains(text) {
            return;
        }
    }
}

#[track_caller]
fn ends_in_order(function: &str, signal: Signal, code: i32) -> Ran {
    let package = Package::with(CODE)
        .step(function, "")
        .step("later", "")
        .cleanup("cleanup");
    let ran = interrupt(&package, &[signal]);
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.report["verdict"], "ABORTED");
    assert_eq!(ran.step(function)["verdict"], "ABORTED");
    assert_eq!(ran.step("later")["verdict"], "SKIPPED");
    assert_eq!(ran.step("cleanup")["verdict"], "PASS");
    assert_eq!(ran.output("cleanup"), "cleaned up\n");
    ran
}

#[test]
fn ctrl_c_stops_an_endless_loop_and_cleanup_runs() {
    let ran = ends_in_order("loop", Signal::INT, 130);
    assert_eq!(ran.step("loop")["reason"], "interrupted");
}

#[test]
fn sigterm_stops_a_sleep_and_cleanup_runs() {
    let ran = ends_in_order("sleep", Signal::TERM, 143);
    assert_eq!(ran.step("sleep")["reason"], "interrupted");
}

#[test]
fn sighup_stops_a_receive_that_waits_and_cleanup_runs() {
    let ran = ends_in_order("receive", Signal::HUP, 129);
    assert_eq!(ran.step("receive")["reason"], "interrupted");
}

#[test]
fn an_interrupted_step_unwinds_its_finally_blocks() {
    let ran = ends_in_order("tidy", Signal::INT, 130);
    assert_eq!(ran.output("tidy"), "ready\ntidied\n");
}

#[test]
fn code_that_swallows_the_interruption_loses_its_interpreter_and_cleanup_gets_a_fresh_one() {
    let ran = ends_in_order("stubborn", Signal::INT, 130);
    assert_eq!(ran.step("stubborn")["reason"], "lost");
}

#[test]
fn a_native_loop_loses_its_interpreter_and_cleanup_gets_a_fresh_one() {
    let ran = ends_in_order("native", Signal::INT, 130);
    assert_eq!(ran.step("native")["reason"], "lost");
}

#[test]
fn waiting_for_another_thread_is_interrupted_like_anything_else() {
    for function in ["waits", "takes", "acquires", "enters", "joins", "gets"] {
        let ran = ends_in_order(function, Signal::INT, 130);
        assert_eq!(ran.step(function)["reason"], "interrupted");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_connection_that_nobody_accepts_is_interrupted() {
    let ran = ends_in_order("connects", Signal::INT, 130);
    assert_eq!(ran.step("connects")["reason"], "interrupted");
}

#[test]
fn waiting_for_a_datagram_is_interrupted() {
    let ran = ends_in_order("datagram", Signal::INT, 130);
    assert_eq!(ran.step("datagram")["reason"], "interrupted");
}

#[test]
fn an_event_loop_is_interrupted_and_its_tasks_tidy_up() {
    let ran = ends_in_order("loops", Signal::INT, 130);
    assert_eq!(ran.step("loops")["reason"], "interrupted");
    let mut lines: Vec<_> = ran.output("loops").lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["other tidied", "ready", "tidied"]);
    let ran = ends_in_order("spins", Signal::INT, 130);
    assert_eq!(ran.step("spins")["reason"], "interrupted");
    assert_eq!(ran.output("spins"), "ready\ntidied\n");
}

#[test]
fn the_next_step_has_an_event_loop_of_its_own_after_one_was_interrupted() {
    let package = Package::with(CODE).step("loops", "").cleanup("loop_again");
    let ran = interrupt(&package, &[Signal::INT]);
    assert_eq!(ran.step("loop_again")["verdict"], "PASS");
    assert_eq!(ran.output("loop_again"), "5\n");
}

#[test]
fn ctrl_c_during_a_retry_pause_ends_the_run() {
    let package = Package::with(CODE)
        .step("fails", "retry: {count: 1, delay_ms: 60000}")
        .cleanup("cleanup");
    let ran = interrupt(&package, &[Signal::INT]);
    assert_eq!(ran.code, 130, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.step("cleanup")["verdict"], "PASS");
}

#[test]
fn the_second_signal_gives_up_one_cleanup_step_and_the_next_one_runs() {
    let package = Package::with(CODE)
        .step("loop", "")
        .cleanup("sleep")
        .cleanup("cleanup");
    let ran = interrupt(&package, &[Signal::INT, Signal::INT]);
    assert_eq!(ran.code, 130, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.step("sleep")["verdict"], "ABORTED");
    assert_eq!(ran.step("cleanup")["verdict"], "PASS");
}

#[test]
fn the_third_signal_stops_at_once_and_the_report_is_written() {
    let package = Package::with(CODE)
        .step("loop", "")
        .cleanup("sleep")
        .cleanup("loop")
        .cleanup("cleanup");
    let ran = interrupt(&package, &[Signal::INT, Signal::INT, Signal::INT]);
    assert_eq!(ran.code, 130, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.step("cleanup")["verdict"], "SKIPPED");
    assert_eq!(ran.report["verdict"], "ABORTED");
}
