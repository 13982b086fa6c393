//! package.json, tests/*.yaml and local.yaml: read, checked, kept with positions. Knows nobody below.

mod action;
mod distribution;
pub mod expression;
pub mod fields;
pub mod json;
mod load;
mod local;
pub mod manifest;
mod marker;
mod measurement;
pub mod model;
pub mod names;
mod neighbours;
pub mod node;
mod prompt;
mod requirement;
pub mod routing;
mod selection;
mod step;
mod test;
pub mod text_file;
mod wheels;
pub mod yaml;
mod yaml_syntax;

pub use distribution::{Distribution, normal};
pub use load::{LoadError, load};
pub use neighbours::{Neighbours, normal as normal_path};
pub use requirement::Requirement;
pub use selection::find_test;
pub use wheels::{Wheels, wheels};
