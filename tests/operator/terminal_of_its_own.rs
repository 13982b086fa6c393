//! The real terminal: this program runs itself in one that script(1) makes.

use std::{
    env,
    io::{Read, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
};

use rehearsal::{
    flow::interruption::{Interruption, Signal},
    operator::{Operator, Terminal},
    package::model::InputMode,
};
use signal_hook::{consts::SIGINT, iterator::Signals};

use crate::asking::{ask, mode, question, scan};

/// What runs in the terminal: two questions, and how they were answered.
#[test]
#[ignore = "another test of this file runs it in a terminal"]
fn asks_in_a_terminal() {
    let mut terminal = Terminal::new("/package", false);
    let lamps = ask(&mut terminal, &question());
    println!("lamps {lamps:?}");
    let scanned = ask(&mut terminal, &scan(mode(InputMode::Text)));
    println!("scanned {scanned:?}");
}

/// What runs in the terminal: a question that Ctrl-C ends, and another one.
#[test]
#[ignore = "another test of this file runs it in a terminal"]
fn is_interrupted_in_a_terminal() {
    let interruption = Interruption::new();
    let stop = interruption.stop_above(0);
    let mut signals = Signals::new([SIGINT]).expect("signals");
    thread::spawn(move || {
        for _ in signals.forever() {
            interruption.raise(Signal::Interrupt);
        }
    });
    let mut terminal = Terminal::new("/package", false);
    println!("first {:?}", terminal.ask(&question(), &stop));
    println!("then {:?}", ask(&mut terminal, &question()));
}

#[test]
fn a_terminal_is_asked_and_forgets_what_was_typed_ahead() {
    let Some(mut script) = Script::running("asks_in_a_terminal") else {
        return;
    };
    // In one go: the shell takes the first line, the others are in the terminal before the first question.
    script.types("go\nFAIL\nFAIL\n");
    script.shows("Cancel > ");
    script.types("c\n");
    script.shows("lamps (\"Cancel\", None)");
    script.shows("Cancel) > ");
    script.types("SN-1\n");
    script.shows("scanned (\"OK\", Some(\"SN-1\"))");
    script.ends();
}

#[test]
fn ctrl_c_ends_a_question_and_leaves_the_terminal_as_it_was() {
    let Some(mut script) = Script::running("is_interrupted_in_a_terminal") else {
        return;
    };
    script.types("go\n");
    script.shows("Cancel > ");
    script.types("\u{3}");
    script.shows("first Stopped");
    script.shows("Cancel > ");
    // The terminal still edits lines: the first letter is taken back.
    script.types("x\u{7f}f\n");
    script.shows("then (\"FAIL\", None)");
    script.ends();
}

/// A test of this file, in a terminal.
struct Script {
    script: Child,
    keys: ChildStdin,
    screen: ChildStdout,
}

impl Script {
    /// `None` where there is no script(1).
    fn running(test: &str) -> Option<Self> {
        let this = env::current_exe().expect("this program");
        let command = format!(
            "printf 'ready\\n'; read begin; exec '{}' terminal_of_its_own::{test} --exact --ignored --nocapture --test-threads=1",
            this.display()
        );
        let started = Command::new("script")
            .args(["--quiet", "--return", "--echo", "always", "--command"])
            .args([&command, "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut script) = started else {
            assert!(
                env::var_os("CI").is_none(),
                "script, of util-linux, is missing"
            );
            eprintln!("skipped: there is no script(1) here");
            return None;
        };
        let mut script = Self {
            keys: script.stdin.take().expect("a keyboard"),
            screen: script.stdout.take().expect("a screen"),
            script,
        };
        script.shows("ready");
        Some(script)
    }

    fn types(&mut self, text: &str) {
        self.keys.write_all(text.as_bytes()).expect("typed");
    }

    #[track_caller]
    fn shows(&mut self, what: &str) {
        let mut seen = Vec::new();
        while !seen.ends_with(what.as_bytes()) {
            let mut byte = [0];
            match self.screen.read(&mut byte).expect("the screen") {
                0 => panic!("no {what:?} in {:?}", String::from_utf8_lossy(&seen)),
                _ => seen.push(byte[0]),
            }
        }
    }

    fn ends(mut self) {
        let mut rest = String::new();
        self.screen.read_to_string(&mut rest).expect("the rest");
        assert!(self.script.wait().expect("its end").success(), "{rest}");
    }
}
