//! Where a verdict comes from, told from a run's stored events alone: from the verdict back to the limit, the value, the code, the bench and the settings.
//!
//! `told` is the run, put together from its events; `origin` knows who set each name; `subject` finds what is asked about; `chain` makes the links, with
//! `conversation` for what the bench said; `page` shows them.

mod chain;
mod conversation;
mod origin;
mod page;
mod subject;
mod told;

pub use chain::{Link, Section, of_run, of_subject};
pub use page::shown;
pub use subject::{Subject, Unknown};
pub use told::Told;
