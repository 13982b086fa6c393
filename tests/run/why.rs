//! `rehearse why` on the events of real runs, and the events it lives on.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::PathBuf,
    process::Command,
    thread,
};

use serde_json::Value as Json;

use crate::package::{Package, Ran};

const CODE: &str = r#"
import json, socket, urllib.request

AGENT = "http://agent64.local:5000/api/"

def ask(path, body):
    request = urllib.request.Request(AGENT + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())

def measure(channel):
    level = float(ask("resources/value/get", {"Name": channel})["value"])
    return {"level": level, "channel": channel}

def keeps():
    return {"kept": 4}

def raises():
    ask("resources/value/get", {"Name": "MON_3V3"})
    check(7)

def check(level):
    if level > 5:
        raise ValueError(f"{level} V is too much")

def logs_in(password):
    ask("resources/value/get", {"Name": "MON_3V3", "Password": password, "Filler": "x" * 5000})

counter = 0

def counts():
    global counter
    counter += 1
    return {"count": counter}

def supply(port):
    with socket.create_connection(("127.0.0.1", int(port)), 5) as device:
        device.sendall(b"MEAS:VOLT?\n")
        return float(device.recv(100))
"#;

struct Told {
    package: Package,
    outside: tempfile::TempDir,
}

impl Told {
    fn new(package: Package) -> Self {
        Self {
            package,
            outside: tempfile::tempdir().expect("a folder"),
        }
    }

    fn file(&self) -> PathBuf {
        self.outside.path().join("events.jsonl")
    }

    fn run(&self, switches: &[&str]) -> Ran {
        let events = format!("--events={}", self.file().display());
        self.package.run(&[switches, &[&events]].concat())
    }

    fn events(&self, kind: &str) -> Vec<Json> {
        let text = fs::read_to_string(self.file()).expect("events");
        text.lines()
            .map(|line| serde_json::from_str::<Json>(line).expect("JSON"))
            .filter(|event| event["event"] == kind)
            .collect()
    }

    fn asked(&self, name: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
            .args(["why", "--color=never", "events.jsonl"])
            .args(name)
            .current_dir(self.outside.path())
            .output()
            .expect("rehearse starts");
        (
            output.status.code().expect("an exit code"),
            String::from_utf8(output.stdout).expect("UTF-8"),
            String::from_utf8(output.stderr).expect("UTF-8"),
        )
    }

    #[track_caller]
    fn why(&self, name: &[&str]) -> String {
        let (code, told, stderr) = self.asked(name);
        assert_eq!((code, &*stderr), (0, ""));
        told
    }
}

#[test]
fn a_limit_is_followed_to_the_bench_and_to_who_set_the_channel() {
    let step = "parameters: {channel: \"{{cfg.CHANNEL}}\"}, measurements: [{name: RAIL, value: \"{{level}}\", low_limit: 1, high_limit: 2.5, unit: V}], post_execution_action: terminate-on-fail";
    let told = Told::new(Package::with(CODE).step("measure", step));
    told.run(&["--simulate", "--cfg=CHANNEL=MON_3V3"]);
    assert_eq!(
        told.why(&[]),
        r#"FAIL  Demo 1.0.0, unit DEV-001  # tests/main.yaml
  ← ended by  post_execution_action: terminate-on-fail, at "measure"
  ← failed    1 of 1: "measure"

FAIL  measure / RAIL: 3.301 V, must be at most 2.5  # tests/main.yaml:5
  ← limit      high_limit: 2.5                                       # tests/main.yaml:5
  ← value      value: "{{level}}"                                    # tests/main.yaml:5
  ← returned   "level": 3.301, one of 2 keys
  ← Python     measure: return {"level": level, "channel": channel}  # python_modules/m.py:13
  ← bench      POST /api/resources/value/get {"Name":"MON_3V3"} → 200 {"value":"3.301"}  ← the value  # python_modules/m.py:8
  ← parameter  channel = MON_3V3, from "{{cfg.CHANNEL}}"             # tests/main.yaml:5
  ← setting    cfg.CHANNEL = MON_3V3, set on the command line
  ← ends run   post_execution_action: terminate-on-fail              # tests/main.yaml:5
"#
    );
    assert_eq!(told.why(&["RAIL"]), told.why(&["measure/RAIL"]));
}

#[test]
fn an_exception_is_followed_through_the_package() {
    let told = Told::new(Package::with(CODE).step("raises", ""));
    told.run(&["--simulate"]);
    assert_eq!(
        told.why(&["raises"]),
        r#"FAIL  raises: ValueError: 7 V is too much (exception)  # tests/main.yaml:5
  ← Python  check: raise ValueError(f"{level} V is too much")  # python_modules/m.py:24
            called by raises                                   # python_modules/m.py:20
  ← bench   POST /api/resources/value/get {"Name":"MON_3V3"} → 200 {"value":"3.301"}  # python_modules/m.py:8
"#
    );
}

#[test]
fn a_value_of_an_earlier_step_is_followed_to_it() {
    let measured = "measurements: [{name: KEPT, value: \"{{kept}}\", operator: equal, target: 5}]";
    let told = Told::new(
        Package::with(CODE)
            .step("keeps", "")
            .step("counts", measured),
    );
    told.run(&[]);
    assert_eq!(
        told.why(&["KEPT"]),
        r#"FAIL  counts / KEPT: 4, must be equal to 5  # tests/main.yaml:6
  ← limit     target: 5, operator: equal     # tests/main.yaml:6
  ← value     value: "{{kept}}"              # tests/main.yaml:6
  ← variable  kept = 4, returned by "keeps"  # python_modules/m.py:16
"#
    );
}

