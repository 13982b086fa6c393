//! A package's Python, read without running it: which modules there are, what they import, which functions they have, what those
//! take and visibly return. Knows nobody but `diagnostic`, `source` and `package`.

mod binding;
mod breakpoints;
mod deep_stack;
mod depth;
mod dotted;
mod encoding;
mod environment;
mod folder;
mod function;
mod import;
mod index;
mod literal;
mod module;
mod parsing;
mod place;
mod returns;
mod signature;
mod standard_library;

pub use breakpoints::has_breakpoints;
pub use deep_stack::on_a_deep_stack;
pub use dotted::{called, dotted};
pub use environment::variables;
pub use folder::modules_of;
pub use function::{Callable, Function};
pub use import::{Astray, Import};
pub use index::{Code, Lookup};
pub use literal::{adjacent, number, text};
pub use module::Module;
pub use place::span;
pub use rehearsal_python::interpreter::module_name;
pub use returns::{Key, Returns, computes_a_number};
pub use signature::{Misfit, Parameter, Signature};
pub use standard_library::{is_newer_than_stations, is_of_the_standard_library};
