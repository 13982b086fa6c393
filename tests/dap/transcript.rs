//! What the adapter says, message by message, and what it makes of nonsense.

use std::{
    fs,
    io::{BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use rehearsal::dap::{read, write};
use serde_json::{Value as Json, json};

const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dap/client/package");
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dap/transcript.txt");

/// Only against an adapter that hangs.
const PATIENCE: Duration = Duration::from_secs(120);

struct Adapter {
    child: Child,
    input: ChildStdin,
    messages: mpsc::Receiver<Json>,
    next: i64,
    transcript: String,
}

impl Adapter {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rehearse"))
            .arg("dap")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("rehearse starts");
        let input = child.stdin.take().expect("a pipe");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (tell, messages) = mpsc::channel();
        thread::spawn(move || {
            while let Ok(Some(message)) = read(&mut output) {
                if tell.send(message).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            input,
            messages,
            next: 0,
            transcript: String::new(),
        }
    }

    fn send(&mut self, command: &str, arguments: Json) {
        self.next += 1;
        let mut message = json!({"seq": self.next, "type": "request", "command": command});
        if !arguments.is_null() {
            message["arguments"] = arguments;
        }
        write(&mut self.input, &message).expect("written");
        self.note("→", &message);
    }

    /// Everything up to the response or event with that name; output, which comes when it likes, is left out.
    fn until(&mut self, name: &str) -> Json {
        loop {
            let message = self.messages.recv_timeout(PATIENCE).expect("a message");
            if message["event"] == "output" {
                continue;
            }
            let mut noted = message.clone();
            noted["seq"].take();
            self.note("←", &noted);
            let is = if message["type"] == "event" {
                &message["event"]
            } else {
                &message["command"]
            };
            if is == name {
                return message;
            }
        }
    }

    /// A request and its response.
    fn ask(&mut self, command: &str, arguments: Json) -> Json {
        self.send(command, arguments);
        self.until(command)
    }

    fn note(&mut self, direction: &str, message: &Json) {
        let text = message.to_string().replace(PACKAGE, "PACKAGE");
        self.transcript += &format!("{direction} {text}\n");
    }

    /// To the first stop, with a breakpoint at that line of the Python.
    fn launch(&mut self, line: u32) {
        self.ask("initialize", json!({"adapterID": "rehearsal"}));
        self.send("launch", json!({"package": PACKAGE, "simulate": true}));
        self.until("initialized");
        let source = json!({"path": format!("{PACKAGE}/python_modules/debugged_tests.py")});
        let breakpoints = json!({"source": source, "breakpoints": [{"line": line}]});
        self.ask("setBreakpoints", breakpoints);
        self.ask("configurationDone", Json::Null);
        self.until("stopped");
    }

    fn end(mut self) -> String {
        self.ask("disconnect", json!({}));
        drop(self.input);
        assert!(self.child.wait().expect("an end").success());
        self.transcript
    }
}

#[test]
fn a_session_reads_as_it_did() {
    let mut adapter = Adapter::start();
    adapter.launch(26);
    adapter.ask("threads", Json::Null);
    adapter.ask("stackTrace", json!({"threadId": 1}));
    adapter.ask("scopes", json!({"frameId": 1}));
    for reference in [1, 3, 5, 6] {
        adapter.ask("variables", json!({"variablesReference": reference}));
    }
    adapter.ask("evaluate", json!({"expression": "volts * 2", "frameId": 1}));
    adapter.ask(
        "setVariable",
        json!({"variablesReference": 1, "name": "volts", "value": "5.0"}),
    );
    adapter.send("stepBack", json!({"threadId": 1}));
    adapter.until("stopped");
    adapter.ask("stackTrace", json!({"threadId": 1, "levels": 1}));
    adapter.send("restartFrame", json!({"frameId": 1}));
    adapter.until("stopped");
    let transcript = adapter.end();
    if std::env::var_os("REHEARSAL_TESTS_UPDATE").is_some() {
        fs::write(GOLDEN, &transcript).expect("written");
        return;
    }
    let golden = fs::read_to_string(Path::new(GOLDEN)).expect("tests/dap/transcript.txt");
    let (found, wanted): (Vec<_>, Vec<_>) =
        (transcript.lines().collect(), golden.lines().collect());
    for (found, wanted) in found.iter().zip(&wanted) {
        assert_eq!(found, wanted, "REHEARSAL_TESTS_UPDATE=1 writes it again");
    }
    assert_eq!(found.len(), wanted.len());
}

#[test]
fn nonsense_gets_an_answer_and_the_session_goes_on() {
    let mut adapter = Adapter::start();
    let wrong = |adapter: &mut Adapter, command: &str, arguments: Json| {
        let answer = adapter.ask(command, arguments);
        assert_eq!(answer["success"], false, "{answer}");
        answer["message"].as_str().expect("a message").to_owned()
    };
    assert_eq!(
        wrong(&mut adapter, "threads", Json::Null),
        "there is no run yet; `launch` or `attach` begins one"
    );
    assert_eq!(
        wrong(&mut adapter, "launch", json!({})),
        "`package` is missing: the folder with the package's package.json"
    );
    assert_eq!(
        wrong(&mut adapter, "launch", json!({"package": 7})),
        "the arguments of `launch`: invalid type: number, expected path string"
    );
    assert_eq!(
        wrong(&mut adapter, "launch", json!({"package": "/nowhere"})),
        "the test did not begin: error: no folder `/nowhere`"
    );
    adapter.launch(26);
    for (command, arguments, message) in [
        ("dance", json!({}), "`dance` is not offered"),
        (
            "launch",
            json!({"package": PACKAGE}),
            "there is a run already",
        ),
        ("scopes", json!({"frameId": 99}), "there is no frame 99"),
        ("scopes", json!({"frameId": -1}), "there is no frame -1"),
        (
            "variables",
            json!({"variablesReference": i64::MAX}),
            "there is no variables reference 9223372036854775807 since it stood still last",
        ),
        (
            "variables",
            json!({"variablesReference": "x"}),
            "the arguments of `variables`: invalid type: string \"x\", expected i64",
        ),
        (
            "evaluate",
            json!({"expression": "1 +", "frameId": 1}),
            "SyntaxError: invalid syntax (<debugger>, line 1)",
        ),
        (
            "evaluate",
            json!({"expression": "nothing", "frameId": 1}),
            "NameError: name 'nothing' is not defined",
        ),
        ("setBreakpoints", json!({}), "the source has no path"),
    ] {
        let found = wrong(&mut adapter, command, arguments);
        assert!(found.starts_with(message), "{found:?} for {message:?}");
    }
    let lines =
        json!({"source": {"path": "/nowhere.py"}, "breakpoints": [{"line": -5}, {"line": 1}]});
    let answer = adapter.ask("setBreakpoints", lines);
    assert_eq!(
        answer["body"]["breakpoints"][1]["verified"], false,
        "{answer}"
    );
    adapter
        .input
        .write_all(b"Content-Length: 2\r\n\r\n{]")
        .expect("written");
    adapter
        .input
        .write_all(b"Content-Length: 4\r\n\r\nnull")
        .expect("written");
    let shown = adapter.ask("evaluate", json!({"expression": "volts", "frameId": 1}));
    assert_eq!(shown["body"]["result"], "5.42", "{shown}");
    adapter.end();
}
