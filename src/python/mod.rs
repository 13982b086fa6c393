//! The interpreter behind one contract, and its homes.

mod breakdown;
mod conduct;
mod interpreter;
mod native;
pub mod sandbox;
mod script;

pub use interpreter::{Call, Exception, Frame, Interpreter, Outcome};
pub use native::Native;
pub use sandbox::Sandbox;
pub use script::{ScriptEnd, run_script};
