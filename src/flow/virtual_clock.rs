//! Time that costs nothing: what would be waited for has passed at once, and the rest takes as long as it takes.

use std::{
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;

use super::{
    clock::Clock,
    interruption::{Interruption, Stop},
};

/// What is left over may be waited for so late, when something computes until its deadline after it has waited.
const SLACK: Duration = Duration::from_millis(5);

/// About what a request to read the clock takes.
const READING: Duration = Duration::from_micros(10);

/// All that was skipped, and before it the machine's time, unless that stands still.
pub struct VirtualClock {
    /// None when only what is skipped counts.
    start: Option<Instant>,
    began: Timestamp,
    /// What each reading by test code takes, where the machine's time does not count.
    reading: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    skipped: Duration,
    alarm: Option<Alarm>,
}

/// Somebody waits, in real time, for this one.
struct Alarm {
    at: Duration,
    interruption: Interruption,
    /// What had been skipped when they were woken last.
    told: Duration,
    rung: bool,
}

impl VirtualClock {
    pub fn new() -> Self {
        Self {
            start: Some(Instant::now()),
            began: Timestamp::now(),
            reading: Duration::ZERO,
            state: Mutex::default(),
        }
    }

    /// A clock that began at that time, and goes on by what is skipped alone.
    pub fn standing(began: Timestamp) -> Self {
        Self {
            start: None,
            began,
            reading: Duration::ZERO,
            state: Mutex::default(),
        }
    }

    /// A clock that began at that time, and goes on by what is skipped and, a little, by being read: code that waits in a loop comes to an end, and
    /// every run is the same.
    pub fn repeatable(began: Timestamp) -> Self {
        Self {
            reading: READING,
            ..Self::standing(began)
        }
    }

    /// Test code reads it.
    pub fn read(&self) {
        if !self.reading.is_zero() {
            self.pass(self.reading);
        }
    }

    /// Whether only what is skipped counts.
    pub fn stands(&self) -> bool {
        self.start.is_none()
    }

    fn of_machine(&self) -> Duration {
        self.start.map_or(Duration::ZERO, |start| start.elapsed())
    }

    /// Goes on to that time, where it has not come yet; says by how much.
    pub fn advance_to(&self, at: Duration) -> Duration {
        let missing = at.saturating_sub(self.elapsed());
        missing.saturating_sub(self.pass(missing))
    }

    fn skipped(&self) -> Duration {
        self.state().skipped
    }

    /// Lets time pass, up to the deadline of the work at hand; what is left over has to be waited for, since the work is being stopped.
    pub fn pass(&self, duration: Duration) -> Duration {
        let mut state = self.state();
        let now = self.of_machine().saturating_add(state.skipped);
        let room = state.alarm.as_ref().map(|alarm| {
            if alarm.rung {
                Duration::ZERO
            } else {
                alarm.at.saturating_sub(now)
            }
        });
        let passed = room.map_or(duration, |room| room.min(duration));
        state.skipped = state.skipped.saturating_add(passed);
        let skipped = state.skipped;
        let mut woken = None;
        if let Some(alarm) = &mut state.alarm {
            let rings = !alarm.rung && room == Some(passed);
            alarm.rung |= rings;
            if rings || skipped.saturating_sub(alarm.told) >= SLACK {
                alarm.told = skipped;
                woken = Some(alarm.interruption.clone());
            }
        }
        drop(state);
        if let Some(interruption) = woken {
            interruption.wake();
        }
        duration.saturating_sub(passed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for VirtualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VirtualClock")
            .field("elapsed", &self.elapsed())
            .finish_non_exhaustive()
    }
}

impl Clock for VirtualClock {
    fn elapsed(&self) -> Duration {
        self.of_machine().saturating_add(self.skipped())
    }

    fn now(&self) -> Timestamp {
        let elapsed = self.elapsed();
        self.began.checked_add(elapsed).unwrap_or(Timestamp::MAX)
    }

    fn sleep(&self, duration: Duration, stop: &Stop) -> bool {
        if !stop.fired() {
            let left = stop.left().unwrap_or(Duration::MAX);
            let mut state = self.state();
            state.skipped = state.skipped.saturating_add(duration.min(left));
        }
        stop.fired()
    }

    fn wake_at(&self, at: Duration, interruption: &Interruption) {
        let mut state = self.state();
        let told = state.skipped;
        state.alarm = Some(Alarm {
            at,
            interruption: interruption.clone(),
            told,
            rung: false,
        });
    }

    fn waited_until(&self, at: Duration) {
        if self.start.is_none() {
            self.advance_to(at);
        }
    }

    fn wake_no_more(&self) {
        self.state().alarm = None;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::flow::interruption::{Deadline, Limit};

    const HOUR: Duration = Duration::from_secs(3600);

    fn stop(clock: &Arc<VirtualClock>, at: Duration) -> Stop {
        let deadline = Deadline {
            at,
            allowed: at,
            limit: Limit::Policy { test: "t".into() },
        };
        let clock: Arc<dyn Clock> = clock.clone();
        Interruption::new().stop_above(0).by(deadline, &clock)
    }

    #[test]
    fn an_hour_is_over_at_once() {
        let clock = VirtualClock::new();
        assert_eq!(clock.pass(HOUR), Duration::ZERO);
        assert!(!clock.sleep(HOUR, &Interruption::new().stop_above(0)));
        assert!(clock.elapsed() >= 2 * HOUR && clock.elapsed() < 3 * HOUR);
        assert!(clock.now() > Timestamp::now());
    }

    #[test]
    fn time_passes_up_to_the_deadline_of_the_work_and_no_further() {
        let clock = Arc::new(VirtualClock::new());
        let stop = stop(&clock, HOUR);
        let (tell, told) = std::sync::mpsc::channel();
        let its = stop.clone();
        let listening = stop.listen(move || tell.send(its.fired()).expect("somebody listens"));
        assert_eq!(clock.pass(HOUR / 2), Duration::ZERO);
        assert_eq!(told.try_recv(), Ok(false), "it can wait for what is left");
        let left = clock.pass(HOUR);
        assert!(left >= HOUR / 2 && left < HOUR, "{left:?}");
        assert_eq!(told.try_recv(), Ok(true));
        assert_eq!(clock.pass(HOUR), HOUR, "it is being stopped");
        drop(listening);
        assert_eq!(clock.pass(HOUR), Duration::ZERO);
    }

    #[test]
    fn the_engine_waits_until_its_deadline_and_no_longer() {
        let clock = Arc::new(VirtualClock::new());
        assert!(clock.sleep(2 * HOUR, &stop(&clock, HOUR)));
        assert!(clock.elapsed() < HOUR + HOUR / 2);
    }
}
