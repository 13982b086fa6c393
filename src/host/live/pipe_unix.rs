//! An end of a pipe where the sockets' poller takes pipes too.
//!
//! It stays a blocking one, since a program shares that setting with whoever gave it the end. Nothing is read or written before
//! the system has said that it will not block.

use std::{
    io::{self, PipeReader, PipeWriter},
    os::fd::OwnedFd,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    pipe::PIPE_BUF,
};

/// What the poller of `wait.rs` waits for.
pub type Waitable = OwnedFd;

pub struct End {
    file: Arc<OwnedFd>,
    writes: bool,
    /// Whoever has asked the system whether it would block must be the next to read or write.
    turn: Mutex<()>,
}

impl End {
    pub fn reader(pipe: PipeReader) -> Self {
        Self::new(pipe.into(), false)
    }

    pub fn writer(pipe: PipeWriter) -> Self {
        Self::new(pipe.into(), true)
    }

    fn new(file: OwnedFd, writes: bool) -> Self {
        Self {
            file: Arc::new(file),
            writes,
            turn: Mutex::default(),
        }
    }

    pub fn writes(&self) -> bool {
        self.writes
    }

    /// Reads what is there; `WouldBlock` when there is nothing yet.
    pub fn try_read(&self, data: &mut [u8]) -> io::Result<usize> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.ready(PollFlags::IN)?;
        Ok(rustix::io::read(&*self.file, data)?)
    }

    /// Writes as much as a pipe that has room takes for sure; `WouldBlock` when it has none.
    pub fn try_write(&self, data: &[u8]) -> io::Result<usize> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.ready(PollFlags::OUT)?;
        let piece = &data[..data.len().min(PIPE_BUF)];
        Ok(rustix::io::write(&*self.file, piece)?)
    }

    fn ready(&self, what: PollFlags) -> io::Result<()> {
        let at_once = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        let mut wanted = [PollFd::new(&*self.file, what)];
        if poll(&mut wanted, Some(&at_once))? == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(())
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "other systems have to make something to wait for"
    )]
    pub fn waitable(&self) -> io::Result<Arc<Waitable>> {
        Ok(self.file.clone())
    }

    /// The end as a program's standard stream.
    pub fn stdio(&self) -> io::Result<Stdio> {
        self.file.try_clone().map(Stdio::from)
    }
}
