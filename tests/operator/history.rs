//! The history of a routing: what is written, and what it says later.

use std::{fs, path::Path};

use indexmap::IndexMap;
use rehearsal::{
    event::{Event, Mode, Named, RunStarted, Sink, Stamped, StepId, TestInfo, Verdict},
    report::{History, last_results},
};

fn started(test: &str, mode: Mode) -> Event {
    Event::RunStarted(Box::new(RunStarted {
        schema: "rehearsal/events/1".into(),
        version: "0.1.0".into(),
        execution_id: "e-1".into(),
        package: Named {
            name: "Demo_v01".into(),
            version: "1.2.3".into(),
        },
        test: TestInfo {
            name: test.into(),
            version: "1.0.0".into(),
            file: "tests/main.yaml".into(),
        },
        serial_number: "SN-1".into(),
        tags: IndexMap::new(),
        config: IndexMap::new(),
        started: "2026-01-31T12:00:00Z".into(),
        mode,
        steps: 1,
        settings: IndexMap::new(),
        variables: IndexMap::new(),
    }))
}

fn live() -> Mode {
    Mode {
        interpreter: "native".into(),
        bench: "live".into(),
        virtual_time: false,
        unattended: false,
        debugged: false,
        forced: Vec::new(),
        partial: false,
        selection: Vec::new(),
        stubbed: Vec::new(),
        routing: None,
        permissions: None,
    }
}

fn step(forced: bool) -> Event {
    Event::StepFinished {
        step: StepId(0),
        verdict: Verdict::Pass,
        reason: None,
        message: None,
        forced,
        duration_ns: 0,
        outputs: IndexMap::new(),
    }
}

fn finished(verdict: Verdict) -> Event {
    Event::RunFinished {
        verdict,
        reason: None,
        ended_by: None,
        signal: None,
        duration_ns: 1_500_000_000,
    }
}

/// Lets a history watch these events; what it says at its end.
fn watch(path: &Path, events: Vec<Event>) -> Result<(), String> {
    let mut history = History::new(path);
    for (seq, event) in (0..).zip(events) {
        history.take(&Stamped { seq, at: 0, event });
    }
    history.finish().map_err(|error| error.to_string())
}

fn run(path: &Path, test: &str, mode: Mode, verdict: Verdict) {
    let events = vec![started(test, mode), step(false), finished(verdict)];
    watch(path, events).expect("written");
}

fn last(path: &Path, serial: &str, simulated: bool) -> Vec<(String, bool)> {
    let (results, warnings) = last_results(path, serial, simulated).expect("read");
    assert!(warnings.is_empty(), "{warnings:?}");
    let mut results: Vec<_> = results.into_iter().collect();
    results.sort();
    results
}

#[test]
fn a_complete_run_leaves_one_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("runs.jsonl");
    run(&path, "Incoming Check", live(), Verdict::Pass);
    assert_eq!(
        fs::read_to_string(&path).expect("the history"),
        "{\"serial\":\"SN-1\",\"test\":\"Incoming Check\",\"version\":\"1.0.0\",\"package\":\"Demo_v01\",\"verdict\":\"PASS\",\
         \"finished\":\"2026-01-31T12:00:01.5Z\",\"execution_id\":\"e-1\",\"simulated\":false}\n"
    );
}

#[test]
fn the_last_run_of_a_test_counts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("runs.jsonl");
    run(&path, "A", live(), Verdict::Pass);
    run(&path, "B", live(), Verdict::Fail);
    run(&path, "A", live(), Verdict::Fail);
    run(&path, "B", live(), Verdict::Pass);
    assert_eq!(
        last(&path, "SN-1", false),
        [("A".into(), false), ("B".into(), true)]
    );
    assert_eq!(last(&path, "SN-2", false), []);
}

#[test]
fn a_simulated_run_counts_for_simulated_runs_only() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("runs.jsonl");
    let simulated = Mode {
        bench: "simulated".into(),
        virtual_time: false,
        ..live()
    };
    run(&path, "A", simulated, Verdict::Pass);
    run(&path, "B", live(), Verdict::Pass);
    assert_eq!(last(&path, "SN-1", false), [("B".into(), true)]);
    assert_eq!(
        last(&path, "SN-1", true),
        [("A".into(), true), ("B".into(), true)]
    );
}

#[test]
fn an_incomplete_run_leaves_no_trace() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("runs.jsonl");
    run(&path, "A", live(), Verdict::Aborted);
    run(&path, "A", live(), Verdict::Skipped);
    let partial = Mode {
        partial: true,
        ..live()
    };
    run(&path, "A", partial, Verdict::Pass);
    let forced = Mode {
        forced: vec!["Step".into()],
        ..live()
    };
    run(&path, "A", forced, Verdict::Pass);
    let events = vec![started("A", live()), step(true), finished(Verdict::Pass)];
    watch(&path, events).expect("nothing to write");
    watch(&path, vec![started("A", live())]).expect("nothing to write");
    assert!(!path.exists());
}

#[test]
fn a_run_within_the_run_is_not_the_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("runs.jsonl");
    let events = vec![
        started("Outer", live()),
        started("Inner", live()),
        finished(Verdict::Pass),
        finished(Verdict::Fail),
    ];
    watch(&path, events).expect("written");
    assert_eq!(last(&path, "SN-1", false), [("Outer".into(), false)]);
}

#[test]
fn a_line_that_was_cut_off_is_passed_over_and_the_next_one_stands_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("runs.jsonl");
    fs::write(&path, "{\"serial\":\"SN-1\",\"te").expect("a file");
    run(&path, "A", live(), Verdict::Pass);
    let (results, warnings) = last_results(&path, "SN-1", false).expect("read");
    assert_eq!(results.get("A"), Some(&true));
    let shown = warnings
        .render(&Default::default(), rehearsal::diagnostic::Style::PLAIN)
        .replace(&folder.path().to_string_lossy().replace('\\', "/"), "ROOT");
    assert_eq!(
        shown,
        "warning: line 1 of the history `ROOT/runs.jsonl` is no entry: EOF while parsing a string\n |\n \
         = help: it is passed over; correct or remove the line\n"
    );
}

#[test]
fn a_history_that_is_not_there_yet_is_empty() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(last(&folder.path().join("runs.jsonl"), "SN-1", false), []);
    assert!(last_results(folder.path(), "SN-1", false).is_err());
}

#[test]
fn a_history_that_cannot_be_written_is_an_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("nowhere/runs.jsonl");
    let events = vec![started("A", live()), finished(Verdict::Pass)];
    let error = watch(&path, events).expect_err("no folder");
    assert!(error.starts_with("failed to write "), "{error}");
}
