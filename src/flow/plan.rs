//! What a run will do, checked before anything starts.

use crate::{
    event::{Named, Phase, StepId},
    package::model::{Action, Step, Test},
    source::{Sources, Span},
};

use super::Context;

/// Gives the text of one source line of the package, for a traceback: file as in the frame, line from 1.
pub type Excerpts<'a> = dyn Fn(&str, u32) -> Option<String> + 'a;

/// What is asked for.
pub struct Request<'a> {
    pub package: Named,
    pub test: &'a Test,
    pub sources: &'a Sources,
    pub context: Context,
    pub execution_id: String,
    /// "live" or "simulated".
    pub bench: String,
    pub unattended: bool,
    /// Not all steps of the test were asked for.
    pub partial: bool,
    pub excerpts: &'a Excerpts<'a>,
}

/// A request that can be run as it is: nothing in it has to be refused halfway.
pub struct Plan<'a> {
    pub(super) request: Request<'a>,
    pub(super) steps: Vec<Planned<'a>>,
}

/// One step and its place in the run.
pub struct Planned<'a> {
    pub id: StepId,
    pub phase: Phase,
    pub step: &'a Step,
    pub work: Work,
}

/// What executing a step means.
pub enum Work {
    /// Not executed, `enabled: false`.
    Disabled,
    Python {
        module: String,
        function: String,
    },
}

/// Why a test cannot be run here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("the required tag `{tag}` has no value")]
    MissingTag { tag: String, at: Span },
    #[error("step \"{step}\": {what} is not executed yet")]
    Unsupported {
        step: String,
        what: &'static str,
        at: Span,
    },
    #[error("{what} is not executed yet")]
    UnsupportedPolicy { what: &'static str, at: Span },
}

impl PlanError {
    /// Where in the test the trouble stands.
    pub fn at(&self) -> Span {
        match self {
            Self::MissingTag { at, .. }
            | Self::Unsupported { at, .. }
            | Self::UnsupportedPolicy { at, .. } => *at,
        }
    }
}

impl<'a> Plan<'a> {
    /// Checks that all of the test can be executed.
    ///
    /// # Errors
    /// Every required tag without a value, and everything this version does not execute.
    pub fn new(request: Request<'a>) -> Result<Self, Vec<PlanError>> {
        let test = request.test;
        let mut errors = Vec::new();
        for tag in &test.required_tags {
            if !request
                .context
                .missing_tags([tag.value.as_str()].into_iter())
                .is_empty()
            {
                errors.push(PlanError::MissingTag {
                    tag: tag.value.clone(),
                    at: tag.at,
                });
            }
        }
        if let Some(timeout) = &test.policy.timeout {
            errors.push(PlanError::UnsupportedPolicy {
                what: "`policy.timeout`",
                at: timeout.at,
            });
        }
        let phases = [
            (Phase::Setup, &test.setup),
            (Phase::Steps, &test.steps),
            (Phase::Teardown, &test.teardown),
        ];
        let all = phases
            .into_iter()
            .flat_map(|(phase, steps)| steps.iter().map(move |step| (phase, step)));
        let mut steps = Vec::new();
        for (id, (phase, step)) in (0..).map(StepId).zip(all) {
            match work(step) {
                Ok(work) => steps.push(Planned {
                    id,
                    phase,
                    step,
                    work,
                }),
                Err((what, at)) => errors.push(PlanError::Unsupported {
                    step: step.name.value.clone(),
                    what,
                    at,
                }),
            }
        }
        if errors.is_empty() {
            Ok(Self { request, steps })
        } else {
            Err(errors)
        }
    }

    pub fn steps(&self) -> &[Planned<'a>] {
        &self.steps
    }
}

/// What executing the step means, or what of it cannot be executed and where that stands.
fn work(step: &Step) -> Result<Work, (&'static str, Span)> {
    if !step.enabled {
        return Ok(Work::Disabled);
    }
    let unsupported = [
        (
            "`precondition`",
            step.precondition.as_ref().map(|field| field.at),
        ),
        ("`force`", step.force.as_ref().map(|field| field.at)),
        ("`repeat`", step.repeat.as_ref().map(|field| field.at)),
        (
            "`timeout_ms`",
            step.timeout_ms.as_ref().map(|field| field.at),
        ),
    ];
    if let Some((what, at)) = unsupported
        .into_iter()
        .find_map(|(what, at)| at.map(|at| (what, at)))
    {
        return Err((what, at));
    }
    let what = match &step.action {
        Action::Python { module, function } => {
            return Ok(Work::Python {
                module: module.value.clone(),
                function: function.value.clone(),
            });
        }
        Action::Dotnet { .. } => "`runner: dotnet`",
        Action::Delay { .. } => "`type: delay`",
        Action::Mock => "`type: mock`",
        Action::Prompt(_) => "`type: prompt`",
        Action::Manual(_) => "`type: manual`",
        Action::Sequence { .. } => "`type: sequence`",
    };
    Err((what, step.at))
}
