//! What a run will do, checked before anything starts.

use std::time::Duration;

use indexmap::IndexMap;

use crate::{
    event::{Callee, Named, Phase, Reason, Routing},
    package::model::{Action, Force, Prompt, Repeat, Scalar, Step, Test},
    source::{Place, Sources, Span},
};

use super::{
    Context,
    condition::Condition,
    debugger::Debugger,
    nearest::nearest,
    selection::{Part, Selection},
};

/// Gives the text of one source line of the package, for a traceback: file as in the frame, line from 1.
pub type Excerpts<'a> = dyn Fn(&str, u32) -> Option<String> + 'a;

/// Finds the function of a module that a step calls, where its code can be read.
pub type Callees<'a> = dyn Fn(&str, &str) -> Option<Callee> + 'a;

/// Finds the test that a sequence's path names, as seen from the test it stands in.
pub type Sequences<'a> = dyn Fn(&Unit<'a>, &str) -> Option<Unit<'a>> + 'a;

/// The steps whose values some steps of a test use, all by their places in the order of the phases.
pub type Needs<'a> = dyn Fn(&Test, &[usize]) -> Vec<usize> + 'a;

/// A test and the package it is of.
#[derive(Clone)]
pub struct Unit<'a> {
    pub package: Named,
    pub test: &'a Test,
    /// Those the test's places are in.
    pub sources: &'a Sources,
}

/// What is asked for.
pub struct Request<'a> {
    pub unit: Unit<'a>,
    pub sequences: &'a Sequences<'a>,
    pub context: Context,
    /// Step name → what its .NET code would return.
    pub stubs: &'a IndexMap<String, IndexMap<String, Scalar>>,
    pub selection: Selection,
    pub needs: &'a Needs<'a>,
    pub execution_id: String,
    /// "live", "simulated" or "replayed".
    pub bench: String,
    pub virtual_time: bool,
    pub unattended: bool,
    pub routing: Option<Routing>,
    /// What test code may reach, in words; `None` where that is whatever the user may.
    pub permissions: Option<String>,
    pub excerpts: &'a Excerpts<'a>,
    /// Asked for every step with code, whoever watches; gives nothing where nobody wants to know.
    pub callees: &'a Callees<'a>,
    /// Asked after each call: how a replayed run has left its recording, said once.
    pub departed: &'a Departed<'a>,
    /// Whoever looks on, step by step.
    pub debugger: Option<&'a dyn Debugger>,
    pub refused: &'a Refused<'a>,
}

/// How a replayed run has left its recording.
pub type Departed<'a> = dyn Fn() -> Option<String> + 'a;

/// Whether an exception's text speaks of something that test code was refused in this attempt.
pub type Refused<'a> = dyn Fn(&str) -> bool + 'a;

/// A request that can be run as it is: nothing in it has to be refused halfway.
pub struct Plan<'a> {
    pub(super) request: Request<'a>,
    /// The test itself, then every sequence it uses, each once.
    pub(super) tests: Vec<PlannedTest<'a>>,
}

/// A test with all of its steps.
pub struct PlannedTest<'a> {
    pub unit: Unit<'a>,
    pub steps: Vec<Planned<'a>>,
}

/// One step and its place in the run.
#[derive(Clone)]
pub struct Planned<'a> {
    pub phase: Phase,
    pub step: &'a Step,
    pub work: Work<'a>,
    /// Why it is not executed, whatever happens.
    pub skip: Option<Reason>,
    /// That of the YAML, or the command line's.
    pub force: Option<Force>,
    /// What could not be understood is told when the step's turn comes.
    pub precondition: Option<Result<Condition, String>>,
    pub rounds: Rounds,
}

/// How often a step's work is repeated.
#[derive(Clone)]
pub enum Rounds {
    Once,
    /// Until the condition does not hold, or so many times.
    Repeat {
        condition: Option<Result<Condition, String>>,
        most: u32,
    },
    /// So many times, with statistics.
    Loop(u32),
}

