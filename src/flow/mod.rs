//! The execution model: walks setup, steps and teardown and decides verdicts.
//!
//! It opens no file and no socket, prints nothing, and asks the time only of [`clock::Clock`]. In the order a step passes them:
//! [`Plan`] (what will run, checked; [`Selection`] says which part of it), [`run()`], `level` (the phases of one test), `step`,
//! `attempt`, then the step's work: `calling` (Python), `prompting`, `sequence`; `template` and `store` (what the work is given and what
//! it leaves), `measure` (judging), and `ending` (the rule by which a step may end its test).

mod attempt;
mod calling;
pub mod clock;
mod condition;
mod context;
pub mod debugger;
mod ending;
pub mod held_clock;
pub mod interruption;
mod level;
mod measure;
mod nearest;
mod number;
mod plan;
mod prompting;
mod run;
mod secret;
mod selection;
mod sequence;
mod statistics;
mod step;
mod store;
mod template;
mod verdict;
pub mod virtual_clock;
mod written;

pub use condition::Condition;
pub use context::{AGENT_HOST, Context, Origin, Overrides, Setting};
pub(crate) use nearest::nearest;
pub use plan::{
    Callees, Departed, Excerpts, Needs, Plan, PlanError, Planned, PlannedTest, Refusal, Refused,
    Request, Rounds, Sequences, Unit, Work,
};
pub use run::{AT_ONCE, Crew, RunOutcome, run};
pub use secret::{MASK, Secrets};
pub use selection::Selection;
pub use store::Variable;
pub use template::Template;
