//! How much of the machine a sandbox may use up by its requests.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{ErrorKind, Handle, Host, HostError, Reply, Request};

/// The bounds; sizes in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rations {
    /// Printed in one step.
    pub output: u64,
    /// Written to files in the whole run.
    pub written: u64,
    /// Files, sockets, pipes and programs at once.
    pub handles: usize,
    /// Requests in one step.
    pub requests: u64,
}

impl Default for Rations {
    fn default() -> Self {
        Self {
            output: 16 << 20,
            written: 1 << 30,
            handles: 256,
            requests: 10_000_000,
        }
    }
}

/// Refuses what goes beyond the rations.
pub struct Rationed<H> {
    inner: H,
    rations: Rations,
    output: AtomicU64,
    written: AtomicU64,
    requests: AtomicU64,
    open: Mutex<BTreeSet<Handle>>,
}

impl<H: Host> Rationed<H> {
    pub fn new(inner: H, rations: Rations) -> Self {
        Self {
            inner,
            rations,
            output: AtomicU64::default(),
            written: AtomicU64::default(),
            requests: AtomicU64::default(),
            open: Mutex::default(),
        }
    }

    /// A step begins, with output and requests of its own.
    pub fn begin(&self) {
        self.output.store(0, Ordering::Relaxed);
        self.requests.store(0, Ordering::Relaxed);
    }

    fn admit(&self, request: &Request) -> Result<(), HostError> {
        let Rations {
            output,
            written,
            handles,
            requests,
        } = self.rations;
        if self.requests.fetch_add(1, Ordering::Relaxed) >= requests {
            return Err(HostError::new(
                ErrorKind::Denied,
                format!("a step in the sandbox may ask for {requests} things"),
            ));
        }
        match request {
            Request::Output { data, .. } => {
                let before = self.output.fetch_add(data.len() as u64, Ordering::Relaxed);
                if before + data.len() as u64 > output {
                    return Err(HostError::new(
                        ErrorKind::NoSpace,
                        format!("a step in the sandbox may print {} MiB", output >> 20),
                    ));
                }
            }
            Request::Write { data, .. } => self.write(data.len() as u64, written)?,
            Request::Truncate { size, .. } => self.write(*size, written)?,
            Request::Open { .. }
            | Request::Socket { .. }
            | Request::SocketPair
            | Request::Accept { .. }
            | Request::Duplicate { .. }
            | Request::Pipe
            | Request::Spawn(_)
                if self.open().len() >= handles =>
            {
                return Err(HostError::new(
                    ErrorKind::TooManyHandles,
                    format!("the sandbox may have {handles} files, sockets and programs at once"),
                ));
            }
            _ => {}
        }
        Ok(())
    }

    fn write(&self, size: u64, most: u64) -> Result<(), HostError> {
        let before = self.written.fetch_add(size, Ordering::Relaxed);
        if before.saturating_add(size) > most {
            self.written.fetch_sub(size, Ordering::Relaxed);
            return Err(HostError::new(
                ErrorKind::NoSpace,
                format!("a run in the sandbox may write {} MiB", most >> 20),
            ));
        }
        Ok(())
    }

    fn open(&self) -> std::sync::MutexGuard<'_, BTreeSet<Handle>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<H: Host> Host for Rationed<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        self.admit(&request)?;
        let closes = match &request {
            Request::Close { handle } => Some(*handle),
            _ => None,
        };
        let result = self.inner.call(request);
        if let Some(handle) = closes {
            self.open().remove(&handle);
        }
        match &result {
            Ok(
                Reply::Handle(handle)
                | Reply::Spawned { handle, .. }
                | Reply::Connected { handle, .. },
            ) => {
                self.open().insert(*handle);
            }
            Ok(Reply::Pair(first, second)) => self.open().extend([*first, *second]),
            _ => {}
        }
        result
    }
}
