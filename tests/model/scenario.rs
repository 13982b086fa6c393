//! A test with all that happens while it runs: how long each attempt takes and how it ends.

/// Milliseconds on the fake clock.
pub type Milliseconds = u64;

#[derive(Clone, Debug, Default)]
pub struct Test {
    /// Its file is `tests/NAME.yaml`.
    pub name: String,
    pub on_step_failure: Option<OnStepFailure>,
    pub timeout: Option<Milliseconds>,
    pub setup: Vec<Step>,
    pub steps: Vec<Step>,
    pub teardown: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnStepFailure {
    Abort,
    Continue,
}

#[derive(Clone, Debug)]
pub struct Step {
    /// Unique among all tests of the package; also the name of its function.
    pub name: String,
    pub work: Work,
    pub enabled: bool,
    pub force: Option<Force>,
    pub precondition: Option<Condition>,
    pub repeat: Option<Repeat>,
    /// Extra attempts, and the pause before each.
    pub retry: Option<(u32, Milliseconds)>,
    pub timeout: Option<Milliseconds>,
    pub run_on_abort: bool,
    pub terminate_on_fail: bool,
}

#[derive(Clone, Debug)]
pub enum Work {
    /// One script for each call, whichever iteration or attempt makes it; the last one is kept for more.
    Python(Vec<Attempt>),
    /// With a measurement that keeps its limit or does not.
    Mock {
        passes: bool,
    },
    Delay(Milliseconds),
    Sequence(Box<Test>),
}

#[derive(Clone, Debug)]
pub struct Attempt {
    pub takes: Milliseconds,
    pub ends: Ends,
    /// What it does when it is stopped before it ends.
    pub when_stopped: WhenStopped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    Passes,
    BreaksLimit,
    Raises,
    ReturnsBadly,
    CannotBeImported,
    HasNoFunction,
    HasOtherArguments,
    /// Takes the interpreter along.
    Crashes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenStopped {
    Obeys,
    /// Catches the interruption and ends at once as if nothing had been.
    Swallows,
    /// Goes on until it is left behind.
    Deaf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    Pass,
    Fail,
    Skip,
    Run,
}

/// A condition as the YAML has it. `count` is a variable: how many functions have returned so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    CountBelow(u64),
    IterationBelow(u64),
    /// Names a variable that does not exist.
    Undefined,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    pub condition: Option<Condition>,
    pub max_iterations: u32,
}

/// How long code that does not stop is waited for.
pub const GRACE: Milliseconds = 500;

impl Test {
    /// All steps in the order of the phases.
    pub fn phases(&self) -> impl Iterator<Item = (Phase, &Step)> {
        [
            (Phase::Setup, &self.setup),
            (Phase::Steps, &self.steps),
            (Phase::Teardown, &self.teardown),
        ]
        .into_iter()
        .flat_map(|(phase, steps)| steps.iter().map(move |step| (phase, step)))
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    #[default]
    Setup,
    Steps,
    Teardown,
}
