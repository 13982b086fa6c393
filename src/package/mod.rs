//! package.json, tests/*.yaml and local.yaml: read, checked, kept with positions. Knows nobody below.

mod action;
mod distribution;
pub mod fields;
pub mod json;
mod load;
mod local;
pub mod manifest;
mod marker;
mod measurement;
pub mod model;
pub mod names;
pub mod node;
mod prompt;
mod requirement;
mod selection;
pub mod sequence;
mod step;
mod test;
pub mod text_file;
pub mod unsupported;
mod wheels;
pub mod yaml;
mod yaml_syntax;

pub use load::{LoadError, load};
pub use selection::find_test;
pub use wheels::{Wheels, wheels};
