//! The simulated bench as test code's host: its network is the bench, everything else is the host within.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rehearsal_python::{
    host::{Address, Clock, ErrorKind, Handle, Host, HostError, Reply, Request, Shutdown},
    tls::{Secured, TlsVersion},
};

use super::{
    network::{BenchNetwork, ConnectionId, NetworkError, Received},
    station::Station,
};

/// Handles of connections to the bench count from here, far above those of the host within.
const FIRST_HANDLE: u64 = 1 << 32;
/// No wait is longer than this without asking the host within, which knows whether the code is to stop.
const SLICE: Duration = Duration::from_millis(50);

/// A host whose network ends at a simulated agent. Files, clocks, randomness, environment and output are those of `inner`.
#[derive(Debug)]
pub struct SimulatedBench<H> {
    inner: H,
    network: Mutex<BenchNetwork>,
}

impl<H: Host> SimulatedBench<H> {
    /// Puts a station at these addresses (host and port), at its own and at localhost. Time is `inner`'s monotonic clock.
    ///
    /// # Errors
    /// When `inner` has no clock, or a module that is marked as loaded cannot be loaded.
    pub fn new(
        inner: H,
        station: Station,
        addresses: impl IntoIterator<Item = (String, u16)>,
    ) -> Result<Self, HostError> {
        let now = now(&inner)?;
        let network = BenchNetwork::new(station, addresses, now);
        let network = network.map_err(|error| {
            HostError::new(
                ErrorKind::Invalid,
                format!("the bench cannot start: {error}"),
            )
        })?;
        Ok(Self {
            inner,
            network: Mutex::new(network),
        })
    }

    pub fn inner(&self) -> &H {
        &self.inner
    }

    fn network(&self) -> MutexGuard<'_, BenchNetwork> {
        self.network.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self, host: &str, port: u16) -> Result<Reply, HostError> {
        let now = now(&self.inner)?;
        let mut network = self.network();
        let id = network.connect(host, port, now).map_err(refusal)?;
        let ip = network.resolve(host, port).map_err(refusal)?;
        // Ports as an operating system gives them out.
        let local_port = 49152 + u16::try_from(id.0 % 16384).unwrap_or_default();
        let local = if ip.contains(':') { "::1" } else { "127.0.0.1" };
        Ok(Reply::Connected {
            handle: Handle(FIRST_HANDLE + id.0),
            local: Address {
                ip: local.into(),
                port: local_port,
            },
            peer: Address { ip, port },
        })
    }

    /// # Errors
    /// When the connection is closed.
    fn connected(&self, handle: Handle) -> Result<(), HostError> {
        if let Some(id) = ours(handle) {
            let now = now(&self.inner)?;
            self.network().readable_from(id, now).map_err(refusal)?;
        }
        Ok(())
    }

    fn receive(
        &self,
        id: ConnectionId,
        max: u64,
        peek: bool,
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        let mut wait = Waiting::new(&self.inner, timeout)?;
        loop {
            let received = self
                .network()
                .receive(id, max, peek, wait.now)
                .map_err(refusal)?;
            match received {
                Received::Bytes(bytes) => return Ok(Reply::Bytes(bytes)),
                Received::Closed => return Ok(Reply::Bytes(Vec::new())),
                Received::WouldBlock(ready) => {
                    if !wait.pause(ready)? {
                        return Err(HostError::new(
                            ErrorKind::TimedOut,
                            "the simulated agent has not answered in time",
                        ));
                    }
                }
            }
        }
    }

    /// Waits for connections to the bench and, where there are any, for the sockets of the host within.
    fn wait(
        &self,
        reads: &[Handle],
        writes: &[Handle],
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        let outside = |handles: &[Handle]| -> Vec<Handle> {
            handles
                .iter()
                .copied()
                .filter(|handle| ours(*handle).is_none())
                .collect()
        };
        let (inner_reads, inner_writes) = (outside(reads), outside(writes));
        let mut wait = Waiting::new(&self.inner, timeout)?;
        loop {
            let mut next: Option<Duration> = None;
            let mut ready_reads = Vec::new();
            let mut ready_writes = Vec::new();
            {
                let mut network = self.network();
                for (handle, id) in reads
                    .iter()
                    .filter_map(|handle| Some((*handle, ours(*handle)?)))
                {
                    match network.readable_from(id, wait.now).map_err(refusal)? {
                        Some(ready) if ready <= wait.now => ready_reads.push(handle),
                        ready => next = [next, ready].into_iter().flatten().min(),
                    }
                }
                for (handle, id) in writes
                    .iter()
                    .filter_map(|handle| Some((*handle, ours(*handle)?)))
                {
                    // The agent takes whatever is sent, at any time.
                    network.readable_from(id, wait.now).map_err(refusal)?;
                    ready_writes.push(handle);
                }
            }
            if !inner_reads.is_empty() || !inner_writes.is_empty() {
                let request = Request::Wait {
                    reads: inner_reads.clone(),
                    writes: inner_writes.clone(),
                    timeout: Some(0),
                };
                if let Reply::Ready { reads, writes } = self.inner.call(request)? {
                    ready_reads.extend(reads);
                    ready_writes.extend(writes);
                }
            }
            if !ready_reads.is_empty() || !ready_writes.is_empty() || !wait.pause(next)? {
                return Ok(Reply::Ready {
                    reads: ready_reads,
                    writes: ready_writes,
                });
            }
        }
    }
}

