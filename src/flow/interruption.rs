//! What stops a piece of work: signals of a person, counted, and time that is up; everything that waits is woken
//! (docs/decisions.md 5, 19, 20).

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use super::clock::Clock;

pub use crate::event::Signal;

type Listener = Box<dyn Fn() + Send>;

#[derive(Default)]
struct Inner {
    count: AtomicU32,
    first: Mutex<Option<Signal>>,
    ending: Mutex<Option<Signal>>,
    waiters: Condvar,
    listeners: Mutex<BTreeMap<u64, Listener>>,
}

/// The signals a run has received; clones share them.
#[derive(Clone, Default)]
pub struct Interruption(Arc<Inner>);

impl Interruption {
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a signal and wakes whoever waits. The kind of the first one is kept.
    pub fn raise(&self, signal: Signal) {
        if signal != Signal::Interrupt {
            lock(&self.0.ending).get_or_insert(signal);
        }
        {
            let mut first = lock(&self.0.first);
            first.get_or_insert(signal);
            self.0.count.fetch_add(1, Ordering::SeqCst);
        }
        self.wake();
    }

    /// What calls [`Interruption::raise`].
    pub fn raiser(&self) -> impl Fn(Signal) + Send + 'static {
        let interruption = self.clone();
        move |signal| interruption.raise(signal)
    }

    /// Wakes whoever waits, to look again whether to stop.
    pub fn wake(&self) {
        self.0.waiters.notify_all();
        for listener in lock(&self.0.listeners).values() {
            listener();
        }
    }

    /// How many signals have come.
    pub fn count(&self) -> u32 {
        self.0.count.load(Ordering::SeqCst)
    }

    /// The first signal that is no Ctrl-C, if any has come.
    pub fn ending(&self) -> Option<Signal> {
        *lock(&self.0.ending)
    }

    /// The first signal, if any has come.
    pub fn first(&self) -> Option<Signal> {
        *lock(&self.0.first)
    }

    /// A stop that fires when more signals than `tolerated` have come. It knows no time until it is given a deadline.
    pub fn stop_above(&self, tolerated: u32) -> Stop {
        Stop {
            interruption: self.clone(),
            tolerated,
            clock: None,
            deadlines: Vec::new(),
        }
    }
}

/// When a piece of work has had its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// On the run's clock.
    pub at: Duration,
    /// How long the work was allowed to take.
    pub allowed: Duration,
    pub limit: Limit,
}

/// Which limit a deadline comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// `timeout_ms` of a step, for one attempt of it.
    Attempt { step: String },
    /// `policy.timeout` of a test.
    Policy { test: String },
}

/// Why a stop has fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause<'a> {
    Signal,
    Time(&'a Deadline),
}

/// Tells one piece of work when to give up.
#[derive(Clone)]
pub struct Stop {
    interruption: Interruption,
    tolerated: u32,
    /// There once a deadline is.
    clock: Option<Arc<dyn Clock>>,
    deadlines: Vec<Deadline>,
}

impl Stop {
    /// The same, and it fires at this time as well.
    #[must_use]
    pub fn by(&self, deadline: Deadline, clock: &Arc<dyn Clock>) -> Self {
        let mut stop = self.clone();
        stop.clock.get_or_insert_with(|| clock.clone());
        stop.deadlines.push(deadline);
        stop
    }

    /// Whether there is a time at which it fires.
    pub fn has_deadline(&self) -> bool {
        !self.deadlines.is_empty()
    }

    pub fn fired(&self) -> bool {
        self.signalled() || self.left() == Some(Duration::ZERO)
    }

    fn signalled(&self) -> bool {
        self.interruption.count() > self.tolerated
    }

    /// Why it has fired, if it has. A person comes before the time, and the earliest deadline before the others.
    pub fn cause(&self) -> Option<Cause<'_>> {
        if self.signalled() {
            return Some(Cause::Signal);
        }
        let now = self.clock.as_ref()?.elapsed();
        let first = self.first_deadline()?;
        (first.at <= now).then_some(Cause::Time(first))
    }

    /// The time left until the first deadline; zero when it has passed, `None` without any.
    pub fn left(&self) -> Option<Duration> {
        let first = self.first_deadline()?;
        Some(first.at.saturating_sub(self.clock.as_ref()?.elapsed()))
    }

    /// The time that was left has passed on the machine's clock; where the run's stands still, it does now.
    pub fn waited(&self) {
        if let (Some(clock), Some(first)) = (&self.clock, self.first_deadline()) {
            clock.waited_until(first.at);
        }
    }

    fn first_deadline(&self) -> Option<&Deadline> {
        self.deadlines.iter().min_by_key(|deadline| deadline.at)
    }

    /// Waits until the stop fires (true) or the time is up (false).
    pub fn wait(&self, duration: Duration) -> bool {
        let until = Instant::now().checked_add(duration);
        let inner = &*self.interruption.0;
        let mut guard = lock(&inner.first);
        while !self.fired() {
            let left = match until {
                Some(until) => until.saturating_duration_since(Instant::now()),
                None => Duration::from_secs(3600),
            };
            if left.is_zero() {
                return false;
            }
            let left = self.left().map_or(left, |deadline| deadline.min(left));
            guard = inner
                .waiters
                .wait_timeout(guard, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }

    /// Calls `listener` at every signal, and when a clock that does not go with the machine's has jumped, for as long as the returned guard lives; at once
    /// when the stop has fired already. The listener asks [`Stop::fired`] itself.
    pub fn listen(&self, listener: impl Fn() + Send + 'static) -> Listening {
        let clock = self.clock.clone();
        if let (Some(clock), Some(first)) = (&clock, self.first_deadline()) {
            clock.wake_at(first.at, &self.interruption);
        }
        let mut listeners = lock(&self.interruption.0.listeners);
        let key = listeners.last_key_value().map_or(0, |(key, _)| key + 1);
        let listener = listeners.entry(key).or_insert(Box::new(listener));
        if self.fired() {
            listener();
        }
        Listening {
            interruption: self.interruption.clone(),
            key,
            clock,
        }
    }
}

/// Ends a [`Stop::listen`] when dropped.
pub struct Listening {
    interruption: Interruption,
    key: u64,
    clock: Option<Arc<dyn Clock>>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(clock) = &self.clock {
            clock.wake_no_more();
        }
        lock(&self.interruption.0.listeners).remove(&self.key);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
