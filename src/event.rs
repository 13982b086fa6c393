//! What happens during a run, in order: the contract between the engine and everyone who watches.
//!
//! Version 1. The stream is complete: every report can be built again from it. `rehearse run --events FILE` writes one JSON
//! object a line; docs/events.md describes them.

use std::{fmt, io, path::PathBuf};

use indexmap::IndexMap;
use rehearsal_python::host::{HostError, Reply, Request, Stream};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::Error as _,
    ser::{Error as _, SerializeMap},
};
use serde_json::Value as Json;

use rehearsal_python::call::Frame;

use crate::{host::permissions::Access, operator::AnsweredBy, source::Place};

pub const SCHEMA: &str = "rehearsal/events/1";

/// One event and when it happened. As JSON it is one object: `seq`, `at`, `event` with the event's name, and the event's fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Stamped {
    /// From 0, without gaps.
    pub seq: u64,
    /// Nanoseconds of the run's clock since its start.
    pub at: u64,
    pub event: Event,
}

// Both ways lead over a JSON value, because serde's own flattening loses the digits of large numbers.

impl Serialize for Stamped {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tagged = serde_json::to_value(&self.event).map_err(S::Error::custom)?;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("seq", &self.seq)?;
        map.serialize_entry("at", &self.at)?;
        for (name, fields) in tagged.as_object().into_iter().flatten() {
            map.serialize_entry("event", name)?;
            for (name, field) in fields.as_object().into_iter().flatten() {
                map.serialize_entry(name, field)?;
            }
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Stamped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = serde_json::Map::deserialize(deserializer)?;
        let mut take = |name: &'static str| {
            fields
                .shift_remove(name)
                .ok_or_else(|| D::Error::missing_field(name))
        };
        let (seq, at, name) = (take("seq")?, take("at")?, take("event")?);
        let name = String::deserialize(name).map_err(D::Error::custom)?;
        let tagged = Json::Object([(name, Json::Object(fields))].into_iter().collect());
        Ok(Self {
            seq: u64::deserialize(seq).map_err(D::Error::custom)?,
            at: u64::deserialize(at).map_err(D::Error::custom)?,
            event: Event::deserialize(tagged).map_err(D::Error::custom)?,
        })
    }
}

