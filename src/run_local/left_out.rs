//! What a test asks for that run_local.py does not do; it is said, never dropped in silence.

use crate::{
    diagnostic::Diagnostic,
    package::model::{Action, Force, Step, Test},
    source::Span,
};

/// A feature that the script goes without.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The step, or none for one of the whole test.
    pub step: Option<String>,
    pub feature: &'static str,
    /// What the script does instead.
    pub instead: &'static str,
    pub at: Span,
}

impl LeftOut {
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::warning(format!(
            "{} is not modelled by run_local.py: {}",
            self.feature, self.instead
        ))
        .at(self.at)
        .hint("`rehearse run` does what the YAML says; the script says this at its top, too")
    }
}

/// Everything of the test that is left out, in its order.
pub fn left_out(test: &Test) -> Vec<LeftOut> {
    let mut found = Vec::new();
    if let Some(timeout) = &test.policy.timeout {
        found.push(LeftOut {
            step: None,
            feature: "`policy.timeout`",
            instead: "the test may take as long as it likes",
            at: timeout.at,
        });
    }
    for step in test.setup.iter().chain(&test.steps).chain(&test.teardown) {
        found.extend(of_step(step));
    }
    found.sort_by_key(|one| one.at);
    found
}

/// Whether the step is never executed, whatever else it says.
pub fn never_runs(step: &Step) -> bool {
    !step.enabled || forced(step) == Some(Force::Skip)
}

pub fn forced(step: &Step) -> Option<Force> {
    step.force.as_ref().map(|force| force.value)
}

/// The kind of step that the script cannot run at all.
pub fn kind_left_out(step: &Step) -> Option<&'static str> {
    match &step.action {
        Action::Python { .. } | Action::Delay { .. } | Action::Mock => None,
        Action::Dotnet { .. } => Some("`runner: dotnet`"),
        Action::Prompt(_) => Some("`type: prompt`"),
        Action::Manual(_) => Some("`type: manual`"),
        Action::Sequence { .. } => Some("`type: sequence`"),
    }
}

fn of_step(step: &Step) -> Vec<LeftOut> {
    let one = |feature, instead, at| LeftOut {
        step: Some(step.name.value.clone()),
        feature,
        instead,
        at,
    };
    if never_runs(step) {
        return Vec::new();
    }
    if let Some(kind) = kind_left_out(step) {
        return vec![one(kind, "the step is skipped", step.name.at)];
    }
    let precondition = step
        .precondition
        .as_ref()
        .filter(|_| forced(step) != Some(Force::Run));
    let condition = step
        .repeat
        .as_ref()
        .filter(|repeat| repeat.value.condition.is_some());
    [
        precondition.map(|its| one("`precondition`", "the step always runs", its.at)),
        condition.map(|its| one("`repeat.condition`", "the step runs once", its.at)),
        step.timeout_ms.as_ref().map(|its| {
            one(
                "`timeout_ms`",
                "the step may take as long as it likes",
                its.at,
            )
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}
