//! Simulated runs on virtual time. Without it, every test here would take from minutes to an hour.

use serde_json::Value as Json;

use crate::package::{Package, Ran};

const CODE: &str = r#"
import asyncio, http.client, json, selectors, subprocess, sys, threading, time, urllib.request

AGENT = "http://agent64.local:5000/api/"

def ask(path, body=None, method=None, timeout=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(AGENT + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return json.loads(answer.read() or b"null")

def sleeps():
    before, real = time.monotonic(), time.time()
    time.sleep(600)
    print(600 <= time.monotonic() - before < 700, 600 <= time.time() - real < 700)

def selects():
    before = time.monotonic()
    selectors.DefaultSelector().select(300)
    print(300 <= time.monotonic() - before < 400)

def awaits():
    async def main():
        loop = asyncio.get_running_loop()
        before = loop.time()
        await asyncio.gather(asyncio.sleep(300), asyncio.sleep(200))
        print(300 <= loop.time() - before < 400)
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 3600)
        except TimeoutError:
            print(3900 <= loop.time() - before < 4000)
    asyncio.run(main())

def leases():
    lease = ask("lease", {"Owner": "A", "TtlMs": 600000})
    time.sleep(599)
    print(ask("lease")["held"])
    time.sleep(2)
    print(ask("lease")["held"])

def stalls():
    ask("application/name", timeout=3600)

def gives_up():
    try:
        ask("application/name", timeout=3600)
    except TimeoutError:
        print("timed out")

def sleeps_for_long():
    try:
        time.sleep(3600)
    finally:
        print("tidied")

def in_small_pieces():
    while True:
        time.sleep(0.25)

def computes_after_it_has_slept():
    time.sleep(3599.9)
    while True:
        pass

tries = []

def second_time():
    tries.append(time.monotonic())
    if len(tries) == 1:
        raise ValueError("not yet")
    print(tries[1] - tries[0] >= 1000)

def waits_for_a_thread():
    done = []
    def work():
        end = time.process_time() + 0.2
        while time.process_time() < end:
            pass
        done.append(1)
    threading.Thread(target=work).start()
    for _ in range(1000):
        if done:
            break
        time.sleep(0.01)
    print(done)

def waits_for_a_program():
    program = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.2)"])
    for _ in range(1000):
        if program.poll() is not None:
            break
        time.sleep(0.01)
    print(program.returncode)
"#;

fn seconds(json: &Json) -> f64 {
    json["duration_ms"].as_f64().expect("a duration") / 1000.0
}

fn run(package: &Package) -> Ran {
    let ran = package.run(&["--simulate"]);
    assert_eq!(ran.report["mode"]["virtual_time"], true);
    ran
}

#[test]
fn whatever_waits_has_waited_at_once() {
    let package = Package::with(CODE)
        .step("sleeps", "")
        .step("selects", "")
        .step("awaits", "");
    let ran = run(&package).passed();
    assert_eq!(ran.output("sleeps"), "True True\n");
    assert_eq!(ran.output("selects"), "True\n");
    assert_eq!(ran.output("awaits"), "True\nTrue\n");
    let all = seconds(&ran.report);
    assert!((4800.0..5000.0).contains(&all), "{all}");
    assert!(seconds(ran.step("sleeps")) >= 600.0);
    assert!(ran.stdout.contains("simulated bench, virtual time"));
}

#[test]
fn a_lease_ends_when_its_time_is_up() {
    let ran = run(&Package::with(CODE).step("leases", "")).passed();
    assert_eq!(ran.output("leases"), "True\nFalse\n");
}

const STALLED: &str = "faults:\n  agent: {kind: stall}\n";

#[test]
fn a_time_out_against_a_stalled_device_fires_at_its_time() {
    let package = Package::with(CODE)
        .file("bench.yaml", STALLED)
        .step("stalls", "timeout_ms: 1800000")
        .cleanup("sleeps");
    let ran = run(&package).failed();
    assert_eq!(ran.step("stalls")["reason"], "timeout");
    let took = seconds(ran.step("stalls"));
    assert!((1800.0..1900.0).contains(&took), "{took}");
    assert_eq!(ran.output("sleeps"), "True True\n");
}

#[test]
fn the_codes_own_time_out_comes_first_when_it_is_shorter() {
    let package = Package::with(CODE)
        .file("bench.yaml", STALLED)
        .step("gives_up", "timeout_ms: 7200000");
    assert_eq!(run(&package).passed().output("gives_up"), "timed out\n");
}

#[test]
fn code_that_sleeps_beyond_its_time_out_is_stopped_there() {
    for function in [
        "sleeps_for_long",
        "in_small_pieces",
        "computes_after_it_has_slept",
    ] {
        let package = Package::with(CODE).step(function, "timeout_ms: 1800000");
        let package = match function {
            "computes_after_it_has_slept" => {
                Package::with(CODE).step(function, "timeout_ms: 3600000")
            }
            _ => package,
        };
        let ran = run(&package).failed();
        assert_eq!(ran.step(function)["verdict"], "ABORTED", "{function}");
        let took = seconds(ran.step(function));
        assert!((1800.0..3610.0).contains(&took), "{function}: {took}");
        if function == "sleeps_for_long" {
            assert_eq!(ran.output(function), "tidied\n");
        }
    }
}

#[test]
fn pauses_between_tries_cost_nothing_either() {
    let package = Package::with(CODE).step("second_time", "retry: {count: 2, delay_ms: 1000000}");
    let ran = run(&package).passed();
    let second = &ran.step("second_time")["iterations"][0]["attempts"][1];
    assert_eq!(second["output"], "True\n");
}

#[test]
fn delay_steps_and_the_time_of_a_whole_test_are_virtual() {
    let package = Package::with(CODE).file(
        "tests/other.yaml",
        "test:\n  name: Other\n  version: \"1.0.0\"\n  policy: {timeout: 5000}\n  steps:\n    - {name: wait, type: delay, duration: 3600}\n    - {name: again, type: delay, duration: 3600}\n",
    );
    let package = package.step("sleeps", "");
    let outside = tempfile::tempdir().expect("a folder");
    let report = outside.path().join("report.json");
    let mut command = package.command(&["tests/other.yaml", "--simulate"]);
    command.arg(format!("--report=json={}", report.display()));
    let ran = Ran::new(command.output().expect("rehearse starts"), &report).failed();
    assert_eq!(ran.step("wait")["verdict"], "PASS");
    assert_eq!(ran.step("again")["reason"], "policy_timeout");
    let all = seconds(&ran.report);
    assert!((5000.0..5100.0).contains(&all), "{all}");
}

#[test]
fn beside_a_thread_time_goes_on_as_it_does() {
    let ran = run(&Package::with(CODE).step("waits_for_a_thread", "")).passed();
    assert_eq!(ran.output("waits_for_a_thread"), "[1]\n");
}

#[test]
fn beside_a_program_time_goes_on_as_it_does() {
    let ran = run(&Package::with(CODE).step("waits_for_a_program", "")).passed();
    assert_eq!(ran.output("waits_for_a_program"), "0\n");
}

#[test]
fn real_time_can_be_had() {
    let package = Package::with("import time\ndef f():\n    time.sleep(0.05)\n").step("f", "");
    let ran = package.run(&["--simulate", "--real-time"]).passed();
    assert_eq!(ran.report["mode"]["virtual_time"], Json::Null);
    assert!(seconds(ran.step("f")) >= 0.05);
    assert!(!ran.stdout.contains("virtual"));
    let ran = package.run(&["--real-time"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--simulate"), "{}", ran.stderr);
}