/// What executing a step means.
#[derive(Clone)]
pub enum Work<'a> {
    Python {
        module: &'a str,
        function: &'a str,
    },
    /// .NET code, whose returns local.yaml supplies.
    Stub(&'a IndexMap<String, Scalar>),
    Delay(Duration),
    Mock,
    /// The operator's; without a prompt the step's name is the question.
    Prompt(Option<&'a Prompt>),
    /// Which of the plan's tests.
    Sequence(usize),
    /// Never executed; `skip` says why.
    Nothing,
}

/// Why a test cannot be run here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("the required tag `{tag}` has no value")]
    MissingTag { tag: String, at: Span },
    #[error("step `{step}` has `runner: dotnet`, which cannot run here")]
    Dotnet { step: String, at: Span },
    #[error("step `{step}` runs the sequence `{path}`, which is not there")]
    MissingSequence {
        step: String,
        path: String,
        at: Span,
    },
    #[error("step `{step}` runs the sequence `{path}`, which leads back to itself: {way}")]
    Recursion {
        step: String,
        path: String,
        way: String,
        at: Span,
    },
    #[error("{switch} names the step `{name}`, which the test does not have")]
    UnknownStep {
        switch: &'static str,
        name: String,
        nearest: Option<String>,
        names: Vec<String>,
        /// The sequence that has such a step.
        sequence: Option<String>,
    },
    #[error("{switch} names `{name}`, a step of the {phase}, which always runs")]
    NotInSteps {
        switch: &'static str,
        name: String,
        phase: &'static str,
    },
    #[error("{switch} names the step `{name}`, which {by} leaves out")]
    LeftOut {
        switch: &'static str,
        name: String,
        by: &'static str,
    },
    #[error("{switch} names the step `{name}`, which is never executed: {why}")]
    NeverExecuted {
        switch: &'static str,
        name: String,
        why: &'static str,
    },
    #[error("--from `{from}` comes after --until `{until}`, so nothing would be left to run")]
    NothingBetween { from: String, until: String },
}

impl PlanError {
    /// Where in the test the trouble stands.
    pub fn at(&self) -> Option<Span> {
        match self {
            Self::MissingTag { at, .. }
            | Self::Dotnet { at, .. }
            | Self::MissingSequence { at, .. }
            | Self::Recursion { at, .. } => Some(*at),
            Self::UnknownStep { .. }
            | Self::NotInSteps { .. }
            | Self::LeftOut { .. }
            | Self::NeverExecuted { .. }
            | Self::NothingBetween { .. } => None,
        }
    }
}

/// The errors of one file's test.
pub struct Refusal<'a> {
    pub sources: &'a Sources,
    pub errors: Vec<PlanError>,
}

impl<'a> Plan<'a> {
    /// Checks that all of the test, and of every sequence it uses, can be executed.
    ///
    /// # Errors
    /// Everything that cannot be, test by test.
    pub fn new(request: Request<'a>) -> Result<Self, Vec<Refusal<'a>>> {
        let mut planner = Planner {
            request: &request,
            tests: Vec::new(),
            way: Vec::new(),
            refusals: Vec::new(),
        };
        planner.test(request.unit.clone());
        let (tests, mut refusals) = (planner.tests, planner.refusals);
        let mut tests: Vec<_> = tests.into_iter().flatten().collect();
        let in_sequences: Vec<(String, String)> = tests
            .iter()
            .skip(1)
            .flat_map(|test| {
                let file = &test.unit.test.file;
                let names = test.steps.iter().map(|planned| &planned.step.name.value);
                names.map(|name| (name.clone(), file.clone()))
            })
            .collect();
        if let Some(main) = tests.first_mut() {
            let errors = request.selection.apply(main, request.needs, &in_sequences);
            // What is left out needs nothing to run it.
            let left_out = |name: &str, at: Span| {
                main.steps.iter().any(|planned| {
                    (planned.step.name.value.as_str(), planned.step.name.at) == (name, at)
                        && (planned.skip == Some(Reason::NotSelected)
                            || planned.force == Some(Force::Skip))
                })
            };
            for refusal in &mut refusals {
                refusal.errors.retain(
                    |error| !matches!(error, PlanError::Dotnet { step, at } if left_out(step, *at)),
                );
            }
            refusals.retain(|refusal| !refusal.errors.is_empty());
            for planned in &mut main.steps {
                if planned.force == Some(Force::Skip)
                    && planned.skip == Some(Reason::UnsupportedRunner)
                {
                    planned.skip = None;
                }
            }
            if !errors.is_empty() {
                let sources = request.unit.sources;
                refusals.push(Refusal { sources, errors });
            }
        }
        if refusals.is_empty() {
            Ok(Self { request, tests })
        } else {
            Err(refusals)
        }
    }

    /// The steps of the test itself.
    pub fn steps(&self) -> &[Planned<'a>] {
        self.tests.first().map_or(&[], |test| &test.steps)
    }

    /// Every step of them, with its place in the YAML, and whether it is of the test itself.
    pub fn places(&self) -> impl Iterator<Item = (&'a Step, Phase, Place, bool)> {
        self.tests.iter().enumerate().flat_map(|(index, test)| {
            let sources = test.unit.sources;
            let steps = test.steps.iter();
            steps.map(move |its| {
                let place = sources.place(its.step.at);
                (its.step, its.phase, place, index == 0)
            })
        })
    }

    /// The test itself, then the sequences it uses.
    pub fn tests(&self) -> impl Iterator<Item = &'a Test> {
        self.tests.iter().map(|planned| planned.unit.test)
    }

