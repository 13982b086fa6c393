//! bench.yaml, in the order of docs/bench.md.

mod buses;
mod channels;
mod equipment;
mod faults;
mod models;
mod modules;
mod peers;
mod root;

pub use root::Bench;
