//! The one agent all connections share.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use tokio::sync::{Notify, watch};

use super::{line::Line, occurrence::Occurrence};
use crate::host::bench::FaultyAgent;

/// Where occurrences are told.
pub type Log = Box<dyn Fn(&Occurrence) + Send + Sync>;

/// The agent, its clock, and everybody who is connected to it.
pub struct Desk {
    agent: Mutex<FaultyAgent>,
    start: Instant,
    lines: Mutex<Vec<Weak<Line>>>,
    log: Mutex<Option<Log>>,
    /// The agent is gone for good: the listener is to close.
    pub closing: Notify,
    /// The listener is closed.
    pub closed: watch::Sender<bool>,
}

impl Desk {
    /// `start` is the agent's time zero.
    pub fn new(agent: FaultyAgent, start: Instant) -> Self {
        Self {
            agent: Mutex::new(agent),
            start,
            lines: Mutex::default(),
            log: Mutex::default(),
            closing: Notify::new(),
            closed: watch::Sender::new(false),
        }
    }

    pub fn agent(&self) -> MutexGuard<'_, FaultyAgent> {
        lock(&self.agent)
    }

    pub fn now(&self) -> Duration {
        self.start.elapsed()
    }

    pub fn tell_to(&self, log: Log) {
        *lock(&self.log) = Some(log);
    }

    pub fn tell(&self, occurrence: &Occurrence) {
        if let Some(log) = &*lock(&self.log) {
            log(occurrence);
        }
    }

    /// A line for a new connection.
    pub fn line(&self) -> Arc<Line> {
        let line = Arc::new(Line::default());
        let mut lines = lock(&self.lines);
        lines.retain(|line| line.strong_count() > 0);
        lines.push(Arc::downgrade(&line));
        line
    }

    /// Ends every connection after what is on its way, and waits until nobody can connect if the agent never comes back.
    pub async fn hang_up(&self) {
        for line in lock(&self.lines).iter().filter_map(Weak::upgrade) {
            line.hang_up();
        }
        if self.agent().is_gone() {
            self.closing.notify_one();
            // Without the listener nobody is told; then nobody can connect either.
            let _ = self.closed.subscribe().wait_for(|closed| *closed).await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
