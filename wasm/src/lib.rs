//! RustPython, configured, plus the operating system that test code sees.
//!
//! In the order a call passes them:
//! [`call`] (what the engine asks and gets back) → [`interpreter`] (one interpreter, its modules, its interruption) →
//! `door` (the `_rehearsal` module, all that the Python side of the operating system in `python/` may use) →
//! [`host`] (the requests that leave the interpreter). [`value`] is what may cross.
//!
//! Built without RustPython's `host_env`: the interpreter has no operating system but this one.

pub mod call;
mod convert;
mod door;
#[cfg(target_arch = "wasm32")]
mod errors;
mod exception;
#[cfg(target_arch = "wasm32")]
mod guest;
pub mod host;
pub mod interpreter;
pub mod interrupt;
mod lock;
mod place;
pub mod program;
pub mod setup;
mod time_zones;
pub mod tls;
pub mod value;
mod xml_error;
mod zone;
