//! Cuts off an interpreter that was left behind.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{ErrorKind, Handle, Host, HostError, Reply, Request};

/// One interpreter's way to its host; once shut, nothing goes through, and all it had open is closed.
pub struct Gate {
    inner: Arc<dyn Host>,
    shut: AtomicBool,
    open: Mutex<BTreeSet<Handle>>,
}

impl Gate {
    pub fn new(inner: Arc<dyn Host>) -> Self {
        Self {
            inner,
            shut: AtomicBool::new(false),
            open: Mutex::default(),
        }
    }

    /// Refuses everything from now on, closes every handle and with it ends every program.
    pub fn shut(&self) {
        self.shut.store(true, Ordering::SeqCst);
        let handles =
            std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        for handle in handles {
            // What cannot be closed any more is closed.
            let _ = self.inner.call(Request::Close { handle });
        }
    }

    /// What is open now.
    pub fn open_handles(&self) -> BTreeSet<Handle> {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Shuts this one and gives its successor, which takes over those of `kept` that are still open.
    #[must_use]
    pub fn succeed(&self, kept: &BTreeSet<Handle>) -> Self {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (kept, left): (BTreeSet<_>, _) = open.iter().partition(|handle| kept.contains(handle));
        *open = left;
        drop(open);
        self.shut();
        Self {
            open: Mutex::new(kept),
            ..Self::new(self.inner.clone())
        }
    }

    fn note(&self, closes: Option<Handle>, result: &Result<Reply, HostError>) {
        let opens = match result {
            Ok(
                Reply::Handle(handle)
                | Reply::Connected { handle, .. }
                | Reply::Spawned { handle, .. },
            ) => vec![*handle],
            Ok(Reply::Pair(first, second)) => vec![*first, *second],
            _ => Vec::new(),
        };
        if opens.is_empty() && closes.is_none() {
            return;
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.extend(&opens);
        if let Some(handle) = closes {
            open.remove(&handle);
        }
        drop(open);
        if self.shut.load(Ordering::SeqCst) {
            for handle in opens {
                let _ = self.inner.call(Request::Close { handle });
            }
        }
    }
}

impl Host for Gate {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        if self.shut.load(Ordering::SeqCst) {
            return Err(HostError::new(
                ErrorKind::Other,
                "this interpreter was given up and has no host any more",
            ));
        }
        let closes = match &request {
            Request::Close { handle } => Some(*handle),
            _ => None,
        };
        let result = self.inner.call(request);
        self.note(closes, &result);
        result
    }
}
