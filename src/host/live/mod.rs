//! The live home: the machine's own files, network, programs, clocks and randomness.

mod capture;
pub(super) mod error;
mod files;
mod host;
mod names;
mod network;
mod options;
#[cfg_attr(unix, path = "pipe_unix.rs")]
#[cfg_attr(not(unix), path = "pipe_other.rs")]
mod pipe;
mod pipes;
#[cfg_attr(unix, path = "process_unix.rs")]
#[cfg_attr(not(unix), path = "process_other.rs")]
mod process;
mod programs;
mod socket;
#[cfg_attr(unix, path = "system_unix.rs")]
#[cfg_attr(not(unix), path = "system_other.rs")]
mod system;
mod tls;
mod wait;

pub use capture::{Sink, Streams};
pub use error::from_io;
pub use host::LiveHost;
