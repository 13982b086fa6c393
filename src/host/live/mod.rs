//! The live home: the machine's own files, network, clocks and randomness.

#[cfg_attr(unix, path = "cpu_unix.rs")]
#[cfg_attr(not(unix), path = "cpu_other.rs")]
mod cpu;
mod error;
mod files;
mod host;
mod network;
mod wait;

pub use host::LiveHost;
