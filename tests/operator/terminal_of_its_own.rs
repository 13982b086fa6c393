//! The real terminal: this program runs itself in one that `script` makes.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    process::{Command, Stdio},
};

use rehearsal::operator::Terminal;

use crate::asking::{ask, mode, question, scan};

/// What runs in the terminal: two questions, and how they were answered.
#[test]
#[ignore = "the other test of this file runs it in a terminal"]
fn asks_in_a_terminal() {
    let mut terminal = Terminal::new("/package", false);
    let lamps = ask(&mut terminal, &question());
    println!("lamps {lamps:?}");
    let scanned = ask(
        &mut terminal,
        &scan(mode(rehearsal::package::model::InputMode::Text)),
    );
    println!("scanned {scanned:?}");
}

#[test]
fn a_terminal_is_asked_and_forgets_what_was_typed_ahead() {
    let this = env::current_exe().expect("this program");
    let own = "terminal_of_its_own::asks_in_a_terminal";
    let command = format!(
        "printf 'ready\\n'; read begin; '{}' {own} --exact --ignored --nocapture --test-threads=1",
        this.display()
    );
    let Ok(mut script) = Command::new("script")
        .args(["--quiet", "--return", "--echo", "always", "--command"])
        .args([&command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
    else {
        assert!(
            env::var_os("CI").is_none(),
            "script, of util-linux, is missing"
        );
        eprintln!("skipped: there is no script(1) here");
        return;
    };
    let mut keys = script.stdin.take().expect("a keyboard");
    let mut screen = BufReader::new(script.stdout.take().expect("a screen"));
    wait_for(&mut screen, "ready");
    // In one go: the shell takes the first line, the others are in the terminal before the first question.
    keys.write_all(b"go\nFAIL\nFAIL\n").expect("typed");
    wait_for(&mut screen, "Cancel > ");
    keys.write_all(b"c\n").expect("typed");
    wait_for(&mut screen, "Cancel) > ");
    keys.write_all(b"SN-1\n").expect("typed");
    let mut rest = String::new();
    screen.read_to_string(&mut rest).expect("the rest");
    assert!(script.wait().expect("its end").success(), "{rest}");
    assert!(rest.contains("scanned (\"OK\", Some(\"SN-1\"))"), "{rest}");
}

fn wait_for(screen: &mut impl BufRead, what: &str) {
    let mut seen = Vec::new();
    while !seen.ends_with(what.as_bytes()) {
        let mut byte = [0];
        match screen.read(&mut byte).expect("the screen") {
            0 => panic!("ended: {}", String::from_utf8_lossy(&seen)),
            _ => seen.push(byte[0]),
        }
    }
}