    /// The module that is likely to be called first: none where no step calls any. Conditions are looked at only when a step's turn comes.
    pub fn first_module(&self) -> Option<&'a str> {
        self.first_module_in(self.steps())
    }

    fn first_module_in(&self, steps: &[Planned<'a>]) -> Option<&'a str> {
        steps
            .iter()
            .filter(|planned| planned.skip.is_none() && planned.force.is_none())
            .find_map(|planned| match planned.work {
                Work::Python { module, .. } => Some(module),
                Work::Sequence(test) => self.first_module_in(&self.tests.get(test)?.steps),
                _ => None,
            })
    }

    /// Every step of the test and of the sequences it uses.
    fn all_steps(&self) -> impl Iterator<Item = &Planned<'a>> {
        self.tests.iter().flat_map(|test| &test.steps)
    }

    /// The names of the steps that are forced and would be executed, or are kept from it.
    pub(super) fn forced(&self) -> Vec<String> {
        names(
            self.all_steps()
                .filter(|planned| planned.force.is_some() && planned.skip.is_none()),
        )
    }

    pub(super) fn stubbed(&self) -> Vec<String> {
        names(
            self.all_steps()
                .filter(|planned| matches!(planned.work, Work::Stub(_)) && planned.skip.is_none()),
        )
    }

    /// Whether some steps of the test are left out.
    pub(super) fn partial(&self) -> bool {
        self.all_steps().any(|planned| {
            matches!(
                planned.skip,
                Some(Reason::NotSelected | Reason::UnsupportedRunner)
            )
        })
    }
}

fn names<'p, 'a: 'p>(steps: impl Iterator<Item = &'p Planned<'a>>) -> Vec<String> {
    steps
        .map(|planned| planned.step.name.value.clone())
        .collect()
}

struct Planner<'r, 'a> {
    request: &'r Request<'a>,
    /// Filled from the innermost outwards; the index is given out before.
    tests: Vec<Option<PlannedTest<'a>>>,
    /// The tests that lead to this one, outermost first.
    way: Vec<usize>,
    refusals: Vec<Refusal<'a>>,
}

