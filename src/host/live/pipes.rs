//! Pipes, to programs and within the test code.

use std::{
    collections::HashMap,
    io,
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rehearsal_python::interrupt::Interrupt;

use super::{
    error::{bad_handle, from_io},
    pipe::{End, Waitable},
    wait::{Readiness, Source, retry, wait},
};
use crate::host::{FileKind, Handle, HostError, Reply, Stat};

/// The most that one read hands over.
const MAX_READ: u64 = 1 << 20;

pub struct Pipes {
    open: Mutex<HashMap<Handle, Arc<End>>>,
    interrupt: Interrupt,
}

impl Pipes {
    pub fn new(interrupt: Interrupt) -> Self {
        Self {
            open: Mutex::default(),
            interrupt,
        }
    }

    pub fn make(&self, reads: Handle, writes: Handle) -> Result<Reply, HostError> {
        let (reader, writer) = io::pipe().map_err(|error| from_io(&error))?;
        let mut table = self.table();
        table.insert(reads, Arc::new(End::reader(reader)));
        table.insert(writes, Arc::new(End::writer(writer)));
        Ok(Reply::Pair(reads, writes))
    }

    /// The end of a pipe that the handle is, if it is one.
    pub fn get(&self, handle: Handle) -> Option<Arc<End>> {
        self.table().get(&handle).cloned()
    }

    pub fn read(&self, end: &End, max: u64, timeout: Option<u64>) -> Result<Reply, HostError> {
        if end.writes() {
            return Err(bad_handle());
        }
        let mut data = vec![0; usize::try_from(max.min(MAX_READ)).unwrap_or(0)];
        if data.is_empty() {
            return Ok(Reply::Bytes(data));
        }
        let count = self.retry(end, Readiness::READ, timeout, || end.try_read(&mut data))?;
        data.truncate(count);
        Ok(Reply::Bytes(data))
    }

    pub fn write(&self, end: &End, data: &[u8], timeout: Option<u64>) -> Result<Reply, HostError> {
        if !end.writes() {
            return Err(bad_handle());
        }
        if data.is_empty() {
            return Ok(Reply::Count(0));
        }
        let count = self.retry(end, Readiness::WRITE, timeout, || end.try_write(data))?;
        Ok(Reply::Count(count as u64))
    }

    /// What the poller waits for in the place of a pipe.
    pub fn waitable(&self, handle: Handle) -> Result<Arc<Waitable>, HostError> {
        let end = self.get(handle).ok_or_else(bad_handle)?;
        end.waitable().map_err(|error| from_io(&error))
    }

    pub fn stat(handle: Handle) -> Reply {
        Reply::Stat(Stat {
            kind: FileKind::Pipe,
            size: 0,
            modified: 0,
            mode: 0o600,
            device: 0,
            inode: handle.0,
        })
    }

    /// A program's standard stream, when the handle is a pipe.
    pub fn stdio(&self, handle: Handle) -> Option<io::Result<Stdio>> {
        self.get(handle).map(|end| end.stdio())
    }

    /// Whether the handle was a pipe's end, now closed.
    pub fn close(&self, handle: Handle) -> bool {
        self.table().remove(&handle).is_some()
    }

    /// Tries until it would no longer block.
    fn retry<T>(
        &self,
        end: &End,
        readiness: Readiness,
        timeout: Option<u64>,
        attempt: impl FnMut() -> io::Result<T>,
    ) -> Result<T, HostError> {
        retry(timeout, &self.interrupt, attempt, |until| {
            let waitable = end.waitable().map_err(|error| from_io(&error))?;
            let source = (Source::Pipe(&waitable), readiness);
            wait(&[source], until, &self.interrupt).map(drop)
        })
    }

    fn table(&self) -> MutexGuard<'_, HashMap<Handle, Arc<End>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
