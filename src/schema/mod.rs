//! JSON Schema of the files users write, for editors: what may stand in them, as the readers in `package` and `host::bench` take it.
//!
//! The types here hold no data. Each mirrors one mapping a reader knows, for the schema that is derived from it; `tests/schema/` holds
//! the two together.

#![expect(
    dead_code,
    reason = "the types are there for the schema that is derived from them"
)]

mod bench;
mod described;
mod local;
mod measurement;
mod package;
mod prompt;
mod step;
mod test;
mod value;
mod word;

pub use described::{Described, SchemaError};
