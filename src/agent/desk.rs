//! The one agent all connections share.

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak},
    task::Waker,
    time::{Duration, Instant},
};

use tokio::{
    sync::{Notify, watch},
    time::timeout,
};

use super::{
    line::{Line, Phase},
    occurrence::Occurrence,
};
use crate::host::bench::FaultyAgent;

/// How long clients that read streams are waited for at the end.
const FAREWELL: Duration = Duration::from_millis(500);

/// How much is told of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What it was and what became of it.
    Line,
    /// Also what was sent and answered, without secrets.
    All,
}

/// Where occurrences are told.
pub type Log = Box<dyn Fn(&Occurrence) + Send + Sync>;

/// The agent, its clock, and everybody who is connected to it.
pub struct Desk {
    agent: Mutex<FaultyAgent>,
    start: Instant,
    lines: Mutex<Vec<Weak<Line>>>,
    log: OnceLock<(Log, Detail)>,
    /// Streams that have nothing to say at present.
    waiting: Mutex<Vec<Waker>>,
    /// A client's stream has ended.
    pub stream_gone: Notify,
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
            log: OnceLock::new(),
            waiting: Mutex::default(),
            stream_gone: Notify::new(),
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

    /// Says, once, where occurrences are told, and how much of them.
    pub fn tell_to(&self, log: Log, detail: Detail) {
        // There is only one who says so.
        let _ = self.log.set((log, detail));
    }

    pub fn tell(&self, occurrence: &Occurrence) {
        if let Some((log, _)) = self.log.get() {
            log(occurrence);
        }
    }

    /// Whether occurrences are told with what was sent.
    pub fn tells_all(&self) -> bool {
        matches!(self.log.get(), Some((_, Detail::All)))
    }

    /// Wakes this stream when something happens. To be called while the agent is held.
    pub fn wait_for_events(&self, waker: &Waker) {
        let mut waiting = lock(&self.waiting);
        if !waiting.iter().any(|other| other.will_wake(waker)) {
            waiting.push(waker.clone());
        }
    }

    /// Wakes the streams that wait.
    pub fn wake_streams(&self) {
        lock(&self.waiting).drain(..).for_each(Waker::wake);
    }

    fn has_streams(&self) -> bool {
        let lines = lock(&self.lines);
        let mut open = lines.iter().filter_map(Weak::upgrade);
        open.any(|line| line.state().phase == Phase::Streaming)
    }

    /// Ends all streams, and waits a moment until their clients have the end.
    pub async fn end_streams(&self) {
        let gone = async {
            loop {
                let gone = self.stream_gone.notified();
                if !self.has_streams() {
                    return;
                }
                self.agent().end_events();
                self.wake_streams();
                gone.await;
            }
        };
        // Whoever does not take its end is not waited for.
        let _ = timeout(FAREWELL, gone).await;
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
        self.agent().end_events();
        self.wake_streams();
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
