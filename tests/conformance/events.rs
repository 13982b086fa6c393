//! Runs a command in both interpreters and compares the events, but for what may differ.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value as Json;

/// What a run left.
pub struct Ran {
    pub code: Option<i32>,
    pub events: Vec<Json>,
    pub stderr: String,
}

/// Runs `rehearse` with these arguments in a folder; `more` are those of one interpreter.
pub fn run(arguments: &[String], folder: &Path, more: &[&str]) -> Ran {
    let kept = tempfile::tempdir().expect("a folder");
    let file = kept.path().join("events.jsonl");
    let output = Command::new(env!("CARGO_BIN_EXE_rehearse"))
        .args(arguments)
        .args(more)
        .arg(format!("--events={}", file.display()))
        .current_dir(folder)
        .env_remove("REHEARSAL_SANDBOX")
        .stdin(Stdio::null())
        .output()
        .expect("rehearse starts");
    let events = fs::read_to_string(&file).unwrap_or_default();
    Ran {
        code: output.status.code(),
        events: events
            .lines()
            .map(|line| normal(serde_json::from_str(line).expect("a line of JSON"), folder))
            .collect(),
        stderr: String::from_utf8_lossy(&output.stderr)
            .replace(&folder.display().to_string(), "FOLDER"),
    }
}

/// The event without what differs between any two runs.
fn normal(mut event: Json, folder: &Path) -> Json {
    let kind = event["event"].as_str().unwrap_or_default().to_owned();
    for name in ["at", "duration_ns", "took_ns", "execution_id", "started"] {
        if let Some(event) = event.as_object_mut() {
            event.remove(name);
        }
    }
    if let Some(mode) = event.get_mut("mode").and_then(Json::as_object_mut) {
        mode.remove("interpreter");
        mode.remove("permissions");
    }
    // Random bytes, ports that the system chose, and what a slice of waiting has left of a time-out.
    if kind == "host_reply"
        && let Some(bytes) = event.pointer_mut("/result/Ok/bytes")
        && bytes.get("hex").is_some()
    {
        *bytes = "random".into();
    }
    let text = event.to_string();
    let text = text.replace(&folder.display().to_string(), "FOLDER");
    let text = local_ports(&text);
    serde_json::from_str(&text).expect("still JSON")
}

/// `{"ip":"127.0.0.1","port":45678}` with a port of the system's choice says nothing.
fn local_ports(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\"port\":") {
        shown += before;
        shown += "\"port\":";
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let port: u32 = after[..digits].parse().unwrap_or(0);
        if port >= 32_768 {
            shown += "99999";
        } else {
            shown += &after[..digits];
        }
        rest = &after[digits..];
    }
    shown + rest
}

/// Where the two differ first, with a few events around; none when they do not.
pub fn difference(native: &Ran, sandboxed: &Ran) -> Option<String> {
    if native.code != sandboxed.code {
        return Some(format!(
            "exit codes {:?} and {:?}\nnative: {}\nsandbox: {}",
            native.code, sandboxed.code, native.stderr, sandboxed.stderr
        ));
    }
    if native.stderr != sandboxed.stderr {
        return Some(format!(
            "native: {}\nsandbox: {}",
            native.stderr, sandboxed.stderr
        ));
    }
    let none = Json::Null;
    let most = native.events.len().max(sandboxed.events.len());
    (0..most).find_map(|number| {
        let its = native.events.get(number).unwrap_or(&none);
        let other = sandboxed.events.get(number).unwrap_or(&none);
        (its != other).then(|| format!("event {number}\nnative:  {its}\nsandbox: {other}"))
    })
}