impl<'a> Planner<'_, 'a> {
    fn test(&mut self, unit: Unit<'a>) -> usize {
        let index = self.tests.len();
        self.tests.push(None);
        self.way.push(index);
        // In its place at once, so that whoever comes back here is recognised.
        self.tests[index] = Some(PlannedTest {
            unit: unit.clone(),
            steps: Vec::new(),
        });
        let test = unit.test;
        let mut errors = Vec::new();
        for tag in &test.required_tags {
            let required = [tag.value.as_str()];
            if !self
                .request
                .context
                .missing_tags(required.into_iter())
                .is_empty()
            {
                errors.push(PlanError::MissingTag {
                    tag: tag.value.clone(),
                    at: tag.at,
                });
            }
        }
        let phases = [
            (Phase::Setup, &test.setup),
            (Phase::Steps, &test.steps),
            (Phase::Teardown, &test.teardown),
        ];
        let mut steps = Vec::new();
        for (phase, list) in phases {
            for step in list {
                let (planned, error) = self.planned(&unit, phase, step);
                steps.push(planned);
                errors.extend(error);
            }
        }
        self.way.pop();
        if !errors.is_empty() {
            let sources = unit.sources;
            self.refusals.push(Refusal { sources, errors });
        }
        if let Some(planned) = &mut self.tests[index] {
            planned.steps = steps;
        }
        index
    }

    fn planned(
        &mut self,
        unit: &Unit<'a>,
        phase: Phase,
        step: &'a Step,
    ) -> (Planned<'a>, Option<PlanError>) {
        let mut skip = (!step.enabled).then_some(Reason::Disabled);
        let force = step.force.as_ref().map(|force| force.value);
        // A step that cannot run keeps its place, so that names find it.
        let (work, error) = match step.enabled.then(|| self.work(unit, step)) {
            Some(Ok(work)) => (work, None),
            Some(Err(error)) => (Work::Nothing, Some(error)),
            None => (Work::Nothing, None),
        };
        if matches!(work, Work::Nothing) && skip.is_none() {
            skip = Some(Reason::UnsupportedRunner);
        }
        let planned = Planned {
            phase,
            step,
            work,
            skip,
            force,
            precondition: step
                .precondition
                .as_ref()
                .map(|text| Condition::parse(&text.value)),
            rounds: match &step.repeat {
                Some(repeat) => rounds(&repeat.value),
                None => Rounds::Once,
            },
        };
        (planned, error)
    }

    fn work(&mut self, unit: &Unit<'a>, step: &'a Step) -> Result<Work<'a>, PlanError> {
        Ok(match &step.action {
            Action::Python { module, function } => Work::Python {
                module: &module.value,
                function: &function.value,
            },
            Action::Dotnet { .. } => match self.request.stubs.get(&step.name.value) {
                Some(stub) => Work::Stub(stub),
                None if self.request.selection.skip_dotnet => Work::Nothing,
                None => {
                    return Err(PlanError::Dotnet {
                        step: step.name.value.clone(),
                        at: step.name.at,
                    });
                }
            },
            Action::Delay { seconds } => {
                Work::Delay(Duration::try_from_secs_f64(seconds.value).unwrap_or(Duration::MAX))
            }
            Action::Mock => Work::Mock,
            Action::Prompt(prompt) => Work::Prompt(Some(prompt)),
            Action::Manual(prompt) => Work::Prompt(prompt.as_ref()),
            Action::Sequence { path } => {
                let Some(child) = (self.request.sequences)(unit, &path.value) else {
                    return Err(PlanError::MissingSequence {
                        step: step.name.value.clone(),
                        path: path.value.clone(),
                        at: path.at,
                    });
                };
                Work::Sequence(self.sequence(step, &path.value, path.at, child)?)
            }
        })
    }

    /// The index of a sequence's test, planned when first met.
    fn sequence(
        &mut self,
        step: &Step,
        path: &str,
        at: Span,
        child: Unit<'a>,
    ) -> Result<usize, PlanError> {
        let known = self.tests.iter().position(|known| {
            known
                .as_ref()
                .is_some_and(|known| std::ptr::eq(known.unit.test, child.test))
        });
        let Some(index) = known else {
            return Ok(self.test(child));
        };
        let Some(start) = self.way.iter().position(|&on_way| on_way == index) else {
            return Ok(index);
        };
        let files = self.way[start..]
            .iter()
            .chain([&index])
            .filter_map(|&index| self.tests[index].as_ref())
            .map(|test| test.unit.test.file.as_str());
        Err(PlanError::Recursion {
            step: step.name.value.clone(),
            path: path.into(),
            way: files.collect::<Vec<_>>().join(" → "),
            at,
        })
    }
}

fn rounds(repeat: &Repeat) -> Rounds {
    Rounds::Repeat {
        condition: repeat
            .condition
            .as_ref()
            .map(|text| Condition::parse(&text.value)),
        most: repeat.max_iterations.value,
    }
}

