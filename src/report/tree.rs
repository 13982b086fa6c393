//! The report of a run as a tree, version 1: what the JSON report holds (docs/reports.md).

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{
    event::{
        self, Answered, EndedBy, MeasurementReason, Mode, Named, Phase, Reason, Stamped,
        Statistics, TestInfo, Verdict,
    },
    host::permissions::Access,
    python::Frame,
};

use super::{Builder, Incomplete};

pub const SCHEMA: &str = "rehearsal/report/1";

/// A finished run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub schema: String,
    /// Of the tool that ran it.
    pub version: String,
    pub execution_id: String,
    pub verdict: Verdict,
    pub exit_code: u8,
    pub reason: Option<Reason>,
    pub ended_by: Option<EndedBy>,
    pub package: Named,
    pub test: TestInfo,
    pub serial_number: String,
    pub tags: IndexMap<String, String>,
    /// The station configuration; secrets are `***`.
    pub config: IndexMap<String, String>,
    /// RFC 3339, UTC.
    pub started: String,
    pub duration_ms: f64,
    pub mode: Mode,
    pub warnings: Vec<String>,
    /// What was printed while no step ran.
    pub output: String,
    /// What was refused while no step ran.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub name: String,
    pub phase: Phase,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub message: Option<String>,
    pub forced: bool,
    pub duration_ms: f64,
    /// Empty for a step that was not executed.
    pub iterations: Vec<Iteration>,
    /// Those of the last attempt of each iteration.
    pub measurements: Vec<Measurement>,
    /// What the step put into the variable store.
    pub outputs: IndexMap<String, Json>,
    /// Of a step that was looped: its measurements in figures.
    pub statistics: Vec<Statistics>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Iteration {
    pub index: u32,
    pub verdict: Verdict,
    pub attempts: Vec<Attempt>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub message: Option<String>,
    /// Outermost frame first.
    pub traceback: Vec<Frame>,
    pub duration_ms: f64,
    pub returned: Option<Json>,
    /// The interpreter had to be given up, and with it the state of the modules.
    pub lost: bool,
    /// What the code printed, standard output and error in one.
    pub output: String,
    /// What it wanted to reach and may not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// What the operator was asked and answered.
    pub prompt: Option<Prompt>,
    /// The sequence it ran.
    pub sequence: Option<Sequence>,
}

/// Something that test code may not reach, and tried to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub access: Access,
    pub what: String,
    pub message: String,
}

/// A question to the operator; without an answer where none came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prompt {
    pub question: event::Prompt,
    pub answer: Option<Answered>,
}

/// One execution of a sequence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sequence {
    pub package: Named,
    pub test: TestInfo,
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub ended_by: Option<EndedBy>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    pub iteration: u32,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub value: Json,
    pub unit: Option<String>,
    pub operator: Option<String>,
    pub low_limit: Option<Json>,
    pub high_limit: Option<Json>,
    pub target: Option<Json>,
    pub expected: Option<String>,
    pub verdict: Verdict,
    pub reason: Option<MeasurementReason>,
    pub message: Option<String>,
}

impl Report {
    /// Builds the report again from the events of a run.
    ///
    /// # Errors
    /// When the events are not those of a whole run.
    pub fn from_events<'a>(
        events: impl IntoIterator<Item = &'a Stamped>,
    ) -> Result<Self, Incomplete> {
        let mut builder = Builder::default();
        for event in events {
            builder.take(event);
        }
        builder.finish()
    }
}
