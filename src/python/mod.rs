//! The interpreter behind one contract, and its homes.

mod interpreter;
mod native;

pub use interpreter::{Call, Exception, Frame, Interpreter, Outcome};
pub use native::Native;
