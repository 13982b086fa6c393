//! A package as read and checked: every value a message may point at keeps its place.
//!
//! What the fields mean: docs/package-format.md.

use std::path::PathBuf;

use indexmap::IndexMap;
use rehearsal_python::value::Value;

use super::routing::Routing;
use crate::{
    endpoint::Endpoint,
    source::{Sources, Span},
};

#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T> {
    pub value: T,
    pub at: Span,
}

/// A text and where it stands.
pub type Text = Spanned<String>;

/// A plain value of a YAML file: typed as YAML 1.2's core schema reads it, with its text as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// `None`, `Bool`, `Int`, `Big`, `Float` or `Str`. Booleans in any of YAML's spellings (`true`, `True`, `TRUE`).
    pub value: Value,
    /// `12.0` stays `12.0`; the content of a quoted or block scalar.
    pub text: String,
    pub quoted: bool,
    pub at: Span,
}

#[derive(Debug)]
pub struct Package {
    /// Absolute.
    pub root: PathBuf,
    pub manifest: Manifest,
    /// In the order of their paths.
    pub tests: Vec<Test>,
    pub local: Local,
    pub sources: Sources,
}

/// package.json.
#[derive(Debug)]
pub struct Manifest {
    pub name: Text,
    pub version: Text,
    pub author: Text,
    pub author_email: Option<Text>,
    pub description: Text,
    pub lifecycle_status: Option<Spanned<LifecycleStatus>>,
    pub supported_product_ids: Vec<Text>,
    pub published_date: Option<Text>,
    pub requirements: Requirements,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LifecycleStatus {
    NotReleased,
    Evaluation,
    Released,
    Obsolete,
}

#[derive(Debug, Default)]
pub struct Requirements {
    pub min_dot_net_version: Option<Text>,
    pub min_python_version: Option<Text>,
    pub pip_packages: Vec<Text>,
}

/// local.yaml: what Maestro would inject, for local runs.
#[derive(Debug, Default)]
pub struct Local {
    pub cfg: IndexMap<String, Scalar>,
    pub exec: IndexMap<String, Scalar>,
    pub tags: IndexMap<String, Scalar>,
    pub mes: IndexMap<String, Scalar>,
    /// Step name → the values its .NET code would return.
    pub stubs: IndexMap<String, IndexMap<String, Scalar>>,
    /// Of local.yaml itself, or of the file it names.
    pub routing: Option<Routing>,
    pub permissions: Declared,
    /// Further names of values that are not to be written down.
    pub secrets: Vec<String>,
}

/// What a package says it needs of a sandbox; to give it is the user's decision. Paths are relative to the package root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// It is to run in one.
    pub sandbox: bool,
    pub allowed: Reachable,
    /// What it is never to reach, whoever allows it.
    pub denied: Reachable,
}

/// What there is to reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reachable {
    /// Hosts to connect to.
    pub net: Vec<Endpoint>,
    pub read: Vec<String>,
    pub write: Vec<String>,
    /// Programs to start.
    pub run: Vec<String>,
    /// Variables of the environment.
    pub env: Vec<String>,
}

impl Reachable {
    /// The command line's switches that would give all of it; none when it needs nothing.
    pub fn switches(&self) -> Option<String> {
        let texts = [
            ("read", &self.read),
            ("write", &self.write),
            ("run", &self.run),
            ("env", &self.env),
        ];
        let texts = texts.into_iter().flat_map(|(kind, values)| {
            values
                .iter()
                .map(move |value| format!("--allow-{kind}={value}"))
        });
        let net = self.net.iter().map(|its| format!("--allow-net={its}"));
        let switches: Vec<String> = net.chain(texts).collect();
        (!switches.is_empty()).then(|| switches.join(" "))
    }
}

