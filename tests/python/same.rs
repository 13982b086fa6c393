//! Programs that must print and end the same under CPython.

use crate::{outside, program::Folder};

const SCRIPT: &str = r#""""A program."""
import atexit, sys, threading

print(__name__, __file__, __doc__, sys.argv)
atexit.register(print, "at exit")
late = threading.Thread(target=lambda: (threading.main_thread().join(), print("from a thread")))
late.start()

def fail():
    raise ValueError("no good")

kind = sys.argv[1] if len(sys.argv) > 1 else ""
if kind == "exit":
    sys.exit(eval(sys.argv[2]))
if kind == "raise":
    fail()
if kind == "cause":
    try:
        fail()
    except ValueError as error:
        raise KeyError("other") from error
if kind == "input":
    print(input("name? "), input(), sys.stdin.read().split(), sys.stdin.read())
if kind == "lines":
    for line in sys.stdin:
        print(repr(line))
if kind == "end":
    print("no newline", end="")
    print("neither here", end="", file=sys.stderr)
if kind == "pickle":
    import pickle
    class Thing: pass
    print(type(pickle.loads(pickle.dumps(Thing()))))
if kind == "hook":
    sys.excepthook = lambda kind, value, traceback: print("hook", kind, value, traceback.tb_frame.f_code.co_name)
    fail()
print("done")
"#;

/// Runs the same under both; all but the places within tracebacks must be equal.
#[track_caller]
fn compare(arguments: &[&str], input: &str) {
    let Some(python) = outside::cpython() else {
        return;
    };
    let folder = Folder::new()
        .file("program.py", SCRIPT)
        .file("pkg/__init__.py", "")
        .file("pkg/__main__.py", "import sys; print(__name__, __package__, sys.argv[1:])\n")
        .file("syntax.py", "print('never')\ndef f(:\n")
        .file("test_sums.py", "import unittest\nclass Sums(unittest.TestCase):\n    def test_sum(self):\n        self.assertEqual(1 + 1, 2)\n");
    let ours = folder.run_with_input(arguments, input);
    let theirs = folder.run_cpython(&python, arguments, input);
    assert_eq!(ours.stdout, theirs.stdout, "{arguments:?}: {ours:?}");
    assert_eq!(ours.code, theirs.code, "{arguments:?}: {ours:?}");
    // Carets and line numbers within the standard library are each version's own.
    let last = |text: &str| text.lines().last().unwrap_or_default().to_owned();
    assert_eq!(last(&ours.stderr), last(&theirs.stderr), "{arguments:?}");
}

#[test]
fn a_script_with_arguments() {
    compare(&["program.py"], "");
    compare(&["program.py", "a", "--simulate", "-c", "", "ü"], "");
    compare(&["./program.py", "pickle"], "");
}

#[test]
fn every_way_to_end() {
    for value in [
        "0",
        "7",
        "None",
        "True",
        "'some text'",
        "256",
        "-1",
        "(1, 2)",
    ] {
        compare(&["program.py", "exit", value], "");
    }
    compare(&["program.py", "raise"], "");
    compare(&["program.py", "cause"], "");
    compare(&["program.py", "hook"], "");
    compare(&["program.py", "end"], "");
}

#[test]
fn standard_input() {
    compare(&["program.py", "input"], "bob\nbuilder\nx y\nz");
    compare(&["program.py", "input"], "");
    compare(&["program.py", "lines"], "one\r\ntwo\n\nthrée");
}

#[test]
fn bytes_that_are_no_text() {
    let Some(python) = outside::cpython() else {
        return;
    };
    let folder = Folder::new();
    let code = "import os, sys; print('text', end=''); sys.stdout.flush(); sys.stdout.buffer.write(b'\\xff\\x00\\n'); \
                sys.stdout.buffer.flush(); os.write(1, bytes(range(256)))";
    let theirs = std::process::Command::new(python)
        .args(["-c", code])
        .output()
        .expect("CPython starts");
    let ours = folder
        .command(&["-c", code])
        .output()
        .expect("rehearse starts");
    assert_eq!(ours.stdout, theirs.stdout, "{ours:?}");
}

#[test]
fn a_line_of_code() {
    let show = "import sys; print(sys.argv, __name__, sys.path[0]); import pkg";
    compare(&["-c", show, "a", "-m", "--version"], "");
    compare(&["-c", "1/0"], "");
}

#[test]
fn cpythons_switches() {
    let show = "import sys, warnings; print(sys.path[0] == '', sys.warnoptions); warnings.warn('odd', DeprecationWarning)";
    compare(&["-uB", "-X", "utf8", "-c", show], "");
    compare(&["-W", "error", "-c", show], "");
    compare(&["-Wignore", "-Werror::UserWarning", "-c", show], "");
    compare(
        &["-I", "-c", "import sys; print('' in sys.path); import pkg"],
        "",
    );
    compare(&["-I", "pkg"], "");
}

