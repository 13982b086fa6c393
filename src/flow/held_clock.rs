//! A clock that stands still while somebody looks at the run.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use super::{
    clock::Clock,
    interruption::{Interruption, Stop},
};

/// Another clock, without the time for which it was held: time-outs do not run meanwhile, and no duration counts it.
pub struct HeldClock {
    inner: Arc<dyn Clock>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// When it was stopped, on the clock within.
    since: Option<Duration>,
    /// For how long it was held before.
    before: Duration,
}

impl HeldClock {
    pub fn new(inner: Arc<dyn Clock>) -> Self {
        Self {
            inner,
            held: Mutex::default(),
        }
    }

    /// Stops it, unless it stands still already.
    pub fn hold(&self) {
        let now = self.inner.elapsed();
        self.held().since.get_or_insert(now);
    }

    /// Lets it go on from where it was stopped.
    pub fn release(&self) {
        let now = self.inner.elapsed();
        let mut held = self.held();
        if let Some(since) = held.since.take() {
            held.before += now.saturating_sub(since);
        }
    }

    /// What the clock within says when this one comes to a time.
    fn within(&self, at: Duration) -> Duration {
        at.saturating_add(self.held().before)
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for HeldClock {
    fn elapsed(&self) -> Duration {
        let now = self.inner.elapsed();
        let held = self.held();
        held.since.unwrap_or(now).saturating_sub(held.before)
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    fn sleep(&self, duration: Duration, stop: &Stop) -> bool {
        self.inner.sleep(duration, stop)
    }

    fn wake_at(&self, at: Duration, interruption: &Interruption) {
        self.inner.wake_at(self.within(at), interruption);
    }

    fn waited_until(&self, at: Duration) {
        if self.held().since.is_none() {
            self.inner.waited_until(self.within(at));
        }
    }

    fn wake_no_more(&self) {
        self.inner.wake_no_more();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::virtual_clock::VirtualClock;

    #[test]
    fn time_that_passes_while_it_is_held_does_not_count() {
        let inner = Arc::new(VirtualClock::standing(Timestamp::UNIX_EPOCH));
        let clock = HeldClock::new(inner.clone());
        inner.pass(Duration::from_secs(2));
        clock.hold();
        inner.pass(Duration::from_secs(30));
        assert_eq!(clock.elapsed(), Duration::from_secs(2));
        clock.hold();
        clock.release();
        clock.release();
        assert_eq!(clock.elapsed(), Duration::from_secs(2));
        inner.pass(Duration::from_secs(1));
        assert_eq!(clock.elapsed(), Duration::from_secs(3));
    }
}
