//! Recording what a run and its bench say to each other, and repeating it (docs/recording.md).

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use serde_json::Value as Json;

use crate::package::{Package, Ran};

const CODE: &str = r#"
import json, random, socket, time, urllib.request, uuid

AGENT = "http://agent64.local:5000/api/"

def ask(path, body=None, method=None, timeout=30):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(AGENT + path, data, {"Content-Type": "application/json", "X-Api-Key": "hunter1"}, method=method)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return json.loads(answer.read() or b"null")

def scan():
    found = ask("comm/i2c", {"DeviceName": "0.ESH10000023.I2C09", "Action": "Scan", "Address": "00"})
    print(found["received"])

def reads():
    print(ask("resources/value/get", {"Name": "MON_3V3"}))

def polls():
    tries, end = 0, time.monotonic() + 0.05
    while time.monotonic() < end:
        ask("resources/value/get", {"Name": "MON_3V3"})
        time.sleep(0.003)
        tries += 1
    print(tries)

def draws():
    print(random.random(), uuid.uuid4(), time.time())

def logs_in():
    ask("resources/value/get", {"Name": "MON_3V3", "Password": "hunter2", "Auth": {"token": "hunter3"}})

def stalls():
    ask("application/name", timeout=60)

def talks(port):
    with socket.create_connection(("127.0.0.1", int(port)), 5) as device:
        file = device.makefile("rw", newline="\n")
        print(file.readline().strip())
        for question in "*IDN?", "MEAS:VOLT?":
            file.write(question + "\n")
            file.flush()
            print(file.readline().strip())
        device.sendall(b"\x00\xff")
        print(device.recv(10))

def nobody(port):
    try:
        socket.create_connection(("127.0.0.1", int(port)), 5)
    except ConnectionRefusedError as error:
        print("refused")

def nothing():
    pass
"#;

struct Taped {
    package: Package,
    outside: tempfile::TempDir,
}

impl Taped {
    fn new(package: Package) -> Self {
        Self {
            package,
            outside: tempfile::tempdir().expect("a folder"),
        }
    }

    fn file(&self) -> PathBuf {
        self.outside.path().join("bench.jsonl")
    }

    fn run(&self, switches: &[&str]) -> Ran {
        self.package.run(switches)
    }

    fn record(&self, switches: &[&str]) -> Ran {
        let record = format!("--record={}", self.file().display());
        self.run(&[switches, &[&record]].concat())
    }

    fn replay(&self, switches: &[&str]) -> Ran {
        let replay = format!("--replay={}", self.file().display());
        self.run(&[switches, &[&replay]].concat())
    }

    fn lines(&self) -> Vec<Json> {
        let text = fs::read_to_string(self.file()).expect("a recording");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }
}

fn bench(arguments: &[&str], files: &[&Path]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .arg("bench")
        .args(arguments)
        .args(files)
        .output()
        .expect("rehearse starts");
    (
        output.status.code().expect("an exit code"),
        String::from_utf8(output.stdout).expect("UTF-8"),
        String::from_utf8(output.stderr).expect("UTF-8"),
    )
}

#[test]
fn a_recording_is_repeated_to_the_byte() {
    let package = Package::with(CODE)
        .step("scan", "")
        .step("polls", "")
        .step("draws", "")
        .step("reads", "repeat: {max_iterations: 3}");
    let taped = Taped::new(package);
    let recorded = taped.record(&["--simulate", "--real-time"]).passed();
    let once = taped.replay(&[]).passed();
    assert_eq!(once.report["mode"]["bench"], "replayed");
    for step in ["scan", "polls", "draws"] {
        assert_eq!(once.output(step), recorded.output(step), "{step}");
    }
    let again = taped.replay(&[]).passed();
    assert_eq!(once.report, again.report);
    assert_eq!(once.stdout, again.stdout);
}

#[test]
fn both_interpreters_repeat_it_alike() {
    let package = Package::with(CODE)
        .step("scan", "")
        .step("polls", "")
        .step("draws", "");
    let taped = Taped::new(package);
    let recorded = taped.record(&["--simulate"]).passed();
    for switches in [&[][..], &["--sandbox"]] {
        let replayed = taped.replay(switches).passed();
        for step in ["scan", "polls", "draws"] {
            assert_eq!(replayed.output(step), recorded.output(step), "{step}");
        }
    }
}

