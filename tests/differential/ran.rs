//! What a run came to, from the output of `run_local.py` or the report of `rehearse run`.

use std::{fs, path::Path, process::Output};

use serde_json::Value as Json;

/// Addresses are `URL` in all texts.
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
    /// What the code printed, in all attempts.
    pub output: String,
    /// What it raised in its last attempt.
    pub error: Option<String>,
    pub measurements: Vec<Measurement>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    pub name: String,
    pub verdict: String,
    pub value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    Text(String),
}

impl Ran {
    #[track_caller]
    pub fn of_run_local(output: &Output, url: &str) -> Self {
        let shown = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(errors, "", "{shown}");
        let shown = shown.replace(url, "URL");
        // The first line says what runs, the last one the verdict.
        let (_, rest) = shown.split_once('\n').expect("a first line");
        let mut steps: Vec<Step> = Vec::new();
        let mut verdict = "";
        let mut printed = String::new();
        for line in rest.lines() {
            if let Some(line) = line.strip_prefix("  - [") {
                let (verdict, rest) = line.split_once("] ").expect("a verdict");
                let (name, reason) = rest.split_once("  (").unwrap_or((rest, ""));
                let reason = reason.strip_suffix(')').unwrap_or(reason);
                let mut step = Step {
                    name: name.into(),
                    verdict: verdict.trim_end().into(),
                    output: std::mem::take(&mut printed),
                    ..Step::default()
                };
                if step.verdict == "SKIP" {
                    step.verdict = "SKIPPED".into();
                } else if reason.contains(": ") {
                    step.error = Some(reason.into());
                }
                steps.push(step);
            } else if let Some(line) = line.strip_prefix("      [") {
                let (verdict, rest) = line.split_once("] ").expect("a verdict");
                let (name, value) = rest.split_once(" = ").expect("a value");
                steps
                    .last_mut()
                    .expect("a step")
                    .measurements
                    .push(Measurement {
                        name: name.into(),
                        verdict: verdict.trim_end().into(),
                        value: Value::of_text(value),
                    });
            } else {
                verdict = line;
                printed += line;
                printed += "\n";
            }
        }
        Self {
            code: output.status.code().expect("an exit code"),
            verdict: verdict.into(),
            steps,
        }
    }

    #[track_caller]
    pub fn of_rehearse(output: &Output, report: &Path, url: &str) -> Self {
        let shown = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        let report = fs::read_to_string(report).unwrap_or_else(|error| panic!("{error}: {shown}"));
        let report: Json = serde_json::from_str(&report.replace(url, "URL")).expect("JSON");
        Self {
            code: output.status.code().expect("an exit code"),
            verdict: text(&report["verdict"]),
            steps: list(&report["steps"]).iter().map(Step::of_report).collect(),
        }
    }

    /// The same but for why connections failed.
    pub fn without_causes(mut self) -> Self {
        for error in self.steps.iter_mut().filter_map(|step| step.error.as_mut()) {
            if let Some((kept, _)) = error.split_once(": no answer from URL: ") {
                *error = kept.into();
            }
        }
        self
    }

    #[track_caller]
    pub fn step(&self, name: &str) -> &Step {
        let found = self.steps.iter().find(|step| step.name == name);
        found.unwrap_or_else(|| panic!("no step {name}: {self:?}"))
    }

    /// The steps that failed.
    pub fn failed(&self) -> Vec<&str> {
        let failed = self.steps.iter().filter(|step| step.verdict == "FAIL");
        failed.map(|step| step.name.as_str()).collect()
    }
}

impl Step {
    fn of_report(step: &Json) -> Self {
        let attempts: Vec<_> = list(&step["iterations"])
            .iter()
            .flat_map(|iteration| list(&iteration["attempts"]))
            .collect();
        let raised = attempts
            .last()
            .filter(|attempt| attempt["reason"] == "exception");
        Self {
            name: text(&step["name"]),
            verdict: text(&step["verdict"]),
            output: attempts
                .iter()
                .map(|attempt| text(&attempt["output"]))
                .collect(),
            error: raised.map(|attempt| {
                // Its module stands before a class's name here.
                let message = text(&attempt["message"]);
                let (class, rest) = message.split_once(": ").expect("a class and a text");
                let class = class.rsplit('.').next().expect("a name");
                format!("{class}: {rest}")
            }),
            measurements: list(&step["measurements"])
                .iter()
                .map(|measurement| Measurement {
                    name: text(&measurement["name"]),
                    verdict: text(&measurement["verdict"]),
                    value: match &measurement["value"] {
                        Json::String(text) => Value::Text(text.clone()),
                        other => Value::of_text(&other.to_string()),
                    },
                })
                .collect(),
        }
    }

    #[track_caller]
    pub fn measured(&self, name: &str) -> &Measurement {
        let found = self.measurements.iter().find(|its| its.name == name);
        found.unwrap_or_else(|| panic!("no measurement {name}: {self:?}"))
    }
}

impl Value {
    fn of_text(text: &str) -> Self {
        match text {
            "True" => Self::Text("true".into()),
            "False" => Self::Text("false".into()),
            text => text
                .parse()
                .map_or_else(|_| Self::Text(text.into()), Self::Number),
        }
    }
}

#[track_caller]
fn text(json: &Json) -> String {
    json.as_str()
        .unwrap_or_else(|| panic!("no text: {json}"))
        .into()
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}
