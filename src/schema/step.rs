//! A step: what all have, and what each kind has of its own.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{
    measurement::Measurement,
    prompt::Prompt,
    value::{Anything, Flag, Name, Number, Scalar, Text, Whole},
    word::{
        Delay, Dotnet, Force, Manual, Mock, PostExecutionAction, PromptType, Python, Runner,
        RunnerType, SequenceType, StepType,
    },
};

/// One step: `type` or `runner` says which fields it may have.
pub struct Step;

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    /// One question after another, so that an editor offers and checks the fields of the very kind of step that is written.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let kinds = [
            ("runner", "python", generator.subschema_for::<PythonStep>()),
            ("runner", "dotnet", generator.subschema_for::<DotnetStep>()),
            ("type", "delay", generator.subschema_for::<DelayStep>()),
            ("type", "mock", generator.subschema_for::<MockStep>()),
            ("type", "prompt", generator.subschema_for::<PromptStep>()),
            ("type", "manual", generator.subschema_for::<ManualStep>()),
            (
                "type",
                "sequence",
                generator.subschema_for::<SequenceStep>(),
            ),
        ];
        let undecided = generator.subschema_for::<UndecidedStep>();
        kinds
            .into_iter()
            .rev()
            .fold(undecided, |otherwise, (field, word, step)| {
                json_schema!({
                    "if": {
                        "type": "object",
                        // Not `const`: an editor takes the beginning of a word for the word while it looks for what to offer.
                        "properties": {field: {"type": "string", "pattern": format!("^{word}$")}},
                        "required": [field],
                    },
                    "then": step,
                    "else": otherwise,
                })
            })
    }
}

/// What every step has.
#[derive(JsonSchema)]
pub struct AnyStep {
    /// What the step does, as a phrase; unique in the test.
    #[schemars(extend("examples" = ["Measure Supplies"]))]
    pub name: Name,
    /// What the step's code is called with, each value as text; templates are filled in.
    pub parameters: Option<IndexMap<String, Scalar>>,
    /// New variables: name and template or literal. What the code returns is kept under its own names without this.
    pub outputs: Option<IndexMap<String, Scalar>>,
    /// The one measurement of this step; without effect beside measurements.
    pub measurement: Option<Measurement>,
    /// The measurements of this step. One out of its limits fails the step.
    pub measurements: Option<Vec<Measurement>>,
    /// Whether the step is executed at all; false: SKIPPED. Default: true.
    #[schemars(extend("default" = true))]
    pub enabled: Option<Flag>,
    /// An expression over bare variable names; where it is false the step is SKIPPED. No {{ }}, no cfg., exec. or mes.
    #[schemars(extend("examples" = ["run_calibration == true", "temperature > 25 && rework == false"]))]
    pub precondition: Option<Text>,
    /// pass and fail replace the verdict once the step has run, run overrides the precondition, skip leaves the step out.
    pub force: Option<Force>,
    /// Further attempts after a failure.
    pub retry: Option<Retry>,
    /// Runs the step again as long as a condition holds.
    pub repeat: Option<Repeat>,
    /// Most time for each attempt, in milliseconds; then it is ABORTED. Default: no bound.
    pub timeout_ms: Option<Whole<1, { u64::MAX }>>,
    /// Whether the step runs although the run was aborted; for cleanup in teardown. Default: false.
    #[schemars(extend("default" = false))]
    pub run_on_abort: Option<Flag>,
    /// terminate-on-fail: if this step fails the run is aborted. Without it the run goes on.
    pub post_execution_action: Option<PostExecutionAction>,
    /// Which runner of the station takes the step; without effect in a local run.
    pub runner_type: Option<RunnerType>,
    /// What a station reserves for the step; without effect in a local run.
    pub requires: Option<Anything>,
}

/// Further attempts after a failure.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Retry {
    /// How many attempts may follow the first.
    pub count: Option<Whole<0, { u32::MAX as u64 }>>,
    /// Pause before each of them, in milliseconds. Default: 0.
    #[schemars(extend("default" = 0))]
    pub delay_ms: Option<Whole<0, { u64::MAX }>>,
}

/// Runs the step again as long as a condition holds.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Repeat {
    /// Tested after each iteration; __iteration__ counts them from 0. So __iteration__ < 4 makes five.
    #[schemars(extend("examples" = ["__iteration__ < 4"]))]
    pub condition: Option<Text>,
    /// Most iterations, whatever the condition says.
    pub max_iterations: Whole<1, { u32::MAX as u64 }>,
}

