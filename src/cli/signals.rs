//! The signals that end a run.

#[cfg_attr(unix, path = "signals_unix.rs")]
#[cfg_attr(not(unix), path = "signals_other.rs")]
mod system;

pub use system::forward;