#[test]
fn a_module() {
    compare(&["-m", "json.tool", "--compact"], r#"{"a": [1, 2]}"#);
    compare(&["-m", "pkg", "x", "-c"], "");
    compare(&["-m", "unittest", "-q", "test_sums"], "");
    compare(&["-m", "base64", "-e"], "some bytes");
}

#[test]
fn a_program_from_standard_input() {
    compare(
        &[],
        "import sys\nprint(__name__, sys.argv)\nraise SystemExit(3)\n",
    );
    compare(&["-"], "print(__name__)\n");
}

#[test]
fn a_folder_with_a_main_module() {
    compare(&["pkg", "x"], "");
}

#[test]
fn a_syntax_error() {
    let Some(python) = outside::cpython() else {
        return;
    };
    let folder = Folder::new().file("syntax.py", "print('never')\ndef f(:\n");
    let (ours, theirs) = (
        folder.run(&["syntax.py"]),
        folder.run_cpython(&python, &["syntax.py"], ""),
    );
    assert_eq!(ours.code, theirs.code);
    assert_eq!(ours.stdout, "");
    assert!(
        ours.stderr.contains("syntax.py\", line 2"),
        "{}",
        ours.stderr
    );
    assert!(ours.stderr.contains("SyntaxError: "), "{}", ours.stderr);
}

#[test]
fn standard_output_is_utf_8_until_it_is_closed() {
    compare(
        &[
            "-c",
            "import sys; sys.stdout.reconfigure(encoding='UTF8', line_buffering=True, write_through=True, newline=None, errors='strict'); print('ü')",
        ],
        "",
    );
    compare(
        &["-c", "import sys; sys.stdout.close(); print('never')"],
        "",
    );
    let ran = Folder::new().run(&[
        "-c",
        "import sys; sys.stdout.reconfigure(encoding='latin-1')",
    ]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let last = ran.stderr.lines().last();
    assert_eq!(
        last,
        Some(
            "io.UnsupportedOperation: <stdout> is written as UTF-8, not as latin-1; write() encoded bytes to its buffer"
        )
    );
}

/// Addresses as text, with what C's own functions take and refuse.
const ADDRESSES: &str = r#"
import socket

def show(function, *arguments):
    try:
        print(function.__name__, arguments, function(*arguments))
    except Exception as error:
        print(function.__name__, arguments, type(error).__name__, error.args)

for ip in (
    "1.2.3.4", "010.1.1.1", "1_0.1.1.1", "0x10.1.1.1", "1.2", "1", "1.2.3.4 x", " 1.2.3.4", "08.1.1.1", "", "1.2.3.", "-1.2.3.4", "4294967295",
    "4294967296", "1.2.65536", "1.16777215", "0x.1", "1.2.3.4.5", "+1", "0X1F", "00", "0o1", "0b1", "1a", "256.1", "\u0661.1.1.1", "1\0",
):
    show(socket.inet_aton, ip)
for ip in ("1.2.3.4", "01.2.3.4", "00.0.0.0", "0.0.0.0", "1.2.3", "256.1.1.1", "1.2.3.4 ", "0001.1.1.1", "1.2.3.-4", "1_0.1.1.1", "::1"):
    show(socket.inet_pton, socket.AF_INET, ip)
for ip in (
    "::", "::1", "1::", "1:2:3:4:5:6:7:8", "00001::", "0x1::", "1_1::", " ::1", "::1 ", "::1%lo", "1.2.3.4::", "::1.2.3.4", "::ffff:1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", ":::", "1:::2", "1::2::3", ":1::", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "::01.2.3.4", "g::", "", "1:2.3.4.5::", "::1.2.3.4:5", "-1::", "+1::", "1.2.3.4",
):
    show(socket.inet_pton, socket.AF_INET6, ip)
"#;

#[test]
fn addresses_as_text() {
    compare(&["-c", ADDRESSES], "");
}

/// What is to be connected with, less the raw sockets that CPython lists beside.
const LOOK_UPS: &str = r#"
import socket

def show(*arguments, **named):
    try:
        found = [tuple(map(repr, answer)) for answer in socket.getaddrinfo(*arguments, **named) if answer[1] != socket.SOCK_RAW]
    except OSError as error:
        found = type(error).__name__, error.args
    print(arguments, named, found)

for named in ({}, {"type": 1}, {"proto": 6}, {"proto": 17}, {"family": 2}, {"family": 10}, {"type": 2, "family": 10}):
    for flags in (0, socket.AI_PASSIVE):
        show(None, 80, flags=flags, **named)
    show("127.0.0.1", 80, **named)
    show("::1", 80, **named)
for port in (70000, "70000", 2**40, -1, "-1", "12x", None, 0, "http"):
    show("127.0.0.1", port, type=1)
for named in ({"proto": 99}, {"type": 1, "proto": 17}, {"type": 77}, {"type": 3}, {"type": 3, "proto": 6}, {"family": 99}, {"family": 1}):
    show("127.0.0.1", 80, **named)
show("", 80)
show(None, None)
show("127.1", 1)
show("010.1.1.1", 1)
show("no such name", 1, flags=socket.AI_NUMERICHOST)
"#;

// The numbers of errors and the order of the families are the C library's.
#[cfg(target_os = "linux")]
#[test]
fn looking_up_addresses() {
    compare(&["-c", LOOK_UPS], "");
}
