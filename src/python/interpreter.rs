//! The contract between the flow engine and an interpreter, whichever home it has.

pub use rehearsal_python::call::{Call, Exception, Frame, Outcome};

use crate::flow::interruption::Stop;

/// An interpreter that holds one module state for one run.
pub trait Interpreter {
    /// Waits until a call can begin at once: the start of the interpreter is no part of any step's time.
    fn prepare(&mut self, _stop: &Stop) {}

    /// Imports the module when this is its first call, and calls the function with keyword arguments. Returns when the function
    /// has ended, or once `stop` has fired and the function gave up or was left behind.
    fn call(&mut self, call: &Call, stop: &Stop) -> Outcome;

    /// The run is over: programs that test code has started and left running are ended, by force when `at_once`.
    fn finish(&mut self, _at_once: bool) {}

    /// Whether the call after a lost one finds the modules as the lost one had found them; else it finds them as nobody has imported them yet.
    fn keeps_state(&self) -> bool {
        false
    }

    /// The next call finds the modules as the last one had found them, where [`Interpreter::keeps_state`] says so; else as nobody has imported
    /// them yet.
    fn renew(&mut self) {}

    /// Which home this is, as reports name it: "native", "sandbox".
    fn name(&self) -> &'static str;
}
