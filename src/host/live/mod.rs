//! The live home: the machine's own files, network, clocks and randomness.

mod error;
mod files;
mod host;
mod names;
mod network;
mod options;
mod socket;
#[cfg_attr(unix, path = "system_unix.rs")]
#[cfg_attr(not(unix), path = "system_other.rs")]
mod system;
mod tls;
mod wait;

pub use host::LiveHost;
