//! A run without Python: a scripted interpreter, a clock that only moves when told to, and a builder for tests.

mod clock;
mod interpreter;
mod step;
mod trial;

pub use clock::FakeClock;
pub use interpreter::{Act, dict, ends, exception, prints, raises, returns, signal, sleeps, takes};
pub use step::{Measure, TestStep, boolean, numeric, scalar, step, text};
pub use trial::{Shared, Trial, ended_by};
