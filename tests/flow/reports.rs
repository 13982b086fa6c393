//! The JSON report and the event stream: written whole, and each to be had from the other.

use std::fs;

use rehearsal::{
    event::{Event, Stamped, Verdict},
    flow::interruption::Signal,
    report::{EventLines, Incomplete, JsonReport, Report},
};
use rehearsal_python::{
    host::{ErrorKind, Handle, HostError, Reply, Request},
    value::{BigInt, Value},
};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::support::{
    Shared, Trial, boolean, dict, numeric, prints, raises, returns, scalar, signal, sleeps, step,
    takes,
};

/// A run with everything in it that a report can hold.
fn rich() -> Trial {
    let big = |text| BigInt::parse(text).map_or(Value::None, Value::Big);
    Trial::new()
        .with(|trial| {
            trial.test.tags.insert("ProductId".into(), scalar("P7"));
            trial
                .overrides
                .cfg
                .insert("MES_PASSWORD".into(), "x".into());
        })
        .setup(
            step("Connect")
                .retry(1, 250)
                .does([takes(3), prints("no\n"), raises("OSError", "busy")])
                .does([takes(4)]),
        )
        .step(
            step("Measure")
                .output("copy", "{{v}}")
                .measures(
                    numeric("V")
                        .value("{{v}}")
                        .low("4.750")
                        .high("5.25")
                        .unit("V"),
                )
                .measures(numeric("NAN").value("{{nan}}"))
                .measures(boolean("OK").expected("true"))
                .does([
                    takes(1),
                    returns(dict([
                        ("v", Value::Float(5.0)),
                        ("nan", Value::Float(f64::NAN)),
                        ("ok", Value::Bool(true)),
                        ("wide", Value::Int(i64::MIN)),
                        ("big", big("18446744073709551617")),
                        (
                            "huge",
                            big("-123456789012345678901234567890123456789012345"),
                        ),
                        ("tiny", Value::Float(5e-324)),
                        (
                            "list",
                            Value::List(vec![Value::None, Value::Str("\u{1b}\u{3a9}".into())]),
                        ),
                    ])),
                ]),
        )
        .step(step("Off").disabled())
        .step(step("Wait").does([takes(2), signal(Signal::Interrupt), sleeps()]))
        .teardown(step("Disconnect").run_on_abort())
}

fn parse(text: &str) -> Vec<Stamped> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

#[test]
fn an_events_file_gives_the_identical_report_again() {
    let folder = TempDir::new().unwrap();
    let (events, report) = (
        folder.path().join("run.jsonl"),
        folder.path().join("run.json"),
    );
    let run = rich()
        .sink(EventLines::create(&events).unwrap())
        .sink(JsonReport::new(&report))
        .run();
    assert!(run.lost_reports.is_empty());
    let parsed = parse(&fs::read_to_string(&events).unwrap());
    assert_eq!(parsed, run.events);
    let again = Report::from_events(&parsed).unwrap();
    assert_eq!(again, run.report());
    let written = fs::read_to_string(&report).unwrap();
    assert_eq!(
        serde_json::to_string_pretty(&again).unwrap() + "\n",
        written
    );
    assert_eq!(serde_json::from_str::<Report>(&written).unwrap(), again);
}

#[test]
fn the_json_report_has_its_promised_form() {
    let report = serde_json::to_value(rich().run().report()).unwrap();
    let keys = |value: &Json| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        keys(&report),
        "schema version execution_id verdict exit_code reason ended_by package test serial_number tags config started \
         duration_ms mode warnings output steps"
    );
    let step = &report["steps"][1];
    assert_eq!(
        keys(step),
        "name phase verdict reason message forced duration_ms iterations measurements outputs statistics"
    );
    assert_eq!(keys(&step["iterations"][0]), "index verdict attempts");
    assert_eq!(
        keys(&step["iterations"][0]["attempts"][0]),
        "verdict reason message traceback duration_ms returned lost output prompt sequence"
    );
    assert_eq!(
        keys(&step["measurements"][0]),
        "iteration name type value unit operator low_limit high_limit target expected verdict reason message"
    );
    assert_eq!(report["schema"], "rehearsal/report/1");
    assert_eq!(report["verdict"], "ABORTED");
    assert_eq!(report["exit_code"], 130);
    assert_eq!(report["reason"], "interrupted");
    assert_eq!(
        report["ended_by"],
        json!({"step": "Wait", "rule": "interrupted"})
    );
    assert_eq!(
        report["package"],
        json!({"name": "ESH1_Power_v01", "version": "0.3.0"})
    );
    assert_eq!(
        report["mode"],
        json!({"interpreter": "scripted", "bench": "simulated", "unattended": false, "forced": [], "partial": false, "selection": [], "stubbed": [], "routing": null})
    );
    assert_eq!(
        report["config"],
        json!({"AGENT_HOST": "http://agent64.local:5000", "MES_PASSWORD": "***"})
    );
    assert_eq!(report["tags"], json!({"ProductId": "P7"}));
    assert_eq!(report["started"], "2026-11-18T11:06:40Z");
    assert_eq!(report["duration_ms"], json!(260.0));
    let connect = &report["steps"][0];
    assert_eq!(connect["phase"], "setup");
    assert_eq!(connect["iterations"][0]["attempts"][0]["output"], "no\n");
    let first_frame = json!({"file": "python_modules/board.py", "line": 12, "function": "scan"});
    assert_eq!(
        connect["iterations"][0]["attempts"][0]["traceback"][0],
        first_frame
    );
    assert_eq!(step["measurements"][0]["low_limit"].to_string(), "4.750");
    assert_eq!(step["measurements"][1]["value"], "NaN");
    assert_eq!(
        step["iterations"][0]["attempts"][0]["returned"]["big"].to_string(),
        "18446744073709551617"
    );
    assert_eq!(step["outputs"]["copy"], json!(5.0));
    assert_eq!(report["steps"][2]["iterations"], json!([]));
}