/// One YAML file of `tests/`.
#[derive(Debug)]
pub struct Test {
    /// Relative to the package root, with forward slashes.
    pub file: String,
    pub name: Text,
    pub version: Text,
    pub device: Option<Text>,
    pub tags: IndexMap<String, Scalar>,
    pub required_tags: Vec<Text>,
    pub variables: IndexMap<String, Scalar>,
    pub setup: Vec<Step>,
    pub steps: Vec<Step>,
    pub teardown: Vec<Step>,
    pub policy: Policy,
}

#[derive(Debug, Default)]
pub struct Policy {
    pub on_step_failure: Option<Spanned<OnStepFailure>>,
    /// Seconds.
    pub timeout: Option<Spanned<f64>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnStepFailure {
    Abort,
    Continue,
}

#[derive(Debug)]
pub struct Step {
    pub name: Text,
    /// Its first key, for messages about the step as a whole.
    pub at: Span,
    pub action: Action,
    /// Runner, such as "python3.11"; kept, nothing done with it.
    pub runner_type: Option<Text>,
    pub parameters: IndexMap<String, Scalar>,
    pub outputs: IndexMap<String, Scalar>,
    /// Those of `measurements`, or the one of `measurement`.
    pub measurements: Vec<Measurement>,
    pub enabled: bool,
    pub precondition: Option<Text>,
    pub force: Option<Spanned<Force>>,
    pub retry: Option<Spanned<Retry>>,
    pub repeat: Option<Spanned<Repeat>>,
    pub timeout_ms: Option<Spanned<u64>>,
    pub run_on_abort: bool,
    pub terminate_on_fail: bool,
}

#[derive(Debug)]
pub enum Action {
    Python {
        module: Text,
        function: Text,
    },
    Dotnet {
        assembly: Text,
        class: Text,
        method: Text,
    },
    Delay {
        seconds: Spanned<f64>,
    },
    Mock,
    Prompt(Prompt),
    Manual(Option<Prompt>),
    Sequence {
        path: Text,
    },
}

#[derive(Debug)]
pub struct Prompt {
    pub message: Text,
    pub title: Option<Text>,
    pub image: Option<Text>,
    pub buttons: Vec<Button>,
    pub default_button: Option<Text>,
    pub input: Option<Input>,
}

#[derive(Debug)]
pub struct Button {
    pub name: Text,
    pub action: Spanned<ButtonAction>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ButtonAction {
    Pass,
    Fail,
    Abort,
    Continue,
}

#[derive(Debug)]
pub struct Input {
    pub mode: Spanned<InputMode>,
    pub variable: Option<Text>,
    pub low_limit: Option<Scalar>,
    pub high_limit: Option<Scalar>,
    pub unit: Option<Text>,
    pub expected: Option<Scalar>,
    /// For `list`: what may be chosen, where the file says so.
    pub choices: Vec<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputMode {
    Number,
    Text,
    Boolean,
    List,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    Pass,
    Fail,
    Skip,
    Run,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    /// Extra attempts after the first.
    pub count: u32,
    pub delay_ms: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    pub condition: Option<Text>,
    pub max_iterations: Spanned<u32>,
}

#[derive(Clone, Debug)]
pub struct Measurement {
    /// May hold templates.
    pub name: Text,
    pub at: Span,
    pub kind: MeasurementKind,
    /// A template or a literal.
    pub value: Option<Scalar>,
    pub target: Option<Number>,
    pub low_limit: Option<Number>,
    pub high_limit: Option<Number>,
    pub unit: Option<Text>,
    pub operator: Option<Spanned<Operator>>,
    /// For boolean and string.
    pub expected: Option<Text>,
}

/// A number of the YAML with its text as written (`4.75`, also quoted).
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    pub value: f64,
    pub text: String,
    pub at: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasurementKind {
    Numeric,
    Boolean,
    String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Equal,
    NotEqual,
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
    Log,
}

impl Test {
    /// Every step, in the order of the phases.
    pub fn in_order(&self) -> impl Iterator<Item = &Step> {
        self.setup.iter().chain(&self.steps).chain(&self.teardown)
    }
}
