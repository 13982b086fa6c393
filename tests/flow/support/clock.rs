use std::{
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use rehearsal::flow::{
    clock::Clock,
    interruption::{Interruption, Signal, Stop},
};

/// Starts at 0 and moves by sleeping and by [`FakeClock::advance`].
#[derive(Default)]
pub struct FakeClock {
    elapsed: AtomicU64,
    signal: Mutex<Option<(Interruption, Signal)>>,
}

impl FakeClock {
    pub fn advance(&self, duration: Duration) {
        self.elapsed
            .fetch_add(duration.as_nanos() as u64, Ordering::SeqCst);
    }

    /// Sends a signal in the middle of the next sleep.
    pub fn disturb_next_sleep(&self, interruption: &Interruption, signal: Signal) {
        *self.signal.lock().unwrap() = Some((interruption.clone(), signal));
    }
}

impl Clock for FakeClock {
    fn elapsed(&self) -> Duration {
        Duration::from_nanos(self.elapsed.load(Ordering::SeqCst))
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_795_000_000).unwrap()
    }

    fn sleep(&self, duration: Duration, stop: &Stop) -> bool {
        if let Some((interruption, signal)) = self.signal.lock().unwrap().take() {
            self.advance(duration / 2);
            interruption.raise(signal);
        } else {
            self.advance(stop.left().map_or(duration, |left| left.min(duration)));
        }
        stop.fired()
    }
}