#[test]
fn a_report_that_cannot_be_written_is_told_and_disturbs_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("missing").join("run.json");
    let run = Trial::new()
        .step(step("a"))
        .sink(JsonReport::new(&path))
        .run();
    assert_eq!(run.outcome.verdict, Verdict::Pass);
    assert_eq!(run.outcome.exit().with_lost_report().code(), 3);
    assert_eq!(
        run.lost_reports,
        [format!(
            "failed to write {}: there is no folder {}; create it first",
            path.display(),
            folder.path().join("missing").display()
        )]
    );
}

#[test]
fn a_report_replaces_the_one_before_and_leaves_nothing_else_behind() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("run.json");
    fs::write(&path, "old").unwrap();
    Trial::new()
        .step(step("a"))
        .sink(JsonReport::new(&path))
        .run();
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .starts_with("{\n  \"schema\": \"rehearsal/report/1\"")
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn events_that_are_not_a_whole_run_give_no_report() {
    let run = Trial::new().step(step("a")).run();
    assert_eq!(
        Report::from_events(&run.events[..run.events.len() - 1]),
        Err(Incomplete::NotFinished)
    );
    assert_eq!(Report::from_events(&[]), Err(Incomplete::NotStarted));
}

#[test]
fn an_event_stream_that_fails_ends_without_a_gap_and_is_told() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let run = Trial::new()
        .step(step("a"))
        .sink(EventLines::new("run.jsonl", Box::new(Full)))
        .run();
    assert_eq!(run.outcome.verdict, Verdict::Pass);
    assert_eq!(
        run.lost_reports,
        ["failed to write run.jsonl: no storage space"]
    );
}

#[test]
fn host_traffic_survives_the_event_stream() {
    let handle = Handle(u64::MAX);
    let step = None;
    let refused = HostError::new(ErrorKind::Refused, "connection refused");
    let events = [
        Event::HostRequest {
            step,
            id: 1,
            request: Request::Send {
                handle,
                data: vec![0, 255],
                timeout: Some(5),
            },
        },
        Event::HostReply {
            step,
            id: 1,
            result: Ok(Reply::Count(2)),
        },
        Event::HostReply {
            step,
            id: 2,
            result: Ok(Reply::Bytes(b"ok\n".to_vec())),
        },
        Event::HostReply {
            step,
            id: 3,
            result: Err(refused),
        },
        Event::HostRequest {
            step,
            id: 4,
            request: Request::Environment,
        },
    ];
    for (seq, event) in (0..).zip(events) {
        let stamped = Stamped {
            seq,
            at: u64::MAX,
            event,
        };
        let line = serde_json::to_string(&stamped).unwrap();
        assert_eq!(
            serde_json::from_str::<Stamped>(&line).unwrap(),
            stamped,
            "{line}"
        );
    }
}

#[test]
fn the_event_stream_reads_as_documented() {
    let written = Shared::default();
    Trial::new()
        .step(step("Scan").parameter("bus", "1").does([
            takes(12),
            prints("found 1\n"),
            returns(Value::Int(1)),
        ]))
        .sink(EventLines::new("run.jsonl", Box::new(written.clone())))
        .run();
    let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let example = written.split_once('\n').unwrap().1;
    let documented = include_str!("../../docs/events.md");
    assert!(
        documented.contains(&format!("```json\n{example}```\n")),
        "docs/events.md lacks this example:\n{example}"
    );
}
