//! Asking test code to stop: one flag, and a way to wake whoever waits on the host's side.

#[cfg(feature = "threading")]
use std::sync::atomic::AtomicUsize;
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
    pausing: AtomicBool,
    #[cfg(feature = "threading")]
    other_threads: AtomicUsize,
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

    /// Asks code that is debugged to stand still where it is.
    pub fn ask_to_pause(&self) {
        self.0.pausing.store(true, Ordering::SeqCst);
    }

    /// Takes that up: true for the one who did.
    pub fn take_pause(&self) -> bool {
        self.0.pausing.swap(false, Ordering::SeqCst)
    }

    /// How many threads the code has beside its main one, as far as the host was told with its last request.
    #[cfg(feature = "threading")]
    pub fn other_threads(&self) -> usize {
        self.0.other_threads.load(Ordering::SeqCst)
    }

    /// Tells the host how many other threads there are.
    #[cfg(feature = "threading")]
    pub fn tell_threads(&self, others: usize) {
        self.0.other_threads.store(others, Ordering::SeqCst);
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
    places: Arc<AtomicBool>,
}

impl Notice {
    pub fn new(interrupt: Interrupt) -> Self {
        Self {
            interrupt,
            listening: Arc::default(),
            gone: Arc::default(),
            places: Arc::default(),
        }
    }

    /// Takes the request up: true for the one who did, and has to raise the exception.
    pub fn take(&self) -> bool {
        self.listens() && !self.gone.load(Ordering::SeqCst) && self.interrupt.take()
    }

    /// Whether the user's code runs.
    pub fn listens(&self) -> bool {
        self.listening.load(Ordering::SeqCst)
    }

    /// The address of the byte that says whether the user's code runs.
    #[cfg(target_arch = "wasm32")]
    pub fn listening(&self) -> usize {
        self.listening.as_ptr().expose_provenance()
    }

    /// Says whether the user's code runs.
    pub fn listen(&self, listening: bool) {
        self.listening.store(listening, Ordering::SeqCst);
    }

    /// Says whether the host wants to know where the code is that asks for the network.
    pub fn tell_places(&self, wanted: bool) {
        self.places.store(wanted, Ordering::Relaxed);
    }

    /// Whether the host wants to know where the code is.
    pub fn tells_places(&self) -> bool {
        self.places.load(Ordering::Relaxed)
    }

    /// The interpreter was given up: from now on interruptions are for its successor.
    pub fn give_up(&self) {
        self.gone.store(true, Ordering::SeqCst);
    }

    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }
}
