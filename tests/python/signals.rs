//! What Ctrl-C and its kin do to a script.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::program::{Folder, Ran};

struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// Starts the code and waits for its first line.
fn start(code: &str) -> Running {
    let mut child = Folder::new()
        .command(&["-c", code])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rehearse starts");
    let input = child.stdin.take().expect("its input");
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    output.read_line(&mut line).expect("a line");
    assert_eq!(line, "ready\n");
    Running {
        child,
        input,
        output,
    }
}

impl Running {
    fn send(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill_process(Pid::from_raw(pid).expect("a process"), signal).expect("the signal is sent");
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        line
    }

    fn end(self) -> Ran {
        drop(self.output);
        let ran = Ran::of(self.child.wait_with_output().expect("its end"));
        // Kept open until here: the end of its input would end a program that waits for it.
        drop(self.input);
        ran
    }
}

#[test]
fn ctrl_c_raises_keyboard_interrupt() {
    for wait in [
        "time.sleep(600)",
        "input()",
        "threading.Event().wait()",
        "exec('while True: pass')",
    ] {
        let running = start(&format!(
            "import threading, time; print('ready', flush=True); {wait}"
        ));
        running.send(Signal::INT);
        let ran = running.end();
        assert_eq!(ran.code, Some(130), "{wait}: {}", ran.stderr);
        let last = ran.stderr.lines().last();
        assert_eq!(last, Some("KeyboardInterrupt"), "{wait}: {}", ran.stderr);
    }
}

#[test]
fn a_ctrl_c_that_comes_while_input_flushes_is_not_lost() {
    let code = "import sys\nclass Stream:\n    def flush(self):\n        sys.stderr = sys.__stderr__\n        raise KeyboardInterrupt\n\
                print('ready', flush=True)\nsys.stderr = Stream()\ninput()\n";
    assert_eq!(start(code).end().code, Some(130));
}

#[test]
fn a_script_may_catch_every_ctrl_c() {
    let mut running = start(
        "import time\nfor turn in ('ready', 'again'):\n    try:\n        print(turn, flush=True)\n        time.sleep(600)\n    \
         except KeyboardInterrupt:\n        print('caught', turn, flush=True)\n",
    );
    running.send(Signal::INT);
    assert_eq!(running.line(), "caught ready\n");
    assert_eq!(running.line(), "again\n");
    running.send(Signal::INT);
    assert_eq!(running.line(), "caught again\n");
    assert_eq!(running.end().code, Some(0));
}

#[test]
fn sigterm_ends_a_script_at_once() {
    let running = start(
        "import time\nprint('ready', flush=True)\ntry:\n    time.sleep(600)\nfinally:\n    print('cleaned')\n",
    );
    running.send(Signal::TERM);
    assert_eq!(running.end().code, Some(143));
}

#[test]
fn sigterm_ends_a_script_that_has_caught_a_ctrl_c() {
    let mut running = start(
        "import time\nwhile True:\n    try:\n        print('ready', flush=True)\n        time.sleep(600)\n    \
         except KeyboardInterrupt:\n        pass\n",
    );
    running.send(Signal::INT);
    assert_eq!(running.line(), "ready\n");
    running.send(Signal::TERM);
    assert_eq!(running.end().code, Some(143));
}
