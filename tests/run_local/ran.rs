//! What a run came to, from the report of `rehearse run` or the output of a script.

use std::{fs, path::Path, process::Output};

use serde_json::Value as Json;

#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    pub code: i32,
    pub verdict: String,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    pub name: String,
    pub verdict: String,
    /// The first word of why.
    pub reason: String,
    /// What the code printed, in all attempts.
    pub output: String,
    /// The verdicts of its measurements.
    pub measurements: Vec<String>,
}

impl Ran {
    #[track_caller]
    pub fn of_script(output: &Output) -> Self {
        let shown = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
        let errors = String::from_utf8_lossy(&output.stderr);
        let mut steps: Vec<Step> = Vec::new();
        let mut printed = String::new();
        let mut verdict = "";
        for line in shown.lines() {
            if let Some(line) = line.strip_prefix("  - [") {
                let (verdict, rest) = line.split_once("] ").expect("a verdict");
                let (name, reason) = rest.split_once("  (").unwrap_or((rest, ""));
                let reason = reason.split([':', ')']).next().unwrap_or_default();
                steps.push(Step {
                    name: name.into(),
                    verdict: match verdict.trim_end() {
                        "SKIP" => "SKIPPED".into(),
                        other => other.into(),
                    },
                    reason: reason.into(),
                    output: std::mem::take(&mut printed),
                    measurements: Vec::new(),
                });
            } else if let Some(line) = line.strip_prefix("      [") {
                let (verdict, _) = line.split_once(']').expect("a verdict");
                let step = steps.last_mut().expect("a step");
                step.measurements.push(verdict.trim_end().into());
            } else {
                verdict = line;
                printed += line;
                printed.push('\n');
            }
        }
        assert!(
            printed.ends_with(&format!("{verdict}\n")) && !steps.is_empty(),
            "no run: {shown}{errors}"
        );
        Self {
            code: output.status.code().expect("an exit code"),
            verdict: verdict.into(),
            steps,
        }
    }

    #[track_caller]
    pub fn of_report(output: &Output, report: &Path) -> Self {
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let report = fs::read_to_string(report).unwrap_or_else(|error| panic!("{error}: {errors}"));
        let report: Json = serde_json::from_str(&report).expect("JSON");
        Self {
            code: output.status.code().expect("an exit code"),
            verdict: text(&report["verdict"]),
            steps: list(&report["steps"]).iter().map(of_report).collect(),
        }
    }
}

fn of_report(step: &Json) -> Step {
    let attempts = list(&step["iterations"])
        .iter()
        .flat_map(|iteration| list(&iteration["attempts"]));
    Step {
        name: text(&step["name"]),
        verdict: text(&step["verdict"]),
        reason: text(&step["reason"]),
        output: attempts.map(|attempt| text(&attempt["output"])).collect(),
        measurements: list(&step["measurements"])
            .iter()
            .map(|measurement| text(&measurement["verdict"]))
            .collect(),
    }
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().into()
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}
