//! `rehearse debug` as a person uses it, through a pseudo-terminal.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::json;

use crate::{outside, package::Package, serving::Serving};

const CODE: &str = r#"
OFFSET = 1

def read(count):
    values = []
    for index in range(int(count)):
        values.append(index * 2)
    total = sum(values) + OFFSET
    return {"total": total}

def check():
    data = b"\x50\xff"
    print("checked")
    return {"ok": len(data)}

def stops():
    here = 7
    breakpoint()
    print("went on", here)

def breaks():
    wanted = {"a": 1}
    return wanted["b"]

def cleanup():
    print("cleaned up")
"#;

fn package() -> Package {
    Package::with(CODE)
        .file("bench.yaml", "")
        .step(
            "read",
            "parameters: {count: 4}, measurement: {name: T, value: \"{{total}}\", high_limit: 10}",
        )
        .step("check", "")
        .cleanup("cleanup")
}

/// Types each line once the text before it has come. Gives what was shown, and the exit code.
fn talk(
    package: &Package,
    command: &str,
    arguments: &[&str],
    lines: &[(&str, &str)],
) -> Option<(String, i32)> {
    let python = outside::cpython()?;
    // Writes the YAML.
    package.command(&[]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/run/terminal.py");
    let mut child = Command::new(python)
        .arg(script)
        .args([env!("CARGO_BIN_EXE_rehearse"), command])
        .arg(package.path())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python starts");
    let steps: Vec<_> = lines
        .iter()
        .map(|(wanted, typed)| json!([wanted, typed]))
        .collect();
    let mut input = child.stdin.take().expect("a pipe");
    input
        .write_all(json!(steps).to_string().as_bytes())
        .expect("written");
    drop(input);
    let output = child.wait_with_output().expect("an end");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    Some((shown, output.status.code().expect("a code")))
}

const HERE: &str = "(rehearse) ";

/// In both interpreters.
fn both(check: impl Fn(&[&str])) {
    check(&["--simulate"]);
    check(&["--simulate", "--sandbox"]);
}

#[track_caller]
fn shows(shown: &str, lines: &[&str]) {
    let mut rest = shown;
    for line in lines {
        let Some(at) = rest.find(line) else {
            panic!("{line:?} is not there, or not in this order:\n{shown}");
        };
        rest = &rest[at + line.len()..];
    }
}

#[test]
fn a_variable_that_is_set_at_a_breakpoint_flips_the_verdict() {
    both(|arguments| {
        let talked = talk(
            &package(),
            "debug",
            arguments,
            &[
                (HERE, "b m.py:8 if len(values) == 4\n"),
                (HERE, "c\n"),
                (HERE, "p values\n"),
                (HERE, "w\n"),
                (HERE, "n\n"),
                (HERE, "set total = 3\n"),
                (HERE, "c\n"),
            ],
        );
        let Some((shown, code)) = talked else { return };
        shows(
            &shown,
            &[
                "> before step read  tests/main.yaml:5  calls m.read",
                "breakpoint 1  ",
                "> python_modules/m.py:8 in read, step read  breakpoint",
                "->    8      total = sum(values) + OFFSET",
                "[0, 2, 4, 6]",
                "> 0  python_modules/m.py:8 in read",
                "     step read  tests/main.yaml:5",
                "> python_modules/m.py:9 in read, step read",
                "total = 3",
                "PASS",
            ],
        );
        assert_eq!(code, 0, "{shown}");
    });
}

#[test]
fn one_steps_over_lines_into_the_next_step_and_back() {
    both(|arguments| {
        let talked = talk(
            &package(),
            "debug",
            arguments,
            &[
                (HERE, "b m.py:8\n"),
                (HERE, "c\n"),
                (HERE, "n\n"),
                (HERE, "back\n"),
                (HERE, "back\n"),
                (HERE, "p values\n"),
                (HERE, "delete 1\n"),
                (HERE, "c\n"),
                // The measurement fails.
                (HERE, "back\n"),
                (HERE, "force pass\n"),
                (HERE, "s\n"),
                (HERE, "n\n"),
                (HERE, "p data\n"),
                (HERE, "goto read\n"),
                (HERE, "force skip\n"),
                (HERE, "c\n"),
            ],
        );
        let Some((shown, code)) = talked else { return };
        shows(
            &shown,
            &[
                "> python_modules/m.py:8 in read, step read  breakpoint",
                "> python_modules/m.py:9 in read, step read",
                "> python_modules/m.py:8 in read, step read  back",
                "> python_modules/m.py:6 in read, step read  back",
                "[0, 2, 4, 6]",
                "> after step read: FAIL T 13 (<= 10)",
                "> before step read",
                "> before step check",
                "> python_modules/m.py:12 in check",
                "> python_modules/m.py:13 in check",
                "bytes(2) 50 FF",
                "> before step read",
                "> before step check",
                "cleaned up",
                "PASS",
            ],
        );
        assert_eq!(code, 0, "{shown}");
    });
}

#[test]
fn going_back_does_not_depend_on_what_was_changed_since() {
    both(|arguments| {
        let package = Package::with(CODE).file("bench.yaml", "").step(
            "read",
            "parameters: {count: 4}, retry: {count: 1}, measurement: {name: T, value: \"{{total}}\", high_limit: 10}",
        ).step("check", "");
        let talked = talk(
            &package,
            "debug",
            arguments,
            &[
                (HERE, "goto \"Raed\"\n"),
                (HERE, "b \"check\" if 1\n"),
                (HERE, "b m.py:8\n"),
                (HERE, "c\n"),
                // The second attempt.
                (HERE, "c\n"),
                (HERE, "n\n"),
                (HERE, "set total = 1\n"),
                (HERE, "delete 1\n"),
                (HERE, "back\n"),
                (HERE, "p total if 'total' in locals() else 'none'\n"),
                (HERE, "p max(v + len(values) for v in values)\n"),
                (HERE, "n\n"),
                (HERE, "set total = 2\n"),
                (HERE, "c\n"),
            ],
        );
        let Some((shown, code)) = talked else { return };
        shows(
            &shown,
            &[
                "there is no step \"Raed\"; `steps` lists their names",
                "at a step there is no code yet that could evaluate a condition",
                "> python_modules/m.py:8 in read, step read  breakpoint",
                "> python_modules/m.py:8 in read, step read  breakpoint",
                "> python_modules/m.py:9 in read",
                "> python_modules/m.py:8 in read, step read  back",
                "'none'",
                "\n10  0x0A\n",
                "total = 2",
                "PASS",
            ],
        );
        assert_eq!(code, 0, "{shown}");
    });
}

#[test]
fn breakpoint_in_the_code_and_an_exception_stop_and_quitting_runs_teardown() {
    both(|arguments| {
        let package = Package::with(CODE)
            .file("bench.yaml", "")
            .step("stops", "")
            .step("breaks", "")
            .step("check", "")
            .cleanup("cleanup");
        let talked = talk(
            &package,
            "debug",
            arguments,
            &[
                (HERE, "c\n"),
                (HERE, "p here\n"),
                (HERE, "c\n"),
                (HERE, "p wanted\n"),
                (HERE, "q\n"),
            ],
        );
        let Some((shown, code)) = talked else { return };
        shows(
            &shown,
            &[
                "breakpoint()",
                "\n7\n",
                "went on 7",
                "uncaught: KeyError: 'b'",
                "{'a': 1}",
                "cleaned up",
                "ABORTED",
            ],
        );
        assert_eq!(code, 130, "{shown}");
    });
}

#[test]
fn time_stands_still_with_the_run() {
    for arguments in [
        &["--simulate", "--real-time"][..],
        &["--simulate", "--real-time", "--sandbox"],
    ] {
        let package = Package::with(CODE)
            .file("bench.yaml", "")
            .step("read", "timeout_ms: 3000, parameters: {count: 4}");
        let lines = [
            (HERE, "b m.py:8\n"),
            (HERE, "c\n"),
            (HERE, "~p total\n"),
            (HERE, "~p index\n"),
            (HERE, "~p index\n"),
            (HERE, "~p index\n"),
            (HERE, "back\n"),
            (HERE, "c\n"),
        ];
        let Some((shown, code)) = talk(&package, "debug", arguments, &lines) else {
            return;
        };
        shows(
            &shown,
            &[
                "breakpoint",
                "with --real-time no run is like another",
                "PASS",
            ],
        );
        assert_eq!(code, 0, "{shown}");
    }
}

#[test]
fn a_step_begins_anew_with_the_code_as_it_is_now() {
    both(|arguments| {
        let package = package();
        let module = package.path().join("python_modules/m.py");
        let edit = format!(
            "!sed -i.bak 's/index \\* 2/index/' {}\nrestart\n",
            module.display()
        );
        let lines = [
            (HERE, "b m.py:8\n"),
            (HERE, "c\n"),
            (HERE, &*edit),
            (HERE, "c\n"),
            (HERE, "p values\n"),
            (HERE, "c\n"),
        ];
        let Some((shown, code)) = talk(&package, "debug", arguments, &lines) else {
            return;
        };
        shows(
            &shown,
            &[
                "breakpoint",
                "> before step read",
                "breakpoint",
                "[0, 1, 2, 3]",
                "PASS",
            ],
        );
        assert_eq!(code, 0, "{shown}");
    });
}

#[test]
fn on_a_live_bench_a_step_is_repeated_where_it_is() {
    for (arguments, kept) in [
        (&[][..], "its modules are imported anew"),
        (
            &["--sandbox"][..],
            "its modules have kept what they had when it began",
        ),
    ] {
        let lines = [
            (HERE, "b m.py:8\n"),
            (HERE, "c\n"),
            (HERE, "back\n"),
            (HERE, "restart\n"),
            (HERE, "c\n"),
            (HERE, "set values = [1]\n"),
            (HERE, "c\n"),
        ];
        let Some((shown, code)) = talk(&package(), "debug", arguments, &lines) else {
            return;
        };
        shows(
            &shown,
            &[
                "the bench is live: what was sent to it cannot be taken back",
                "restarted",
                kept,
                "> before step read",
                "breakpoint",
                "PASS",
            ],
        );
        assert_eq!(code, 0, "{shown}");
    }
}

#[test]
fn without_a_debugger_breakpoint_says_so_and_goes_on() {
    for arguments in [&[][..], &["--sandbox"]] {
        let package = Package::with(CODE).file("bench.yaml", "").step("stops", "");
        let ran = package.run(arguments);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.output("stops"), "went on 7\n");
        assert!(
            ran.stdout.contains(
                "breakpoint() at python_modules/m.py:18 was passed; `rehearse debug` stops there"
            ),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn a_prompt_within_the_package_keeps_what_it_was_told_and_survives_ctrl_c() {
    both(|arguments| {
        let talked = talk(
            &package(),
            "repl",
            arguments,
            &[
                (">>> ", "import m\n"),
                (">>> ", "m.read(3)\n"),
                (">>> ", "x = 40\n"),
                (">>> ", "def f():\n"),
                ("... ", "    return x + 2\n"),
                ("... ", "\n"),
                (">>> ", "f()\n"),
                (">>> ", "m.nothing\n"),
                (">>> ", "if True:\n"),
                ("... ", "    print('not' + 'run')\n"),
                ("... ", "\x03"),
                (">>> ", "exec('print(\"busy\")\\nwhile True: pass')\n"),
                ("\nbusy\n", "\x03"),
                (">>> ", "x\n"),
                (">>> ", "raise SystemExit(0)\n"),
            ],
        );
        let Some((shown, code)) = talked else { return };
        shows(
            &shown,
            &["{'total': 7}", "42", "AttributeError", "\nbusy\n", "\n40\n"],
        );
        assert!(!shown.contains("notrun"), "{shown}");
        assert_eq!(code, 0, "{shown}");
    });
}

const HOLDS: &str = r#"
import http.client, json, os

def ask(method, path, body, **headers):
    host, port = os.environ["AGENT"].split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request(method, path, json.dumps(body), {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, json.loads(text) if text else None

def holds():
    _, lease = ask("POST", "/api/lease", {"Owner": "test", "TtlMs": 2500})
    here = lease["leaseId"]
    status, _ = ask("PUT", f"/api/lease/{here}", {})
    ask("DELETE", f"/api/lease/{here}", {})
    return {"status": status}
"#;

#[test]
fn the_lease_of_a_live_agent_is_kept_while_the_run_stands_still() {
    let agent = Serving::start(Path::new("."), [] as [&str; 0]);
    let address = agent.address();
    for arguments in [&[][..], &["--sandbox"]] {
        let package =
            Package::with(HOLDS.replace("os.environ[\"AGENT\"]", &format!("{address:?}"))).step(
                "holds",
                "measurement: {name: STATUS, value: \"{{status}}\", operator: equal, target: 200}",
            );
        let host = format!("--host=http://{address}");
        let mut arguments = arguments.to_vec();
        arguments.push(&host);
        let lines = [
            (HERE, "b m.py:15\n"),
            (HERE, "c\n"),
            (HERE, "~p 1\n"),
            (HERE, "~p 2\n"),
            (HERE, "~c\n"),
        ];
        let Some((shown, code)) = talk(&package, "debug", &arguments, &lines) else {
            return;
        };
        assert_eq!(code, 0, "{shown}");
    }
}

#[test]
fn breakpoint_lands_in_the_debugger_at_a_terminal() {
    let package = Package::with(CODE).file("bench.yaml", "").step("stops", "");
    let lines = [(HERE, "p here + 1\n"), (HERE, "c\n")];
    let Some((shown, code)) = talk(&package, "run", &["--simulate"], &lines) else {
        return;
    };
    shows(&shown, &["breakpoint()", "\n8\n", "went on 7", "PASS"]);
    assert_eq!(code, 0, "{shown}");
}
