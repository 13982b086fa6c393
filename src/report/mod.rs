//! What is made of a run's events: sinks of [`crate::event::Event`] and nothing else; none reaches into the engine.

mod builder;
mod console;
mod duration;
mod events;
mod history;
mod json;
mod measurement_lines;
mod narrow_terminal;
mod progress;
mod statistics_lines;
mod stored;
mod summary;
mod tree;
mod visible;

pub use builder::{Builder, Incomplete};
pub use console::{Console, Look};
pub use events::EventLines;
pub use history::{History, HistoryEntry, last_results};
pub use json::JsonReport;
pub(crate) use measurement_lines::{shown_limits, shown_value};
pub use progress::Progress;
pub use stored::{StoredEvents, StoredEventsError};
pub use tree::{Attempt, Iteration, Measurement, Prompt, Report, SCHEMA, Sequence, Step};
pub(crate) use visible::visible;
