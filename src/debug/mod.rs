//! Debugging: a run that stops, is looked into, goes on, and goes back. A front (a terminal, an editor) talks to the [`Session`]; the session to the
//! engine ([`crate::flow::debugger`]) and, through the host, to the side within the interpreter (`wasm/src/python/_rehearsal_debug.py`).

mod breakpoint;
mod debugged;
mod lease;
mod position;
mod session;
mod sources;
mod stopped;
mod watched;

pub use breakpoint::{Breakpoint, Filters, Target};
pub use debugged::Debugged;
pub use lease::keep as keep_lease;
pub use position::Goal;
pub use session::{Happening, How, Pass, Session, Unseen};
pub use sources::{KnownStep, Sources};
pub use stopped::{AtStep, Frame, Shown, Stopped, Where};