/// One execution of a step within a run, numbered from 0 in the order in which they begin. A step of a sequence gets a number each time
/// the sequence runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StepId(pub u32);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    RunStarted(Box<RunStarted>),
    StepStarted {
        step: StepId,
        name: String,
        phase: Phase,
        /// Where the step stands in the YAML.
        place: Place,
        /// The attempt of a sequence it belongs to; `None` for a step of the test itself.
        parent: Option<Parent>,
        /// The function it calls, where somebody wants exchanges and the code could be read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Box<Callee>>,
    },
    /// With `index` from 0.
    IterationStarted {
        step: StepId,
        index: u32,
    },
    AttemptStarted {
        step: StepId,
        iteration: u32,
        /// From 0.
        attempt: u32,
        /// How many there may be at most.
        attempts: u32,
        /// The arguments as the function gets them.
        arguments: IndexMap<String, String>,
        /// How long it may take.
        timeout_ns: Option<u64>,
        /// The parameters as the YAML has them.
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        written: IndexMap<String, Written>,
    },
    /// The attempt runs the steps of a sequence; they follow, each with this attempt as its parent.
    SequenceStarted {
        step: StepId,
        package: Named,
        test: TestInfo,
        /// Those its file declares.
        #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
        variables: IndexMap<String, Written>,
    },
    SequenceFinished {
        step: StepId,
        verdict: Verdict,
        reason: Option<Reason>,
        ended_by: Option<EndedBy>,
    },
    /// The operator is asked.
    Prompted {
        step: StepId,
        prompt: Prompt,
    },
    /// An answer has come.
    Answered {
        step: StepId,
        answer: Answered,
    },
    /// A piece of what the step's code printed or logged; whole lines, but for a last one without its newline.
    Output {
        step: Option<StepId>,
        stream: Stream,
        text: String,
    },
    /// The code wanted to reach something that it may not; told once in an attempt, however often it tries.
    Refused {
        step: Option<StepId>,
        access: Access,
        /// As the switch that would allow it takes it.
        what: String,
        /// What the PermissionError says.
        message: String,
    },
    /// Test code and its bench have said something to each other, put together from the host's traffic; made where a sink wants it.
    Exchange {
        /// The step that asked; `None` between steps.
        step: Option<StepId>,
        /// Which line of Python asked, as `FILE:LINE`, relative to the package.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<String>,
        said: Said,
        /// Why there is no connection, or no answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        took_ns: u64,
    },
    HostRequest {
        step: Option<StepId>,
        id: u64,
        request: Request,
    },
    HostReply {
        step: Option<StepId>,
        id: u64,
        result: Result<Reply, HostError>,
    },
    AttemptFinished {
        step: StepId,
        iteration: u32,
        attempt: u32,
        verdict: Verdict,
        reason: Option<Reason>,
        message: Option<String>,
        traceback: Vec<Frame>,
        /// What the code that failed looks like there: the innermost frame below the package root.
        excerpt: Option<Excerpt>,
        duration_ns: u64,
        returned: Option<Json>,
        /// Another attempt follows after this pause.
        retry_in_ns: Option<u64>,
        /// The interpreter had to be given up, and with it the state of the modules.
        lost: bool,
    },
    /// A measurement of the last attempt of an iteration.
    Measurement {
        step: StepId,
        iteration: u32,
        measurement: Box<Measured>,
        /// Where it stands in the YAML; `None` for a value that an operator entered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        declared: Option<Box<Declared>>,
    },
    IterationFinished {
        step: StepId,
        index: u32,
        verdict: Verdict,
    },
    /// The measurements of a looped step so far, after each of its iterations.
    Statistics {
        step: StepId,
        statistics: Vec<Statistics>,
    },
    StepFinished {
        step: StepId,
        verdict: Verdict,
        reason: Option<Reason>,
        message: Option<String>,
        forced: bool,
        duration_ns: u64,
        /// What the step put into the variable store: return keys and `outputs`.
        outputs: IndexMap<String, Json>,
    },
    /// Something the user should know that changes no verdict.
    Warning {
        message: String,
    },
    Interrupted {
        signal: Signal,
        /// How many signals have come so far.
        count: u32,
    },
    RunFinished {
        verdict: Verdict,
        reason: Option<Reason>,
        ended_by: Option<EndedBy>,
        /// The first signal, if any.
        signal: Option<Signal>,
        duration_ns: u64,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStarted {
    pub schema: String,
    /// Of this tool.
    pub version: String,
    pub execution_id: String,
    pub package: Named,
    pub test: TestInfo,
    pub serial_number: String,
    pub tags: IndexMap<String, String>,
    pub config: IndexMap<String, String>,
    /// RFC 3339, UTC.
    pub started: String,
    pub mode: Mode,
    pub steps: u32,
    /// What templates find as `cfg.…`, `exec.…` and `mes.…`, by those names: each with who set it. Secrets are masked.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub settings: IndexMap<String, Setting>,
    /// Those the test's file declares.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub variables: IndexMap<String, Written>,
}

/// A value that Maestro would inject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub value: String,
    pub by: SetBy,
    /// Where a file sets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// Who set a setting; a later one wins over those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SetBy {
    /// Nobody; it is what `rehearse` takes then.
    #[serde(rename = "default")]
    Default,
    /// The test's own file.
    #[serde(rename = "test")]
    Test,
    #[serde(rename = "local.yaml")]
    Local,
    #[serde(rename = "command line")]
    CommandLine,
}

/// A value of the YAML as written, templates and all, and where it stands. A secret is masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    pub text: String,
    pub place: Place,
}