impl Selection {
    /// Marks the steps that are not asked for, forces and loops the others.
    /// `in_sequences` are the steps of sequences, each with its file, for whoever names one of those.
    fn apply(
        &self,
        test: &mut PlannedTest<'_>,
        needs: &Needs<'_>,
        in_sequences: &[(String, String)],
    ) -> Vec<PlanError> {
        let steps = &mut test.steps;
        let names: Vec<String> = steps
            .iter()
            .map(|planned| planned.step.name.value.clone())
            .collect();
        let find = |switch: &'static str, name: &str| {
            names
                .iter()
                .position(|known| known == name)
                .ok_or_else(|| PlanError::UnknownStep {
                    switch,
                    name: name.into(),
                    nearest: nearest(name, names.iter().map(String::as_str)).map(Into::into),
                    names: names.clone(),
                    sequence: in_sequences
                        .iter()
                        .find(|(known, _)| known == name)
                        .map(|(_, file)| file.clone()),
                })
        };
        let mut errors = Vec::new();
        let mut found =
            |switch, name: &str| find(switch, name).map_err(|error| errors.push(error)).ok();
        let mut never = Vec::new();
        for (name, force) in &self.forced {
            if let Some(index) = found("--force", name) {
                steps[index].force = Some(*force);
                never.push(("--force", index));
            }
        }
        if let Some((count, name)) = &self.looped
            && let Some(index) = found("--loop", name)
        {
            steps[index].rounds = Rounds::Loop(*count);
            never.push(("--loop", index));
        }
        let only: Vec<usize> = self
            .only
            .iter()
            .filter_map(|name| found("--only", name))
            .collect();
        let from = self.from.as_ref().and_then(|name| found("--from", name));
        let until = self.until.as_ref().and_then(|name| found("--until", name));
        never.extend(only.iter().map(|index| ("--only", *index)));
        for (switch, index) in never {
            let planned = &steps[index];
            let why = match planned.skip {
                Some(Reason::Disabled) => "`enabled: false`",
                Some(Reason::UnsupportedRunner) if switch != "--force" && self.skip_dotnet => {
                    "`runner: dotnet`, which --skip-dotnet leaves out"
                }
                _ if switch == "--loop" && planned.force == Some(Force::Skip) => "`force: skip`",
                _ => continue,
            };
            errors.push(PlanError::NeverExecuted {
                switch,
                name: names[index].clone(),
                why,
            });
        }
        let ends = [("--from", from), ("--until", until)];
        let ends = ends
            .into_iter()
            .filter_map(|(switch, index)| Some((switch, index?, &[Phase::Teardown][..])));
        let named = only
            .iter()
            .map(|index| ("--only", *index, &[Phase::Setup, Phase::Teardown][..]));
        for (switch, index, always) in named.chain(ends) {
            if always.contains(&steps[index].phase) {
                let phase = match steps[index].phase {
                    Phase::Setup => "setup",
                    Phase::Steps => "steps",
                    Phase::Teardown => "teardown",
                };
                errors.push(PlanError::NotInSteps {
                    switch,
                    name: names[index].clone(),
                    phase,
                });
            }
        }
        if let (Some(from), Some(until)) = (from, until)
            && from > until
        {
            errors.push(PlanError::NothingBetween {
                from: names[from].clone(),
                until: names[until].clone(),
            });
        }
        if !errors.is_empty() {
            return errors;
        }
        let needed = match only[..] {
            [] => Vec::new(),
            _ => needs(test.unit.test, &only),
        };
        let part = Part {
            only: &only,
            needed: &needed,
            from,
            until,
        };
        let parts: Vec<_> = steps
            .iter()
            .map(|planned| (planned.phase, planned.step))
            .collect();
        for (index, selected) in part.of(&parts).into_iter().enumerate() {
            let planned = &mut steps[index];
            if selected {
                continue;
            }
            planned.skip = Some(Reason::NotSelected);
            let mut left_out = |switch, by| {
                errors.push(PlanError::LeftOut {
                    switch,
                    name: names[index].clone(),
                    by,
                });
            };
            let by_end = if from.is_some_and(|from| index < from) {
                "--from"
            } else {
                "--until"
            };
            if only.contains(&index) {
                left_out("--only", by_end);
            } else if matches!(planned.rounds, Rounds::Loop(_)) {
                let by = if only.is_empty() { by_end } else { "--only" };
                left_out("--loop", by);
            }
        }
        errors
    }
}
