//! tests/*.yaml.

use indexmap::IndexMap;
use schemars::JsonSchema;

use super::{
    step::Step,
    value::{Name, Number, Scalar, Text},
    word::OnStepFailure,
};

/// A test of a Maestro package: its steps, in order, and the limits of what they measure.
#[derive(JsonSchema)]
#[schemars(title = "Maestro test", deny_unknown_fields)]
pub struct TestFile {
    /// The test; everything stands below this one key.
    pub test: Test,
}

/// One test.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Test {
    /// What the test is called, in every result; in Title Case.
    #[schemars(extend("examples" = ["Functional Test"]))]
    pub name: Name,
    /// Version of this file as MAJOR.MINOR.PATCH, kept with every result. In quotes: YAML reads 1.0 as a number.
    #[schemars(extend("examples" = ["1.0.0"]))]
    pub version: Name,
    /// The product this tests.
    pub device: Option<Text>,
    /// Tags of a run, as {{exec.tag.NAME}}. local.yaml and --tag win over them.
    pub tags: Option<IndexMap<String, Scalar>>,
    /// Names of tags that need a value before a run may begin.
    pub required_tags: Option<Vec<Text>>,
    /// Variables and their values at the start, used as {{name}}. Names in snake_case.
    pub variables: Option<IndexMap<String, Scalar>>,
    /// Steps before the test proper, such as connecting.
    pub setup: Option<Vec<Step>>,
    /// The test proper: at least one step.
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
    /// Steps afterwards, such as disconnecting. After an abort only those marked run_on_abort run.
    pub teardown: Option<Vec<Step>>,
    /// When the whole run ends early.
    pub policy: Option<Policy>,
}

/// When the whole run ends early.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Policy {
    /// Whether the first step that fails ends the run. Without it, only steps with post_execution_action: terminate-on-fail do.
    pub on_step_failure: Option<OnStepFailure>,
    /// Most time for setup and steps together, in seconds; more than 0. Without it there is no bound.
    #[schemars(extend("exclusiveMinimum" = 0))]
    pub timeout: Option<Number>,
}
