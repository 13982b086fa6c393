//! The only source of time for the engine, so that a simulated run can have its own.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::interruption::Stop;

pub trait Clock: Send + Sync {
    /// Time since the clock was made.
    fn elapsed(&self) -> Duration;

    /// The wall-clock time.
    fn now(&self) -> Timestamp;

    /// Waits; ends early, with true, when the stop fires.
    fn sleep(&self, duration: Duration, stop: &Stop) -> bool;
}

/// The time of the machine.
pub struct RealClock {
    start: Instant,
}

impl RealClock {
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }
}

impl Default for RealClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for RealClock {
    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, duration: Duration, stop: &Stop) -> bool {
        stop.wait(duration)
    }
}