/// Where a measurement stands in the YAML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    pub place: Place,
    /// Its `value`, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Written>,
    /// Where its `low_limit`, `high_limit`, `target`, `expected` and `operator` are, as far as it has them.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub limits: IndexMap<String, Place>,
}

/// The function that a step calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callee {
    pub module: String,
    pub function: String,
    /// Where it is defined.
    pub at: Excerpt,
    /// Where the keys are that it visibly returns; `result` for a single number.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub returns: IndexMap<String, Excerpt>,
}

/// What was said. Secrets are masked, and long texts clipped with a mark; bytes that are no text are in hexadecimal, after `hex `.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    Connect {
        /// As the code named it.
        host: String,
        port: u16,
    },
    Http(Box<HttpExchange>),
    /// Over a connection that is not HTTP.
    Sent(String),
    Received(String),
    /// The peer has ended the connection: "closed" or "reset".
    Ended(String),
}

/// A request over HTTP and what came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpExchange {
    pub method: String,
    /// With its query.
    pub path: String,
    pub body: Option<String>,
    /// `None` where no answer came.
    pub status: Option<u16>,
    pub reply: Option<String>,
}

/// An attempt of a step that runs a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    pub step: StepId,
    pub iteration: u32,
    pub attempt: u32,
}

/// What an operator is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    pub title: String,
    pub message: String,
    /// Relative to the package root.
    pub image: Option<String>,
    /// In the order they are shown.
    pub buttons: Vec<String>,
}

/// What an operator answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    pub button: String,
    /// "pass", "fail", "abort" or "continue".
    pub action: String,
    /// As entered.
    pub value: Option<String>,
    pub by: AnsweredBy,
}

/// What many values of one measurement have in common. Only numbers count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    pub name: String,
    pub unit: Option<String>,
    /// How many numbers there were.
    pub count: u64,
    /// How many of its measurements did not pass.
    pub failed: u64,
    pub minimum: f64,
    pub maximum: f64,
    pub mean: f64,
    /// The standard deviation of the sample (n - 1); `None` below two values.
    pub sigma: Option<f64>,
    /// How far the nearest limit is from the mean, in three sigma; `None` without limits or spread.
    pub cpk: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    pub name: String,
    pub version: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestInfo {
    pub name: String,
    pub version: String,
    pub file: String,
}

/// What sets a run apart from one on a station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mode {
    /// "native" or "sandbox".
    pub interpreter: String,
    /// What test code may reach, in words; `None` where that is whatever the user may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<String>,
    /// "live", "simulated" or "replayed".
    pub bench: String,
    /// What is waited for has passed at once, and is part of all durations.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub virtual_time: bool,
    pub unattended: bool,
    /// A person could stop it, look into it and alter it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub debugged: bool,
    /// The names of forced steps.
    pub forced: Vec<String>,
    /// Not all steps of the test were asked for, or some cannot run here.
    pub partial: bool,
    /// What was asked for, as on the command line: `--only "Scan I2C"`.
    pub selection: Vec<String>,
    /// The names of steps whose results come from local.yaml.
    pub stubbed: Vec<String>,
    /// The unit's route was checked, and this was done about a violation.
    pub routing: Option<Routing>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Routing {
    /// The unit may run this test.
    Allowed,
    /// It may not, which `--ignore-routing` overruled; with the rule.
    Ignored(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Setup,
    Steps,
    Teardown,
}

/// From the best to the worst; what is not executed does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verdict {
    Skipped,
    Pass,
    Fail,
    Aborted,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Fail => "FAIL",
            Self::Skipped => "SKIPPED",
            Self::Aborted => "ABORTED",
        }
    }
}

/// Why a step, an attempt or a measurement has the verdict it has; a closed list (docs/decisions.md, "Reasons").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Limit,
    Exception,
    ImportError,
    MissingFunction,
    BadArguments,
    BadReturn,
    Timeout,
    PolicyTimeout,
    Interrupted,
    Lost,
    UnresolvedTemplate,
    Precondition,
    PreconditionError,
    Disabled,
    Forced,
    Aborted,
    OperatorFail,
    OperatorAbort,
    NoOperator,
    Child,
    NotSelected,
    UnsupportedRunner,
    ReplayMismatch,
    Permission,
    ResourceLimit,
    Restarted,
}

