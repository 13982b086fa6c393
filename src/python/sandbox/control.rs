//! How the engine stops what runs in a sandbox, and what the sandbox makes of it.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rehearsal_python::interrupt::Interrupt;

use crate::flow::interruption::Cause;

/// What the thread of a sandbox and the one that waits for it have in common. Clones share it.
#[derive(Clone)]
pub struct Control {
    /// Asks the code to stop; the same one that wakes the host's blocked requests.
    pub interrupt: Interrupt,
    killed: Arc<AtomicBool>,
    /// Whether a person has asked, and not the time.
    person: Arc<AtomicBool>,
    /// Whether code may go on once it was asked to stop.
    pub patient: bool,
}

impl Control {
    pub fn new(interrupt: Interrupt) -> Self {
        Self {
            interrupt,
            killed: Arc::default(),
            person: Arc::default(),
            patient: false,
        }
    }

    /// For code that decides itself what a Ctrl-C means.
    pub fn patient(interrupt: Interrupt) -> Self {
        Self {
            patient: true,
            ..Self::new(interrupt)
        }
    }

    /// Asks code to stop: at its next instruction, or where it waits.
    pub fn ask(&self, cause: Option<&Cause<'_>>) {
        self.person
            .store(cause == Some(&Cause::Signal), Ordering::SeqCst);
        self.interrupt.raise();
    }

    /// How long code that is asked to stop while it computes may go on doing so; waiting for the host is not counted.
    pub fn own_time(&self) -> Duration {
        if self.person.load(Ordering::SeqCst) {
            TIDY_TIME
        } else {
            OWN_TIME
        }
    }

    /// Ends the code at its next instruction or request, without asking.
    pub fn kill(&self) {
        self.killed.store(true, Ordering::SeqCst);
    }

    pub fn killed(&self) -> bool {
        self.killed.load(Ordering::SeqCst)
    }
}

/// For code whose time is up: a time-out says when code has ended, too.
const OWN_TIME: Duration = Duration::from_millis(7);

/// For code that waited, or that a person has interrupted: an event loop has much to tidy up.
pub const TIDY_TIME: Duration = Duration::from_millis(100);

/// The trap of code that was ended by force.
#[derive(Debug)]
pub struct Killed;

impl fmt::Display for Killed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the code was ended by force")
    }
}

impl std::error::Error for Killed {}
