//! Whoever may hold a run between its steps.

use indexmap::IndexMap;

use crate::{
    event::{Phase, Reason, Verdict},
    package::model::{Force, Measurement},
    source::Place,
};

/// Holds a run, looks at it, and lets it go on. Its calls block while the run stands still, with the clock held ([`super::held_clock::HeldClock`]).
pub trait Debugger: Sync {
    /// A step is about to begin.
    fn before(&self, step: &Upcoming<'_>) -> Order;

    /// A step has ended. Whether it is to be done over, from the store it began with and with modules that nobody has imported yet; asked once.
    fn is_to_repeat(&self) -> bool;

    /// A step has ended; what it left in the store is what the next one finds.
    fn after(&self, step: &Upcoming<'_>, verdict: Verdict, reason: Option<Reason>) -> Order;
}

/// A step and what it finds.
pub struct Upcoming<'a> {
    pub name: &'a str,
    pub phase: Phase,
    pub place: Place,
    /// The function it calls, `module.function`, when it calls one.
    pub function: Option<String>,
    /// The variable store as texts; secrets are `***`.
    pub store: IndexMap<String, String>,
    pub measurements: &'a [Measurement],
}

/// How a step is to go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// In place of what the file or the command line forces.
    pub force: Option<Force>,
    /// Do the step that has ended over.
    pub repeat: bool,
    /// How often the step runs, in place of its own repetitions.
    pub rounds: Option<u32>,
}

impl Order {
    /// Whether it alters how the step runs.
    pub fn is_of_step(&self) -> bool {
        self.force.is_some() || self.rounds.is_some()
    }
}