#[test]
fn what_is_recorded_can_be_read() {
    let taped = Taped::new(Package::with(CODE).step("scan", "").step("reads", ""));
    taped.record(&["--simulate"]).passed();
    let lines = taped.lines();
    assert_eq!(lines[0]["cassette"], 1);
    assert_eq!(lines[0]["package"], "Demo_v00 1.0.0");
    assert_eq!(lines[0]["test"], "tests/main.yaml");
    assert_eq!(lines[0]["bench"], "simulated");
    assert_eq!(lines[1]["connect"]["host"], "agent64.local");
    let scan = &lines[2];
    assert_eq!(scan["step"], "scan");
    assert_eq!(scan["line"], "python_modules/m.py:9");
    assert_eq!(scan["http"]["method"], "POST");
    assert_eq!(scan["http"]["path"], "/api/comm/i2c");
    assert_eq!(scan["http"]["body"]["json"]["Action"], "Scan");
    assert_eq!(scan["http"]["status"], 200);
    assert_eq!(scan["http"]["reply"]["json"]["received"], "50");
    let (code, shown, _) = bench(&["show"], &[&taped.file()]);
    assert_eq!(code, 0);
    let told: Vec<_> = shown.lines().map(str::trim_start).collect();
    assert!(told[0].starts_with("Demo_v00 1.0.0, tests/main.yaml, simulated bench, recorded 20"));
    assert!(
        shown.contains("\nscan\n") && shown.contains("\nreads\n"),
        "{shown}"
    );
    assert!(
        shown.contains(
            r#"POST /api/resources/value/get {"Name":"MON_3V3"}  # python_modules/m.py:9"#
        ),
        "{shown}"
    );
    assert!(shown.contains(r#"200 {"value":"3.301"}"#), "{shown}");
}

#[test]
fn it_tells_who_called_the_client_and_not_where_that_is() {
    let code = "import client\n\ndef f():\n    name(1)\n\ndef name(n):\n    client.ask('application/name')\n";
    let package = Package::with(code).file("python_modules/client.py", CODE);
    let taped = Taped::new(package.step("f", ""));
    taped.record(&["--simulate"]).passed();
    assert_eq!(taped.lines()[1]["line"], "python_modules/m.py:7");
    assert_eq!(taped.lines()[2]["line"], "python_modules/m.py:7");
}

#[test]
fn another_request_fails_the_step_and_says_what_was_expected() {
    let taped = Taped::new(Package::with(CODE).step("scan", "").step("reads", ""));
    taped.record(&["--simulate"]).passed();
    let changed = CODE.replace(
        r#""Action": "Scan", "Address": "00""#,
        r#""Action": "Receive", "Address": "50", "NumberOfBytesToReceive": 1"#,
    );
    fs::write(taped.package.path().join("python_modules/m.py"), changed).expect("the module");
    let ran = taped.replay(&[]).failed();
    let step = ran.step("scan");
    assert_eq!(step["reason"], "replay_mismatch");
    let message = step["message"].as_str().expect("a message");
    for part in [
        "the run has left its recording",
        "at entry 2 of",
        r#"expected  POST /api/comm/i2c {"DeviceName":"0.ESH10000023.I2C09","Action":"Scan","Address":"00"}  ("scan", python_modules/m.py:9)"#,
        r#"actual    POST /api/comm/i2c {"DeviceName":"0.ESH10000023.I2C09","Action":"Receive","Address":"50","NumberOfBytesToReceive":1}"#,
        r#"body.Action: expected "Scan", actual "Receive""#,
        r#"body.Address: expected "00", actual "50""#,
        "body.NumberOfBytesToReceive: expected nothing, actual 1",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    let traceback = ran.attempt("scan")["traceback"]
        .as_array()
        .expect("a traceback");
    assert!(
        traceback
            .iter()
            .any(|frame| frame["file"] == "python_modules/m.py" && frame["line"] == 13)
    );
    assert!(
        ran.stdout.contains("body.Action: expected"),
        "{}",
        ran.stdout
    );
}

#[test]
fn requests_too_few_or_too_many_are_departures_too() {
    let taped = Taped::new(Package::with(CODE).step("scan", ""));
    taped.record(&["--simulate"]).passed();
    let original =
        fs::read_to_string(taped.package.path().join("python_modules/m.py")).expect("code");
    let replace = |code: String| {
        fs::write(taped.package.path().join("python_modules/m.py"), code).expect("the module");
    };
    replace(original.replace("def scan():", "def scan():\n    return"));
    let ran = taped.replay(&[]).failed();
    let message = ran.step("scan")["message"].as_str().expect("a message");
    assert_eq!(ran.step("scan")["reason"], "replay_mismatch");
    assert!(
        message.contains("expected  connect to agent64.local:5000"),
        "{message}"
    );
    assert!(
        message.contains("actual    the end of \"scan\""),
        "{message}"
    );

    replace(original.replace(
        "def scan():",
        "def scan():\n    try: reads()\n    except OSError: pass",
    ));
    let ran = taped.replay(&[]).failed();
    assert_eq!(
        ran.step("scan")["reason"],
        "replay_mismatch",
        "although it was swallowed"
    );

    replace(original.replace("    print(found", "    reads()\n    print(found"));
    let ran = taped.replay(&[]).failed();
    let message = ran.step("scan")["message"].as_str().expect("a message");
    assert!(
        message.contains("expected  nothing more; the recording ends here"),
        "{message}"
    );
    assert!(
        message.contains("actual    connect to agent64.local:5000"),
        "{message}"
    );
}

#[test]
fn secrets_are_never_written() {
    let taped = Taped::new(Package::with(CODE).step("logs_in", ""));
    taped.record(&["--simulate"]).passed();
    let text = fs::read_to_string(taped.file()).expect("a recording");
    assert!(!text.contains("hunter"), "{text}");
    assert!(text.contains(r#""Password":"***""#), "{text}");
    taped.replay(&[]).passed();
}

#[test]
fn names_of_further_secrets_can_be_given() {
    let code = r#"
import json, urllib.request
def f(host, pin, licence):
    body = json.dumps({"Name": "Engine.Uptime", "Pin": pin, "inner": [{"X-Licence": licence}]}).encode()
    headers = {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(host + "/api/resources/value/get?pin=" + pin, body, headers)).read()
"#;
    let package = Package::with(code)
        .file("local.yaml", "secrets: [PIN, x_licence]\ntags: {Pin: '4711'}\n")
        .step("f", "parameters: {host: '{{cfg.AGENT_HOST}}', pin: '{{exec.tag.Pin}}', licence: '{{exec.tag.Pin}}'}");
    let taped = Taped::new(package);
    let ran = taped.record(&["--simulate"]).passed();
    let text = fs::read_to_string(taped.file()).expect("a recording");
    assert!(!text.contains("4711"), "{text}");
    assert!(
        text.contains(r#""Pin":"***""#) && text.contains("?pin=***"),
        "{text}"
    );
    assert!(text.contains(r#""X-Licence":"***""#), "{text}");
    assert!(text.contains(r#""secrets":["PIN","x_licence"]"#), "{text}");
    assert_eq!(ran.report["tags"]["Pin"], "***");
    taped.replay(&[]).passed();
}

#[test]
fn a_stream_of_events_is_recorded_as_it_comes() {
    let code = r#"
import http.client, json, os, time
def ask(method, path, body=None):
    connection = http.client.HTTPConnection("agent64.local", 5000, timeout=30)
    connection.request(method, "/api/" + path, json.dumps(body) if body else None, {"Accept": "text/event-stream"})
    return connection.getresponse()
def event(stream):
    lines = []
    while line := stream.readline().strip():
        if not line.startswith(b":"):
            lines.append(line.decode())
    return lines
def f():
    begun = time.monotonic()
    stream = ask("GET", "events")
    hello = json.loads(event(stream)[2].removeprefix("data: "))
    wanted = {"StreamId": hello["streamId"], "Channels": ["TempRegulator.CPU_TEMP"], "IntervalMs": 500}
    ask("POST", "subscriptions", wanted).read()
    for _ in range(3):
        number, name, data = event(stream)
        print(number, name, json.loads(data.removeprefix("data: "))["values"])
        print(os.urandom(3).hex(), round(time.monotonic() - begun, 1))
    ask("POST", "lease", {"Owner": "me", "TtlMs": 2000}).read()
    print(next(found for _ in range(9) if (found := event(stream))[1:2] == ["event: lease"])[1])
    print(round(time.monotonic() - begun, 1))
    time.sleep(3)
    assert ask("POST", "system/services/webapi/restart").status == 202
    stream.read()
    print("over", round(time.monotonic() - begun, 1))
"#;
    let taped = Taped::new(Package::with(code).step("f", ""));
    let recorded = taped.record(&["--simulate"]).passed();
    let output = recorded.output("f").to_owned();
    let value = "{'TempRegulator.CPU_TEMP': '41.5'}";
    for number in 2..=4 {
        assert!(
            output.contains(&format!("id: {number} event: values {value}\n")),
            "{output}"
        );
    }
    assert!(output.contains("\nover "), "{output}");
    let lines = taped.lines();
    let streams = lines
        .iter()
        .filter(|line| line["http"]["media"] == "text/event-stream");
    assert_eq!(streams.count(), 1);
    let replayed = taped.replay(&[]).passed();
    assert_eq!(replayed.output("f"), output);
    assert_eq!(replayed.stderr, "");
}

/// A device that greets, answers two questions, and then says something that is no text.
fn device() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        stream.write_all(b"READY\n").expect("it listens");
        let mut lines = BufReader::new(stream.try_clone().expect("a clone"));
        for answer in ["ACME,PSU,1,2\n", "+3.298E+00\n"] {
            lines.read_line(&mut String::new()).expect("a question");
            stream.write_all(answer.as_bytes()).expect("it listens");
        }
        let mut byte = [0; 2];
        std::io::Read::read_exact(&mut lines, &mut byte).expect("two bytes");
        stream.write_all(&[0xfe, 0x01]).expect("it listens");
    });
    port
}

#[test]
fn other_streams_are_recorded_as_lines_and_hexadecimal() {
    let port = device();
    let package = Package::with(CODE)
        .step("talks", &format!("parameters: {{port: \"{port}\"}}"))
        .step("nobody", "parameters: {port: \"1\"}");
    let taped = Taped::new(package);
    let recorded = taped.record(&[]).passed();
    assert_eq!(
        recorded.output("talks"),
        "READY\nACME,PSU,1,2\n+3.298E+00\nb'\\xfe\\x01'\n"
    );
    let told: Vec<_> = taped
        .lines()
        .into_iter()
        .flat_map(|line| ["sent", "received"].map(|key| line[key].clone()))
        .filter(|said| !said.is_null())
        .map(|said| said.to_string())
        .collect();
    assert_eq!(
        told,
        [
            r#"{"text":"READY\n"}"#,
            r#"{"text":"*IDN?\n"}"#,
            r#"{"text":"ACME,PSU,1,2\n"}"#,
            r#"{"text":"MEAS:VOLT?\n"}"#,
            r#"{"text":"+3.298E+00\n"}"#,
            r#"{"hex":"00FF"}"#,
            r#"{"hex":"FE01"}"#,
        ]
    );
    // Nobody is there any more.
    let replayed = taped.replay(&[]).passed();
    for step in ["talks", "nobody"] {
        assert_eq!(replayed.output(step), recorded.output(step));
    }
}

#[test]
fn a_time_out_is_repeated_as_one() {
    let package = Package::with(CODE)
        .file("bench.yaml", "faults:\n  agent: {kind: stall}\n")
        .step("stalls", "timeout_ms: 5000")
        .cleanup("nothing");
    let taped = Taped::new(package);
    taped.record(&["--simulate"]).failed();
    for switches in [&[][..], &["--sandbox"]] {
        let ran = taped.replay(switches).failed();
        assert_eq!(ran.step("stalls")["reason"], "timeout");
        assert_eq!(ran.step("nothing")["verdict"], "PASS");
    }
}

#[test]
fn a_recording_that_was_cut_short_is_good_up_to_there() {
    let taped = Taped::new(Package::with(CODE).step("scan", "").step("reads", ""));
    taped.record(&["--simulate"]).passed();
    let text = fs::read_to_string(taped.file()).expect("a recording");
    fs::write(taped.file(), &text[..text.len() - 10]).expect("a shorter one");
    let ran = taped.replay(&[]).failed();
    assert!(
        ran.stderr
            .contains("was cut short; it is used up to its last whole line"),
        "{}",
        ran.stderr
    );
    assert_eq!(ran.step("scan")["verdict"], "PASS");
    assert_eq!(ran.step("reads")["reason"], "replay_mismatch");
    let (code, shown, _) = bench(&["show"], &[&taped.file()]);
    assert_eq!(code, 0);
    assert!(
        shown.ends_with("the recording was cut short here\n"),
        "{shown}"
    );
}

#[test]
fn it_can_be_packed() {
    let taped = Taped::new(Package::with(CODE).step("scan", ""));
    let file = taped.outside.path().join("bench.jsonl.zst");
    taped
        .run(&["--simulate", &format!("--record={}", file.display())])
        .passed();
    let packed = fs::read(&file).expect("a recording");
    assert_eq!(packed[..4], [0x28, 0xb5, 0x2f, 0xfd]);
    taped
        .run(&[&format!("--replay={}", file.display())])
        .passed();
    fs::write(&file, &packed[..packed.len() - 8]).expect("a shorter one");
    let (code, shown, _) = bench(&["show"], &[&file]);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("was cut short"), "{shown}");
}

#[test]
fn an_update_records_anew_and_says_what_has_changed() {
    let taped = Taped::new(Package::with(CODE).step("scan", "").step("reads", ""));
    taped.record(&["--simulate"]).passed();
    let old = taped.outside.path().join("old.jsonl");
    fs::copy(taped.file(), &old).expect("a copy");
    let same = taped.replay(&["--replay-update", "--simulate"]).passed();
    assert!(
        same.stderr.contains("nothing has changed"),
        "{}",
        same.stderr
    );

    let bench_file = taped.outside.path().join("bench.yaml");
    fs::write(
        &bench_file,
        "resources:\n  0.1.ESH10000158.MON_3V3: {value: \"3.1\"}\n",
    )
    .expect("a bench");
    let simulate = format!("--simulate={}", bench_file.display());
    let ran = taped.replay(&["--replay-update", &simulate]).passed();
    let change = "reads\n  ~ POST /api/resources/value/get {\"Name\":\"MON_3V3\"}\n      reply.value: \"3.301\" -> \"3.1\"\n";
    assert!(ran.stderr.contains(change), "{}", ran.stderr);
    let (code, found, _) = bench(&["diff"], &[&old, &taped.file()]);
    assert_eq!((code, found.as_str()), (1, change));
    let (code, found, _) = bench(&["diff"], &[&old, &old]);
    assert_eq!((code, found.as_str()), (0, ""));
    assert_eq!(
        taped.replay(&[]).passed().output("reads"),
        "{'value': '3.1'}\n"
    );
}

#[test]
fn fields_that_may_differ_are_named_in_the_head() {
    let taped = Taped::new(Package::with(CODE).step("scan", ""));
    taped.record(&["--simulate"]).passed();
    let text = fs::read_to_string(taped.file()).expect("a recording");
    let text = text.replace("\"Address\":\"00\"", "\"Address\":\"7F\"");
    fs::write(taped.file(), &text).expect("another one");
    taped.replay(&[]).failed();
    let text = text.replacen(
        "\"cassette\":1",
        "\"cassette\":1,\"ignore\":[\"Address\"]",
        1,
    );
    fs::write(taped.file(), text).expect("another one");
    taped.replay(&[]).passed();
}

#[test]
fn a_recording_and_another_bench_are_one_too_many() {
    let taped = Taped::new(Package::with(CODE).step("scan", ""));
    taped.record(&["--simulate"]).passed();
    let ran = taped.replay(&["--simulate"]);
    assert_eq!(ran.code, 2);
    assert_eq!(
        ran.stderr,
        "error: --replay stands in the place of a bench; leave --simulate out, or add --replay-update to record it anew from the simulated one\n"
    );
    let both = format!(
        "--record={}",
        taped.outside.path().join("b.jsonl").display()
    );
    assert_eq!(taped.replay(&[&both]).code, 2);
    let report = format!("--record={}", taped.file().display());
    let events = format!("--events={}", taped.file().display());
    let ran = taped.run(&["--simulate", &report, &events]);
    assert!(ran.stderr.contains("is named twice"), "{}", ran.stderr);
}

#[test]
fn a_recording_that_cannot_be_written_is_said_before_anything_runs() {
    let package = Package::with(CODE).step("scan", "");
    let ran = package.run(&["--simulate", "--record=/nowhere/bench.jsonl"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr
            .starts_with("error: /nowhere/bench.jsonl cannot be written: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_no_recording_is_refused() {
    let taped = Taped::new(Package::with(CODE).step("scan", ""));
    let refused = |content: &str| {
        fs::write(taped.file(), content).expect("a file");
        let ran = taped.replay(&[]);
        assert_eq!(ran.code, 2, "{}", ran.stdout);
        ran.stderr
    };
    let file = taped.file().display().to_string();
    let missing = taped.replay(&[]);
    assert_eq!(missing.code, 2);
    assert!(
        missing
            .stderr
            .starts_with(&format!("error: {file} cannot be read: ")),
        "{}",
        missing.stderr
    );
    assert_eq!(
        refused(""),
        format!("error: {file} is empty; record with `rehearse run PACKAGE --record {file}`\n")
    );
    assert_eq!(
        refused("{\"cassette\": 7}\n"),
        format!(
            "error: {file} has version 7 of the format, and this program reads 1; record it again, or take the version of rehearse that made it\n"
        )
    );
    let said = refused("hello\n");
    assert!(
        said.starts_with(&format!(
            "error: {file}:1: this is no line of a recording: "
        )),
        "{said}"
    );
    assert!(said.ends_with("\n  hello\n"), "{said}");
}

/// A server over HTTP of few words, each request on a connection of its own.
fn server(answer: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a client");
            let mut lines = BufReader::new(stream.try_clone().expect("a clone"));
            let mut length = 0;
            loop {
                let mut line = String::new();
                if lines.read_line(&mut line).expect("a line") < 3 {
                    break;
                }
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().expect("a length");
                }
            }
            let mut body = vec![0; length];
            std::io::Read::read_exact(&mut lines, &mut body).expect("a body");
            stream.write_all(answer.as_bytes()).expect("it listens");
        }
    });
    port
}

const HIDDEN: &str = r#"
import socket, urllib.error, urllib.request

def large(port):
    headers = {"Authorization": "Bearer hunter1", "X-Api-Key": "hunter2"}
    url = f"http://127.0.0.1:{port}/up?access_%74oken=hunter3"
    urllib.request.urlopen(urllib.request.Request(url, b"z" * 2_000_000, headers, method="PROPFIND")).read()

def form(port):
    urllib.request.urlopen(f"http://127.0.0.1:{port}/login", b"user=x&password=hunter4").read()

def pieces(port):
    with socket.create_connection(("127.0.0.1", int(port)), 5) as s:
        for piece in b"GE", b"T /q?token=hunter5 HT", b"TP/1.1\r\nAuthorization: hunter6\r\nHost: a\r\n\r\n":
            s.sendall(piece)
        print(s.recv(100)[:12])

def redirected(port):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/a")
    except urllib.error.HTTPError as error:
        print(error.code, error.headers["Location"])
"#;

#[test]
fn secrets_are_not_written_however_a_request_is_made() {
    let port = server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    let with = format!("parameters: {{port: \"{port}\"}}");
    let package = Package::with(HIDDEN)
        .step("large", &with)
        .step("form", &with)
        .step("pieces", &with);
    let taped = Taped::new(package);
    let recorded = taped.record(&[]).passed();
    let text = fs::read_to_string(taped.file()).expect("a recording");
    assert!(!text.contains("hunter"));
    assert!(text.contains("user=x&password=***"));
    let replayed = taped.replay(&[]).passed();
    assert_eq!(replayed.output("pieces"), recorded.output("pieces"));
}

#[test]
fn what_a_client_acts_upon_comes_back() {
    let port = server(
        "HTTP/1.1 302 Found\r\nLocation: mailto:nobody\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    let with = format!("parameters: {{port: \"{port}\"}}");
    let taped = Taped::new(Package::with(HIDDEN).step("redirected", &with));
    let recorded = taped.record(&[]).passed();
    assert_eq!(recorded.output("redirected"), "302 mailto:nobody\n");
    let replayed = taped.replay(&[]).passed();
    assert_eq!(replayed.output("redirected"), "302 mailto:nobody\n");
}

/// Devices that answer each line, late; as many as ask.
fn echo() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a client");
            thread::spawn(move || {
                let lines = BufReader::new(stream.try_clone().expect("a clone"));
                for line in lines.lines().map_while(Result::ok) {
                    thread::sleep(std::time::Duration::from_millis(30));
                    if writeln!(stream, "R:{line}").is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}

const SEVERAL: &str = r#"
import asyncio, socket, time
from concurrent.futures import ThreadPoolExecutor

kept = []

def crossed(port):
    a, b = (socket.create_connection(("127.0.0.1", int(port))) for _ in range(2))
    a.sendall(b"a\n")
    b.sendall(b"b\n")
    print(a.recv(100), b.recv(100))

def gathered(port):
    async def one(n):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
        writer.write(b"%d\n" % n)
        line = await reader.readline()
        writer.close()
        return line
    async def main():
        print(sorted(await asyncio.gather(*map(one, range(3)))))
        try:
            await asyncio.open_connection("127.0.0.1", 1)
        except ConnectionRefusedError:
            print("refused")
    asyncio.run(main())

def spins():
    end = time.monotonic() + 0.1
    while time.monotonic() < end:
        pass
    print("over")

def beside_a_thread(port):
    pool = ThreadPoolExecutor(1)
    pool.submit(pow, 2, 3).result()
    kept.append(pool)
    s = socket.create_connection(("127.0.0.1", int(port)), 0.2)
    try:
        s.recv(1)
    except TimeoutError:
        print("timed out")
"#;

#[test]
fn several_connections_at_once_are_repeated() {
    let port = echo();
    let with = format!("parameters: {{port: \"{port}\"}}, timeout_ms: 20000");
    let package = Package::with(SEVERAL)
        .step("crossed", &with)
        .step("gathered", &with);
    let taped = Taped::new(package);
    let recorded = taped.record(&[]).passed();
    let replayed = taped.replay(&[]).passed();
    for step in ["crossed", "gathered"] {
        assert_eq!(replayed.output(step), recorded.output(step));
    }
}

#[test]
fn code_that_looks_at_the_clock_again_and_again_comes_to_its_end() {
    let taped = Taped::new(Package::with(SEVERAL).step("spins", "timeout_ms: 20000"));
    taped.record(&[]).passed();
    assert_eq!(taped.replay(&[]).passed().output("spins"), "over\n");
}

#[test]
fn a_time_out_beside_a_thread_is_repeated_too() {
    let port = echo();
    let with = format!("parameters: {{port: \"{port}\"}}, timeout_ms: 20000");
    let taped = Taped::new(Package::with(SEVERAL).step("beside_a_thread", &with));
    taped.record(&[]).passed();
    let replayed = taped.replay(&[]).passed();
    assert_eq!(replayed.output("beside_a_thread"), "timed out\n");
}

#[test]
fn a_step_that_says_nothing_is_not_to_blame() {
    let taped = Taped::new(Package::with(CODE).step("scan", ""));
    taped.record(&["--simulate"]).passed();
    let longer = Package::with(CODE).step("nothing", "").step("scan", "");
    let ran = longer.run(&[&format!("--replay={}", taped.file().display())]);
    assert_eq!(ran.step("nothing")["verdict"], "PASS");
    assert_eq!(ran.step("scan")["verdict"], "PASS");
}

#[test]
fn what_a_run_did_not_come_to_is_said() {
    let taped = Taped::new(Package::with(CODE).step("scan", "").step("reads", ""));
    taped.record(&["--simulate"]).passed();
    let replay = format!("--replay={}", taped.file().display());
    let shorter = Package::with(CODE)
        .step("scan", "")
        .run(&[&replay])
        .passed();
    assert_eq!(
        shorter.stderr,
        "warning: the run did not come to 2 of the recording's requests; the first is connect to agent64.local:5000  (\"reads\", python_modules/m.py:9)\n"
    );
    assert_eq!(taped.replay(&[]).passed().stderr, "");
}

#[test]
fn an_update_after_a_run_that_failed_changes_nothing() {
    let taped = Taped::new(Package::with(CODE).step("scan", ""));
    taped.record(&["--simulate"]).passed();
    let before = fs::read(taped.file()).expect("a recording");
    let ran = taped
        .replay(&["--replay-update", "--host", "http://127.0.0.1:1"])
        .failed();
    assert!(
        ran.stderr
            .contains("stays as it was, since the run has not passed"),
        "{}",
        ran.stderr
    );
    assert_eq!(fs::read(taped.file()).expect("a recording"), before);
    let ran = taped.record(&["--simulate", "--only", "nosuch"]);
    assert_eq!(ran.code, 2);
    assert_eq!(fs::read(taped.file()).expect("a recording"), before);
}

const ENDS: &str = r#"
import http.client, select, socket, time

def kept_alive(port):
    client = http.client.HTTPConnection("127.0.0.1", int(port))
    made = 0
    for _ in range(3):
        # As urllib3 does before it uses a connection again.
        if client.sock is None or select.select([client.sock], [], [], 0)[0]:
            client.close()
            made += 1
        client.request("GET", "/")
        client.getresponse().read()
        time.sleep(0.3)
    print(made)

def broken(port):
    s = socket.create_connection(("127.0.0.1", int(port)))
    try:
        for _ in range(50):
            s.sendall(b"hello\n")
            time.sleep(0.02)
    except ConnectionError as error:
        print("broken")
"#;

#[test]
fn a_connection_that_ends_between_two_requests_ends_there_again() {
    // Says that it keeps the connection, and does not.
    let port = server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    let with = format!("parameters: {{port: \"{port}\"}}");
    let taped = Taped::new(Package::with(ENDS).step("kept_alive", &with));
    assert_eq!(taped.record(&[]).passed().output("kept_alive"), "3\n");
    assert_eq!(taped.replay(&[]).passed().output("kept_alive"), "3\n");
}

#[test]
fn a_connection_that_breaks_while_the_code_sends_breaks_again() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || drop(listener.accept()));
    let with = format!("parameters: {{port: \"{port}\"}}");
    let taped = Taped::new(Package::with(ENDS).step("broken", &with));
    assert_eq!(taped.record(&[]).passed().output("broken"), "broken\n");
    assert_eq!(taped.replay(&[]).passed().output("broken"), "broken\n");
}

/// A server whose queue is full: connecting to it takes as long as one waits.
#[cfg(target_os = "linux")]
#[test]
fn a_step_that_timed_out_while_it_connected_does_so_again() {
    let socket =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
    let any: std::net::SocketAddr = "127.0.0.1:0".parse().expect("an address");
    socket.bind(&any.into()).expect("a port");
    socket.listen(0).expect("it listens");
    let listener = TcpListener::from(socket);
    let address = listener.local_addr().expect("an address");
    let mut queue = Vec::new();
    // As many as it takes until one has to wait.
    while let Ok(stream) =
        std::net::TcpStream::connect_timeout(&address, std::time::Duration::from_millis(300))
    {
        queue.push(stream);
    }
    let code = "import socket\ndef f(port):\n    socket.create_connection(('127.0.0.1', int(port)))\ndef g():\n    pass\n";
    let step = format!(
        "timeout_ms: 300, parameters: {{port: \"{}\"}}",
        address.port()
    );
    let taped = Taped::new(Package::with(code).step("f", &step).cleanup("g"));
    let recorded = taped.record(&[]).failed();
    assert_eq!(recorded.attempt("f")["reason"], "timeout");
    drop(queue);
    drop(listener);
    let replayed = taped.replay(&[]).failed();
    let attempt = replayed.attempt("f");
    assert_eq!(attempt["reason"], "timeout", "{attempt}");
    assert_eq!(replayed.stderr, "");
}