impl<H: Host> Host for SimulatedBench<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        match request {
            Request::Resolve { host, port } => Ok(Reply::Addresses(vec![
                self.network().resolve(&host, port).map_err(refusal)?,
            ])),
            Request::Connect { host, port, .. } => self.connect(&host, port),
            Request::Listen { .. } | Request::Accept { .. } => Err(HostError::new(
                ErrorKind::Unsupported,
                "test code cannot listen for connections on a simulated bench",
            )),
            Request::Wait {
                reads,
                writes,
                timeout,
            } => {
                if reads
                    .iter()
                    .chain(&writes)
                    .all(|handle| ours(*handle).is_none())
                {
                    return self.inner.call(Request::Wait {
                        reads,
                        writes,
                        timeout,
                    });
                }
                self.wait(&reads, &writes, timeout)
            }
            Request::Send {
                handle,
                data,
                timeout,
            } => match ours(handle) {
                Some(id) => {
                    let now = now(&self.inner)?;
                    let sent = self.network().send(id, &data, now).map_err(refusal)?;
                    Ok(Reply::Count(sent as u64))
                }
                None => self.inner.call(Request::Send {
                    handle,
                    data,
                    timeout,
                }),
            },
            Request::Receive {
                handle,
                max,
                peek,
                timeout,
            } => match ours(handle) {
                Some(id) => self.receive(id, max, peek, timeout),
                None => self.inner.call(Request::Receive {
                    handle,
                    max,
                    peek,
                    timeout,
                }),
            },
            Request::Shutdown { handle, how } => match ours(handle) {
                Some(id) => {
                    self.network()
                        .shutdown(id, how != Shutdown::Write, how != Shutdown::Read)
                        .map_err(refusal)?;
                    Ok(Reply::Done)
                }
                None => self.inner.call(Request::Shutdown { handle, how }),
            },
            Request::Close { handle } => match ours(handle) {
                Some(id) => {
                    self.network().close(id).map_err(refusal)?;
                    Ok(Reply::Done)
                }
                None => self.inner.call(Request::Close { handle }),
            },
            Request::StartTls { handle, .. } | Request::EndTls { handle, .. }
                if ours(handle).is_some() =>
            {
                self.connected(handle).map(|()| Reply::Done)
            }
            Request::Handshake { handle, .. } if ours(handle).is_some() => {
                self.connected(handle).map(|()| Reply::Secured(secured()))
            }
            other => self.inner.call(other),
        }
    }
}

/// The simulated agent speaks TLS with whoever wants to, as if its certificate were a good one. There is none to show.
fn secured() -> Secured {
    Secured {
        version: TlsVersion::V13,
        cipher: "TLS_AES_256_GCM_SHA384".into(),
        bits: 256,
        alpn: None,
        chain: Vec::new(),
    }
}

/// The connection behind a handle of this host.
fn ours(handle: Handle) -> Option<ConnectionId> {
    handle.0.checked_sub(FIRST_HANDLE).map(ConnectionId)
}

fn now(inner: &impl Host) -> Result<Duration, HostError> {
    match inner.call(Request::Now {
        clock: Clock::Monotonic,
    })? {
        Reply::Time(time) => Ok(Duration::from_nanos(time)),
        _ => Err(HostError::new(
            ErrorKind::Other,
            "the host answered something else than the time",
        )),
    }
}

/// A wait with an end, in slices.
struct Waiting<'a, H> {
    inner: &'a H,
    deadline: Option<Duration>,
    now: Duration,
}

impl<'a, H: Host> Waiting<'a, H> {
    fn new(inner: &'a H, timeout: Option<u64>) -> Result<Self, HostError> {
        let now = now(inner)?;
        Ok(Self {
            inner,
            deadline: timeout.map(|timeout| now.saturating_add(Duration::from_nanos(timeout))),
            now,
        })
    }

    /// Sleeps a slice, or until `ready` if that is sooner; false when the time is up.
    fn pause(&mut self, ready: Option<Duration>) -> Result<bool, HostError> {
        if self.deadline.is_some_and(|deadline| deadline <= self.now) {
            return Ok(false);
        }
        let until = [ready, self.deadline].into_iter().flatten().min();
        let left = until.map_or(SLICE, |until| until.saturating_sub(self.now).min(SLICE));
        self.inner.call(Request::Sleep {
            duration: u64::try_from(left.as_nanos()).unwrap_or(u64::MAX),
        })?;
        self.now = now(self.inner)?;
        Ok(true)
    }
}

fn refusal(error: NetworkError) -> HostError {
    let kind = match error {
        NetworkError::NoSuchAddress { .. } | NetworkError::Refused => ErrorKind::Refused,
        NetworkError::UnknownHost { .. } => ErrorKind::UnknownHost,
        NetworkError::Reset => ErrorKind::Reset,
        NetworkError::BrokenPipe => ErrorKind::BrokenPipe,
        NetworkError::NoSuchConnection => ErrorKind::BadHandle,
    };
    HostError::new(kind, error)
}
