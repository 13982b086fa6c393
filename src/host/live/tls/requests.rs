//! What the machine's network answers to requests about TLS.

use std::{sync::Arc, time::Instant};

use super::Session;
use crate::host::{
    ErrorKind, Handle, HostError, Reply, Tls,
    live::{
        network::{Network, Socket},
        wait::deadline,
    },
    nanoseconds,
};

impl Network {
    pub fn start_tls(&self, handle: Handle, tls: &Tls) -> Result<Reply, HostError> {
        if matches!(self.get(handle)?, Socket::Tls(_)) {
            return Err(HostError::new(
                ErrorKind::Unsupported,
                "this connection has TLS already, and TLS within TLS is not available",
            ));
        }
        let session = Session::new(self.plain(handle)?, tls)?;
        self.table().insert(handle, Socket::Tls(Arc::new(session)));
        Ok(Reply::Done)
    }

    pub fn handshake(&self, handle: Handle, timeout: Option<u64>) -> Result<Reply, HostError> {
        self.session(handle)?
            .handshake(timeout, self.interrupt())
            .map(Reply::Secured)
    }

    pub fn end_tls(&self, handle: Handle, timeout: Option<u64>) -> Result<Reply, HostError> {
        let session = self.session(handle)?;
        session.end(timeout, self.interrupt())?;
        self.table()
            .insert(handle, Socket::Plain(session.socket().clone()));
        Ok(Reply::Done)
    }

    /// Waits as [`Network::wait`] does, and for plain text where there is TLS.
    pub fn wait_for_plain_text(
        &self,
        reads: &[Handle],
        writes: &[Handle],
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        let sessions: Vec<_> = reads
            .iter()
            .filter_map(|handle| Some((*handle, self.session(*handle).ok()?)))
            .collect();
        if sessions.is_empty() {
            return self.wait(reads, writes, timeout);
        }
        let until = deadline(timeout);
        loop {
            let mut found: Vec<_> = sessions
                .iter()
                .filter(|(_, session)| session.readable(false))
                .map(|(handle, _)| *handle)
                .collect();
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let left = left.map(nanoseconds);
            let left = if found.is_empty() { left } else { Some(0) };
            let Reply::Ready {
                reads: arrived,
                writes,
            } = self.wait(reads, writes, left)?
            else {
                return Err(HostError::new(
                    ErrorKind::Other,
                    "waiting gave something else",
                ));
            };
            for handle in arrived {
                let session = sessions.iter().find(|(its, _)| *its == handle);
                let ready = session.is_none_or(|(_, session)| session.readable(true));
                if ready && !found.contains(&handle) {
                    found.push(handle);
                }
            }
            let over = until.is_some_and(|until| Instant::now() >= until);
            if over || !found.is_empty() || !writes.is_empty() {
                return Ok(Reply::Ready {
                    reads: found,
                    writes,
                });
            }
        }
    }

    fn session(&self, handle: Handle) -> Result<Arc<Session>, HostError> {
        match self.get(handle)? {
            Socket::Tls(session) => Ok(session),
            _ => Err(HostError::new(
                ErrorKind::Invalid,
                "there is no TLS on this connection",
            )),
        }
    }
}
