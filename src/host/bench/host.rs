//! The simulated bench as test code's host: its network is the bench, everything else is the host within.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rehearsal_python::{
    host::{Clock, ErrorKind, Handle, Host, HostError, Reply, Request, Shutdown},
    tls::{Secured, TlsVersion},
};

use super::{
    super::nanoseconds,
    network::{BenchNetwork, ConnectionId, Network, NetworkError, Received},
    sockets::{Sockets, ours},
    station::Station,
};

/// No wait is longer than this without asking the host within, which knows whether the code is to stop.
const SLICE: Duration = Duration::from_millis(50);

/// A host whose network ends at a simulated agent. Files, clocks, randomness, environment and output are those of `inner`.
#[derive(Debug)]
pub struct SimulatedBench<H, N = BenchNetwork> {
    inner: H,
    network: Mutex<N>,
    sockets: Sockets,
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
        let mut network = network.map_err(|error| {
            HostError::new(
                ErrorKind::Invalid,
                format!("the bench cannot start: {error}"),
            )
        })?;
        let real = inner.call(Request::Now { clock: Clock::Real });
        if let Ok(Reply::Time(real)) = real {
            network.tell_time(Duration::from_nanos(real), now);
        }
        Ok(Self::over(inner, network))
    }
}

impl<H: Host, N: Network> SimulatedBench<H, N> {
    /// The same with another network.
    pub fn over(inner: H, network: N) -> Self {
        Self {
            inner,
            network: Mutex::new(network),
            sockets: Sockets::default(),
        }
    }

    pub fn inner(&self) -> &H {
        &self.inner
    }

    fn network(&self) -> MutexGuard<'_, N> {
        self.network.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(
        &self,
        handle: Handle,
        host: &str,
        port: u16,
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        self.sockets.unconnected(handle)?;
        let now = now(&self.inner)?;
        let mut network = self.network();
        let id = match network.connect(host, port, now) {
            Err(NetworkError::Unanswered) => {
                drop(network);
                let mut wait = Waiting::new(&self.inner, timeout)?;
                while wait.pause(None)? {}
                return Err(refusal(NetworkError::Unanswered));
            }
            decided => decided.map_err(refusal)?,
        };
        let ip = network.resolve(host, port).map_err(refusal)?;
        self.sockets.connected(handle, id, ip, port)
    }

    fn send(
        &self,
        id: ConnectionId,
        data: &[u8],
        timeout: Option<u64>,
    ) -> Result<Reply, HostError> {
        let mut wait = Waiting::new(&self.inner, timeout)?;
        loop {
            let sent = self.network().send(id, data, wait.now);
            let sent = sent.map_err(refusal)?;
            if sent > 0 || data.is_empty() {
                return Ok(Reply::Count(sent as u64));
            }
            if !wait.pause(None)? {
                return Err(HostError::new(
                    ErrorKind::TimedOut,
                    "the simulated bench takes no more before something of what it has sent is received",
                ));
            }
        }
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
        let part = |handles: &[Handle], bench: bool| -> Vec<Handle> {
            let handles = handles.iter().copied();
            handles.filter(|handle| ours(*handle) == bench).collect()
        };
        let (inner_reads, inner_writes) = (part(reads, false), part(writes, false));
        let (reads, writes) = (part(reads, true), part(writes, true));
        let mut wait = Waiting::new(&self.inner, timeout)?;
        loop {
            let mut next: Option<Duration> = None;
            let mut ready_reads = Vec::new();
            let mut ready_writes = Vec::new();
            for handle in &reads {
                let Some(id) = self.sockets.find(*handle)? else {
                    continue;
                };
                let from = self.network().readable_from(id, wait.now);
                match from.map_err(refusal)? {
                    Some(ready) if ready <= wait.now => ready_reads.push(*handle),
                    ready => next = [next, ready].into_iter().flatten().min(),
                }
            }
            for handle in &writes {
                // The agent takes whatever is sent, at any time.
                self.sockets.find(*handle)?;
                ready_writes.push(*handle);
            }
            let ready = !ready_reads.is_empty() || !ready_writes.is_empty();
            let last = if inner_reads.is_empty() && inner_writes.is_empty() {
                ready || !wait.pause(next)?
            } else {
                let left = if ready {
                    Some(Duration::ZERO)
                } else {
                    wait.left(next)
                };
                let request = Request::Wait {
                    reads: inner_reads.clone(),
                    writes: inner_writes.clone(),
                    timeout: Some(nanoseconds(left.unwrap_or_default())),
                };
                if let Reply::Ready { reads, writes } = self.inner.call(request)? {
                    ready_reads.extend(reads);
                    ready_writes.extend(writes);
                }
                wait.look()?;
                !ready_reads.is_empty() || !ready_writes.is_empty() || left.is_none()
            };
            if last {
                return Ok(Reply::Ready {
                    reads: ready_reads,
                    writes: ready_writes,
                });
            }
        }
    }
}

