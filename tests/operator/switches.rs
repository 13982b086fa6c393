//! The switches of `rehearse run` for prompts and for the routing, on a command of its own.

use std::{fs, path::Path};

use clap::Parser;
use rehearsal::{
    cli::{Prompting, Routed, RoutingSwitches, Surroundings},
    diagnostic::Style,
    flow::{Context, Overrides},
};

use crate::{
    asking::{ask, question},
    package::{package, read},
};

#[derive(Parser)]
struct Switches {
    #[command(flatten)]
    prompting: Prompting,
    #[command(flatten)]
    routing: RoutingSwitches,
}

fn switches(arguments: &[&str]) -> Switches {
    Switches::parse_from(["rehearse"].iter().chain(arguments))
}

const LAMPS: &str = "
    - {name: Check lamps, type: prompt, prompt: {message: Look, buttons: [{name: PASS, action: pass}, {name: FAIL, action: fail}]}}
";

/// What these switches answer to the prompt, on a machine with or without a terminal; nothing when they are wrong.
fn answered(arguments: &[&str], terminals: [bool; 3]) -> Option<String> {
    let folder = package(LAMPS, &[("answers.yaml", "Check lamps: FAIL\n")]);
    let package = read(folder.path());
    let surroundings = Surroundings {
        current: folder.path().to_owned(),
        terminals,
        ..Surroundings::of_this_process()
    };
    let mut operator = switches(arguments).prompting.operator(
        &package,
        &package.tests,
        &surroundings,
        Style::PLAIN,
    )?;
    Some(ask(&mut *operator, &question()).0)
}

#[test]
fn the_switches_say_who_answers() {
    let no_terminal = [false, true, true];
    for (arguments, button) in [
        (&["--answer", "Check lamps=Cancel"][..], "Cancel"),
        (&["--answers", "answers.yaml"], "FAIL"),
        (
            &["--answers=answers.yaml", "--answer=Check lamps=PASS"],
            "PASS",
        ),
        (&["--unattended"], "PASS"),
        (&["--unattended", "--answer=Check lamps=FAIL"], "FAIL"),
    ] {
        assert_eq!(
            answered(arguments, no_terminal).as_deref(),
            Some(button),
            "{arguments:?}"
        );
    }
    for terminals in [no_terminal, [true, true, false]] {
        let why = answered(&[], terminals).expect("an operator");
        assert!(why.starts_with("nobody is there"), "{why}");
    }
}

#[test]
fn a_wrong_answer_is_refused_before_the_run() {
    for argument in ["--answer=Check lamps=GOOD", "--answers=missing.yaml"] {
        assert_eq!(answered(&[argument], [false; 3]), None, "{argument}");
    }
}

const ROUTING: &str = "routes: [{tests: [First, Demo]}]\nhistory: results/runs.jsonl\n";

fn admitted(folder: &Path, arguments: &[&str]) -> Option<Routed> {
    let package = read(folder);
    let test = &package.tests[0];
    let overrides = Overrides {
        exec: [("serial_number".to_owned(), "SN-1".to_owned())].into(),
        ..Overrides::default()
    };
    let context = Context::merge(test, &package.local, &overrides);
    switches(arguments)
        .routing
        .admit(&package, test, &context, false, Style::PLAIN)
}

#[test]
fn a_run_is_admitted_once_the_history_says_so() {
    let files = [
        ("local.yaml", "routing: line/routing.yaml\n"),
        ("line/routing.yaml", ROUTING),
    ];
    let folder = package(LAMPS, &files);
    assert!(admitted(folder.path(), &[]).is_none(), "no folder");
    let results = folder.path().join("line/results");
    fs::create_dir(&results).expect("a folder");
    assert!(admitted(folder.path(), &[]).is_none(), "too early");
    fs::create_dir(results.join("runs.jsonl")).expect("a folder");
    assert!(admitted(folder.path(), &[]).is_none(), "no file");
    fs::remove_dir(results.join("runs.jsonl")).expect("removed");
    let entry = r#"{"serial":"SN-1","test":"First","version":"1.0.0","package":"P","verdict":"PASS","finished":"2026-01-31T12:00:00Z","execution_id":"e","simulated":false}"#;
    fs::write(results.join("runs.jsonl"), entry).expect("a file");
    let routed = admitted(folder.path(), &[]).expect("admitted");
    assert!(routed.history.is_some());
}

#[test]
fn a_routing_may_be_ignored_and_then_remembers_nothing() {
    let local = "routing: {routes: [{tests: [Other]}], history: runs.jsonl}\n";
    let folder = package(LAMPS, &[("local.yaml", local)]);
    assert!(admitted(folder.path(), &[]).is_none());
    let routed = admitted(folder.path(), &["--ignore-routing"]).expect("admitted");
    assert!(routed.history.is_none());
}

#[test]
fn without_a_routing_every_run_is_admitted() {
    let folder = package(LAMPS, &[]);
    let routed = admitted(folder.path(), &[]).expect("admitted");
    assert!(routed.history.is_none());
}