impl Reason {
    /// As reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Limit => "limit",
            Self::Exception => "exception",
            Self::ImportError => "import_error",
            Self::MissingFunction => "missing_function",
            Self::BadArguments => "bad_arguments",
            Self::BadReturn => "bad_return",
            Self::Timeout => "timeout",
            Self::PolicyTimeout => "policy_timeout",
            Self::Interrupted => "interrupted",
            Self::Lost => "lost",
            Self::UnresolvedTemplate => "unresolved_template",
            Self::Precondition => "precondition",
            Self::PreconditionError => "precondition_error",
            Self::Disabled => "disabled",
            Self::Forced => "forced",
            Self::Aborted => "aborted",
            Self::OperatorFail => "operator_fail",
            Self::OperatorAbort => "operator_abort",
            Self::NoOperator => "no_operator",
            Self::Child => "child",
            Self::NotSelected => "not_selected",
            Self::UnsupportedRunner => "unsupported_runner",
            Self::ReplayMismatch => "replay_mismatch",
            Self::Permission => "permission",
            Self::ResourceLimit => "resource_limit",
            Self::Restarted => "restarted",
        }
    }
}

/// A measurement as judged. Numbers are JSON numbers with their text as written; NaN and the infinities are strings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
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
    /// Says what the reason alone does not: the missing name, the text that is no number.
    pub message: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasurementReason {
    BelowLimit,
    AboveLimit,
    NotEqual,
    MissingValue,
    NotANumber,
    NotABoolean,
}

/// What ended the run from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signal {
    #[serde(rename = "SIGHUP")]
    Hangup,
    #[serde(rename = "SIGINT")]
    Interrupt,
    #[serde(rename = "SIGTERM")]
    Terminate,
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hangup => "SIGHUP",
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
        })
    }
}

/// The step and the rule that ended a run early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedBy {
    pub step: Option<String>,
    pub rule: Rule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    #[serde(rename = "post_execution_action: terminate-on-fail")]
    TerminateOnFail,
    #[serde(rename = "policy.on_step_failure: abort")]
    OnStepFailure,
    #[serde(rename = "aborted step")]
    AbortedStep,
    #[serde(rename = "policy.timeout")]
    PolicyTimeout,
    /// Of the step that runs this sequence.
    #[serde(rename = "timeout_ms")]
    Timeout,
    #[serde(rename = "interrupted")]
    Interrupted,
}

impl Rule {
    /// As reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TerminateOnFail => "post_execution_action: terminate-on-fail",
            Self::OnStepFailure => "policy.on_step_failure: abort",
            Self::AbortedStep => "aborted step",
            Self::PolicyTimeout => "policy.timeout",
            Self::Timeout => "timeout_ms",
            Self::Interrupted => "interrupted",
        }
    }
}

/// A piece of a source file around one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Excerpt {
    pub file: String,
    pub line: u32,
    pub text: String,
}

/// Whoever watches a run. A sink that fails says so at its end and never changes a verdict.
pub trait Sink: Send {
    fn take(&mut self, event: &Stamped);

    /// Whether it wants to see what test code asks of its host; where nobody does, those events are not made.
    fn wants_host(&self) -> bool {
        false
    }

    /// Whether it wants to see exchanges with the bench, and where the code is that a step calls; where nobody does, neither is looked for.
    fn wants_exchanges(&self) -> bool {
        false
    }

    /// Called once after the last event.
    ///
    /// # Errors
    /// When what was asked for could not be written.
    fn finish(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// A report that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("failed to write {}: {cause}", path.display())]
pub struct SinkError {
    pub path: PathBuf,
    pub cause: io::Error,
}
