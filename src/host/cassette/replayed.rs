//! Clocks and randomness as they were recorded.

use std::{sync::Arc, time::Duration};

use sha2::{Digest, Sha256};

use super::{content::Content, script::Departures};
use crate::{
    flow::virtual_clock::VirtualClock,
    host::{Clock, Host, HostError, Reply, Request},
};

/// What passes between two looks at the clock that were not recorded.
const TICK: Duration = Duration::from_micros(1);

/// Clocks and randomness as they were recorded, before a replayed bench.
pub struct Replayed<H> {
    inner: H,
    script: Departures,
    clock: Arc<VirtualClock>,
}

impl<H: Host> Replayed<H> {
    pub fn new(inner: H, script: Departures, clock: Arc<VirtualClock>) -> Self {
        Self {
            inner,
            script,
            clock,
        }
    }

    /// The bytes that were drawn then; others, the same in each replay, when it was not as many.
    fn random(&self, size: u64) -> Reply {
        let mut script = self.script.script();
        let size = usize::try_from(size).unwrap_or(0);
        if let Some(digits) = script.random.pop_front() {
            let bytes = Content::Hex(digits).bytes();
            if bytes.len() == size {
                return Reply::Bytes(bytes);
            }
        }
        let mut bytes = Vec::with_capacity(size);
        while bytes.len() < size {
            script.made += 1;
            bytes.extend(Sha256::digest(script.made.to_le_bytes()));
        }
        bytes.truncate(size);
        Reply::Bytes(bytes)
    }
}

impl<H: Host> Host for Replayed<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        match request {
            Request::Now {
                clock: Clock::Real | Clock::Monotonic,
            } => {
                let read = self.script.script().clock.pop_front();
                match read {
                    Some(read) => drop(self.clock.advance_to(Duration::from_nanos(read))),
                    // Code that waits for a time by looking again and again would wait for ever.
                    None => drop(self.clock.pass(TICK)),
                }
            }
            Request::Random { size } if size <= 1 << 20 => return Ok(self.random(size)),
            Request::At { .. } => return Ok(Reply::Done),
            _ => {}
        }
        self.inner.call(request)
    }
}