#[test]
fn of_many_executions_it_is_the_first_that_did_not_pass() {
    let step = "repeat: {max_iterations: 4}, measurements: [{name: COUNT, high_limit: 2}]";
    let told = Told::new(Package::with(CODE).step("counts", step));
    told.run(&[]);
    assert_eq!(
        told.why(&["counts"]),
        r#"FAIL  counts / COUNT: 3, must be at most 2  # tests/main.yaml:5
  ← limit     high_limit: 2                                              # tests/main.yaml:5
  ← value     no `value:`, so the key "count" of what the step returned  # tests/main.yaml:5
  ← returned  "count": 3
  ← Python    counts: return {"count": counter}                          # python_modules/m.py:34
  (4 executions, 2 did not pass; this is the first of them, iteration 3)
"#
    );
}

#[test]
fn what_an_instrument_said_is_told_as_question_and_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let device = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut lines = BufReader::new(stream.try_clone().expect("a clone"));
        lines.read_line(&mut String::new()).expect("a question");
        stream.write_all(b"+5.420E+00\n").expect("it listens");
    });
    let step = format!(
        "parameters: {{port: \"{port}\"}}, measurements: [{{name: SUPPLY, high_limit: 5.25, unit: V}}]"
    );
    let told = Told::new(Package::with(CODE).step("supply", &step));
    told.run(&[&*format!("--allow-net=127.0.0.1:{port}")]);
    device.join().expect("the device");
    assert_eq!(
        told.why(&["SUPPLY"]).replace(&port.to_string(), "49152"),
        r#"FAIL  supply / SUPPLY: 5.42 V, must be at most 5.25  # tests/main.yaml:5
  ← limit      high_limit: 5.25                                    # tests/main.yaml:5
  ← value      no `value:`, so the single value the step returned  # tests/main.yaml:5
  ← returned   5.42
  ← Python     supply: return float(device.recv(100))              # python_modules/m.py:39
  ← bench      MEAS:VOLT? → +5.420E+00  ← the value                # python_modules/m.py:38
  ← parameter  port = 49152                                        # tests/main.yaml:5
"#
    );
}

#[test]
fn exchanges_hide_secrets_and_clip_what_is_long() {
    let step = "parameters: {password: \"{{cfg.PASSWORD}}\"}";
    let told = Told::new(Package::with(CODE).step("logs_in", step));
    told.run(&["--simulate", "--cfg=PASSWORD=hunter2"]);
    let exchanges = told.events("exchange");
    let http = &exchanges.last().expect("an exchange")["said"]["http"];
    let body = http["body"].as_str().expect("a body");
    assert!(body.contains("\"Password\":\"***\""), "{body}");
    assert!(body.ends_with("x… (5047 bytes)"), "{body}");
    for kind in [
        "run_started",
        "attempt_started",
        "exchange",
        "step_finished",
    ] {
        let text = format!("{:?}", told.events(kind));
        assert!(!text.contains("hunter2"), "{kind}: {text}");
    }
    let started = &told.events("run_started")[0]["settings"]["cfg.PASSWORD"];
    assert_eq!(
        started,
        &serde_json::json!({"value": "***", "by": "command line"})
    );
    let written = &told.events("attempt_started")[0]["written"]["password"];
    assert_eq!(written["text"], "{{cfg.PASSWORD}}");
}

#[test]
fn a_recording_and_the_events_tell_the_same_exchanges() {
    let step = "parameters: {channel: MON_3V3}";
    let told = Told::new(Package::with(CODE).step("measure", step));
    let tape = told.outside.path().join("bench.jsonl");
    told.run(&["--simulate", &format!("--record={}", tape.display())])
        .passed();
    let recorded = fs::read_to_string(&tape).expect("a recording");
    let recorded = recorded
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str::<Json>(line).expect("JSON"))
        .filter(|entry| !entry["http"].is_null());
    let of_tape: Vec<_> = recorded
        .map(|entry| (entry["line"].clone(), entry["http"]["path"].clone()))
        .collect();
    let of_events: Vec<_> = told
        .events("exchange")
        .iter()
        .filter(|event| !event["said"]["http"].is_null())
        .map(|event| (event["line"].clone(), event["said"]["http"]["path"].clone()))
        .collect();
    assert_eq!(of_tape, of_events);
    assert_eq!(of_events.len(), 1);
    let again = Told::new(Package::with(CODE).step("measure", step));
    again
        .run(&[&*format!("--replay={}", tape.display())])
        .passed();
    assert_eq!(
        again.events("exchange").len(),
        told.events("exchange").len()
    );
}

#[test]
fn a_file_that_was_cut_short_is_read_up_to_there() {
    let told = Told::new(Package::with(CODE).step("keeps", "").step("counts", ""));
    told.run(&[]);
    let text = fs::read_to_string(told.file()).expect("events");
    let at = text
        .rfind("\"event\":\"attempt_finished\"")
        .expect("the last attempt");
    fs::write(told.file(), &text[..at + 10]).expect("the file");
    let (code, why, warning) = told.asked(&[]);
    assert_eq!(code, 0);
    assert_eq!(
        warning,
        "warning: events.jsonl:13: the file was cut short here; what comes before is used\n"
    );
    assert_eq!(
        why,
        r#"UNFINISHED  Demo 1.0.0, unit DEV-001  # tests/main.yaml
  ← run      the events end before the run does
  ← running  "counts"

UNFINISHED  counts: the events end while it runs  # tests/main.yaml:6
  ← Python  counts: def counts():  # python_modules/m.py:31
"#
    );
}
