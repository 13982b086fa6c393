//! bench.yaml, in the order of docs/bench.md.

mod buses;
mod channels;
mod equipment;
mod faults;
mod modules;
mod root;

pub use root::Bench;
