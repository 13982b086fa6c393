//! The only source of time for the engine, so that a simulated run can have its own.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::interruption::{Interruption, Stop};

pub trait Clock: Send + Sync {
    /// Time since the clock was made.
    fn elapsed(&self) -> Duration;

    /// The wall-clock time.
    fn now(&self) -> Timestamp;

    /// Waits; ends early, with true, when the stop fires.
    fn sleep(&self, duration: Duration, stop: &Stop) -> bool;

    /// Wakes those who wait when a clock that does not go with the machine's gets to that time, or near it.
    fn wake_at(&self, _at: Duration, _interruption: &Interruption) {}

    /// Somebody has waited for that time, in the machine's.
    fn waited_until(&self, _at: Duration) {}

    /// The work with that deadline is done.
    fn wake_no_more(&self) {}
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