/// A step that calls a Python function.
#[derive(JsonSchema)]
#[schemars(title = "python step", deny_unknown_fields)]
pub struct PythonStep {
    /// A step that calls a Python function.
    pub runner: Python,
    /// The module below python_modules/, without .py.
    pub module: Name,
    /// The function in it; parameters become its keyword arguments, as text.
    pub function: Name,
    #[schemars(flatten)]
    pub any: AnyStep,
}

/// A step that calls .NET code; Rehearsal takes what it returns from `stubs` in local.yaml.
#[derive(JsonSchema)]
#[schemars(title = "dotnet step", deny_unknown_fields)]
pub struct DotnetStep {
    /// A step that calls .NET code.
    pub runner: Dotnet,
    /// The DLL in assemblies/.
    pub assembly: Name,
    /// The class with its namespace.
    pub class: Name,
    /// A public method of it.
    pub method: Name,
    #[schemars(flatten)]
    pub any: AnyStep,
}

/// A pause.
#[derive(JsonSchema)]
#[schemars(title = "delay step", deny_unknown_fields)]
pub struct DelayStep {
    /// A pause.
    pub r#type: Delay,
    /// How long, in seconds.
    #[schemars(extend("minimum" = 0))]
    pub duration: Number,
    #[schemars(flatten)]
    pub any: AnyStep,
}

/// A step without hardware, for development: a measurement gets its value or target.
#[derive(JsonSchema)]
#[schemars(title = "mock step", deny_unknown_fields)]
pub struct MockStep {
    /// A step without hardware, for development.
    pub r#type: Mock,
    #[schemars(flatten)]
    pub any: AnyStep,
}

/// A question to the operator.
#[derive(JsonSchema)]
#[schemars(title = "prompt step", deny_unknown_fields)]
pub struct PromptStep {
    /// A question to the operator.
    pub r#type: PromptType,
    /// What is asked.
    pub prompt: Prompt,
    #[schemars(flatten)]
    pub any: AnyStep,
}

/// Something the operator does by hand, and judges with PASS or FAIL.
#[derive(JsonSchema)]
#[schemars(title = "manual step", deny_unknown_fields)]
pub struct ManualStep {
    /// Something the operator does by hand, and judges.
    pub r#type: Manual,
    /// What is asked, where the step's name does not say it.
    pub prompt: Option<Prompt>,
    #[schemars(flatten)]
    pub any: AnyStep,
}

/// The steps of another test file.
#[derive(JsonSchema)]
#[schemars(title = "sequence step", deny_unknown_fields)]
pub struct SequenceStep {
    /// The steps of another test file.
    pub r#type: SequenceType,
    /// Its path from the package's folder, or PACKAGE/tests/FILE.yaml of a package beside this one.
    #[schemars(extend("examples" = ["tests/sub-sequences/power-up.yaml"]))]
    pub sequence: Name,
    #[schemars(flatten)]
    pub any: AnyStep,
}

/// A step that does not say yet what it is: `runner: python`, or a `type`.
#[derive(JsonSchema)]
#[schemars(title = "step", deny_unknown_fields, extend("anyOf" = [{"required": ["runner"]}, {"required": ["type"]}]))]
pub struct UndecidedStep {
    /// What runs the step's code. Either this or type.
    pub runner: Option<Runner>,
    /// What a step without code does. Either this or runner.
    pub r#type: Option<StepType>,
    /// With runner: python: the module below python_modules/, without .py.
    pub module: Option<Text>,
    /// With runner: python: the function in the module.
    pub function: Option<Text>,
    /// With runner: dotnet: the DLL in assemblies/.
    pub assembly: Option<Text>,
    /// With runner: dotnet: the class with its namespace.
    pub class: Option<Text>,
    /// With runner: dotnet: a public method of the class.
    pub method: Option<Text>,
    /// With type: delay: how long, in seconds.
    pub duration: Option<Number>,
    /// With type: prompt: what is asked.
    pub prompt: Option<Prompt>,
    /// With type: sequence: the path of another test file.
    pub sequence: Option<Text>,
    #[schemars(flatten)]
    pub any: AnyStep,
}
