//! The execution model: walks setup, steps and teardown and decides verdicts.
//!
//! It opens no file and no socket, prints nothing, and asks the time only of [`clock::Clock`]. In the order a step passes them:
//! [`Plan`] (what will run, checked), [`run()`] (the phases), `step`, `attempt`, `template` and `store` (what the code is given
//! and what it leaves), `measure` (judging), and `ending` (the rule by which a step may end the run).

mod attempt;
pub mod clock;
mod context;
mod ending;
pub mod interruption;
mod measure;
mod nearest;
mod number;
mod plan;
mod run;
mod secret;
mod step;
mod store;
mod template;
mod verdict;

pub use context::{AGENT_HOST, Context, Overrides, Setting};
pub use plan::{Excerpts, Plan, PlanError, Planned, Request, Work};
pub use run::{RunOutcome, run};
pub use secret::looks_secret;
pub use store::Variable;
pub use template::Template;
