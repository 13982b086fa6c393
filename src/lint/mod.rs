//! Mistakes in a package that is well formed: the rules behind `rehearse check`. What each of them means: docs/rules/.

mod address;
mod allow;
mod assembly;
pub mod catalogue;
pub mod code;
mod condition;
mod github;
mod listing;
mod literal;
mod manifest;
mod measurement;
mod names;
mod path;
mod prompt;
mod sarif;
mod sequence;
mod step;
mod subject;
mod tag;
mod template;
mod version;

pub use allow::apply as apply_allowances;
pub use assembly::file_name as assembly_file;
pub use listing::Listing;
pub use subject::{Subject, lint, merge, raise};
