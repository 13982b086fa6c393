//! Asking test code to stop: one flag, and a way to wake whoever waits on the host's side.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

type Waker = Box<dyn Fn() + Send>;

#[derive(Default)]
struct Inner {
    pending: AtomicBool,
    wakers: Mutex<BTreeMap<u64, Waker>>,
}

/// A request to stop that is answered once: by an exception in the test code. Clones share it.
#[derive(Clone, Default)]
pub struct Interrupt(Arc<Inner>);

impl Interrupt {
    /// Asks the code to stop and wakes every blocked host request.
    pub fn raise(&self) {
        self.0.pending.store(true, Ordering::SeqCst);
        for wake in self.wakers().values() {
            wake();
        }
    }

    /// Whether the code still has to be told.
    pub fn pending(&self) -> bool {
        self.0.pending.load(Ordering::SeqCst)
    }

    /// Takes the request back, or takes it up: true for the one who did.
    pub fn take(&self) -> bool {
        self.0.pending.swap(false, Ordering::SeqCst)
    }

    /// Calls `wake` at every [`Interrupt::raise`] for as long as the returned guard lives, and at once when one is pending.
    pub fn on_raise(&self, wake: impl Fn() + Send + 'static) -> Waking {
        let mut wakers = self.wakers();
        let key = wakers.last_key_value().map_or(0, |(key, _)| key + 1);
        let wake = wakers.entry(key).or_insert(Box::new(wake));
        if self.pending() {
            wake();
        }
        Waking {
            interrupt: self.clone(),
            key,
        }
    }

    fn wakers(&self) -> MutexGuard<'_, BTreeMap<u64, Waker>> {
        self.0.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends an [`Interrupt::on_raise`] when dropped.
pub struct Waking {
    interrupt: Interrupt,
    key: u64,
}

impl Drop for Waking {
    fn drop(&mut self) {
        self.interrupt.wakers().remove(&self.key);
    }
}

/// One interpreter's share of an interruption: it takes one up only while it runs the user's code, and never once it was given up.
#[derive(Clone)]
pub struct Notice {
    interrupt: Interrupt,
    listening: Arc<AtomicBool>,
    gone: Arc<AtomicBool>,
}

impl Notice {
    pub fn new(interrupt: Interrupt) -> Self {
        Self {
            interrupt,
            listening: Arc::default(),
            gone: Arc::default(),
        }
    }

    /// Takes the request up: true for the one who did, and has to raise the exception.
    pub fn take(&self) -> bool {
        self.listening.load(Ordering::SeqCst)
            && !self.gone.load(Ordering::SeqCst)
            && self.interrupt.take()
    }

    /// Whether the user's code runs.
    pub fn listen(&self, listening: bool) {
        self.listening.store(listening, Ordering::SeqCst);
    }

    /// The interpreter was given up: from now on interruptions are for its successor.
    pub fn give_up(&self) {
        self.gone.store(true, Ordering::SeqCst);
    }

    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }
}