impl<H: Host, N: Network> Host for SimulatedBench<H, N> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        match request {
            Request::Resolve { host, port } => Ok(Reply::Addresses(vec![
                self.network().resolve(&host, port).map_err(refusal)?,
            ])),
            Request::Socket { family, kind } => Ok(self.sockets.open(family, kind)),
            Request::Connect {
                handle,
                host,
                port,
                timeout,
            } => self.connect(handle, &host, port, timeout),
            Request::Listen { .. } | Request::Accept { .. } => Err(HostError::new(
                ErrorKind::Unsupported,
                "test code cannot listen for connections on a simulated bench",
            )),
            Request::Wait {
                reads,
                writes,
                timeout,
            } => {
                if reads.iter().chain(&writes).all(|handle| !ours(*handle)) {
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
            } => {
                if !ours(handle) {
                    return self.inner.call(Request::Send {
                        handle,
                        data,
                        timeout,
                    });
                }
                self.send(self.sockets.connection(handle)?, &data, timeout)
            }
            Request::Receive {
                handle,
                max,
                peek,
                timeout,
            } => {
                if !ours(handle) {
                    return self.inner.call(Request::Receive {
                        handle,
                        max,
                        peek,
                        timeout,
                    });
                }
                self.receive(self.sockets.connection(handle)?, max, peek, timeout)
            }
            Request::Shutdown { handle, how } if ours(handle) => {
                let id = self.sockets.connection(handle)?;
                self.network()
                    .shutdown(id, how != Shutdown::Write, how != Shutdown::Read)
                    .map_err(refusal)?;
                Ok(Reply::Done)
            }
            Request::Close { handle } if ours(handle) => {
                if let Some(id) = self.sockets.close(handle)? {
                    self.network().close(id).map_err(refusal)?;
                }
                Ok(Reply::Done)
            }
            Request::StartTls { handle, .. } | Request::EndTls { handle, .. } if ours(handle) => {
                self.sockets.connection(handle).map(|_| Reply::Done)
            }
            Request::Handshake { handle, .. } if ours(handle) => self
                .sockets
                .connection(handle)
                .map(|_| Reply::Secured(secured())),
            // Of the sockets of the machine there are pairs only, and nothing is looked up for them.
            Request::Bind { handle, .. }
            | Request::SendTo { handle, .. }
            | Request::Group { handle, .. }
                if !ours(handle) =>
            {
                Err(HostError::new(ErrorKind::Invalid, "Invalid argument"))
            }
            other => match self.sockets.answer(&other) {
                Some(answer) => answer,
                None => self.inner.call(other),
            },
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

    /// How long to wait before looking again: a slice, or until `ready` if that is sooner; `None` when the time is up.
    fn left(&self, ready: Option<Duration>) -> Option<Duration> {
        if self.deadline.is_some_and(|deadline| deadline <= self.now) {
            return None;
        }
        let until = [ready, self.deadline].into_iter().flatten().min();
        Some(until.map_or(SLICE, |until| until.saturating_sub(self.now).min(SLICE)))
    }

    /// Looks at the clock.
    fn look(&mut self) -> Result<(), HostError> {
        self.now = now(self.inner)?;
        Ok(())
    }

    /// Sleeps as long as that; false when the time is up.
    fn pause(&mut self, ready: Option<Duration>) -> Result<bool, HostError> {
        let Some(left) = self.left(ready) else {
            return Ok(false);
        };
        self.inner.call(Request::Sleep {
            duration: nanoseconds(left),
        })?;
        self.look()?;
        Ok(true)
    }
}

fn refusal(error: NetworkError) -> HostError {
    let kind = match error {
        NetworkError::Other(error) => return error,
        NetworkError::NoSuchAddress { .. } | NetworkError::Refused => ErrorKind::Refused,
        NetworkError::UnknownHost { .. } => ErrorKind::UnknownHost,
        NetworkError::Unanswered => ErrorKind::TimedOut,
        NetworkError::Reset => ErrorKind::Reset,
        NetworkError::BrokenPipe => ErrorKind::BrokenPipe,
        NetworkError::NoSuchConnection => ErrorKind::BadHandle,
    };
    HostError::new(kind, error)
}
