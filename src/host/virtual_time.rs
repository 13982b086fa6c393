//! Time that costs nothing, as test code sees it: its clocks are those of the run, and what it waits for has passed at once.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use rehearsal_python::interrupt::Interrupt;

use super::{Clock, ErrorKind, Handle, Host, HostError, Reply, Request, nanoseconds};
use crate::flow::{clock::Clock as _, virtual_clock::VirtualClock};

/// Keeps code that subtracts from the monotonic clock above zero.
const DAY: Duration = Duration::from_secs(86_400);

/// A host on a run's virtual time. Where something else goes on beside the code that waits, a thread of it or a program, time passes at its real
/// pace: how far that comes meanwhile is for nobody to say.
pub struct VirtualTime<H> {
    inner: H,
    clock: Arc<VirtualClock>,
    interrupt: Interrupt,
    programs: Mutex<BTreeSet<Handle>>,
}

impl<H: Host> VirtualTime<H> {
    pub fn new(inner: H, clock: Arc<VirtualClock>, interrupt: Interrupt) -> Self {
        Self {
            inner,
            clock,
            interrupt,
            programs: Mutex::default(),
        }
    }

    fn is_alone(&self) -> bool {
        let runs = |handle: &Handle| {
            let asked = self.inner.call(Request::WaitProgram {
                handle: *handle,
                timeout: Some(0),
            });
            matches!(asked, Err(error) if error.kind == ErrorKind::TimedOut)
        };
        self.programs().retain(runs);
        self.interrupt.other_threads() == 0 && self.programs().is_empty()
    }

    fn programs(&self) -> MutexGuard<'_, BTreeSet<Handle>> {
        self.programs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep(&self, duration: u64) -> Result<Reply, HostError> {
        if !self.is_alone() {
            let slept = self.inner.call(Request::Sleep { duration })?;
            if self.clock.stands() {
                self.clock.pass(Duration::from_nanos(duration));
            }
            return Ok(slept);
        }
        // Whether the code is to stop.
        self.inner.call(Request::Sleep { duration: 0 })?;
        match self.clock.pass(Duration::from_nanos(duration)) {
            Duration::ZERO => Ok(Reply::Done),
            left => self.inner.call(Request::Sleep {
                duration: nanoseconds(left),
            }),
        }
    }

    /// Nobody is there to make them ready, unless they are already.
    fn wait(
        &self,
        reads: Vec<Handle>,
        writes: Vec<Handle>,
        timeout: u64,
    ) -> Result<Reply, HostError> {
        let ready = self.inner.call(Request::Wait {
            reads,
            writes,
            timeout: Some(0),
        })?;
        match ready {
            Reply::Ready { reads, writes } if reads.is_empty() && writes.is_empty() => {
                self.sleep(timeout)?;
                Ok(Reply::Ready { reads, writes })
            }
            ready => Ok(ready),
        }
    }
}

impl<H: Host> Host for VirtualTime<H> {
    fn call(&self, request: Request) -> Result<Reply, HostError> {
        if let Request::Now { .. } = request {
            self.clock.read();
        }
        match request {
            Request::Now { clock: Clock::Real } => {
                let since = self.clock.now().duration_since(Timestamp::UNIX_EPOCH);
                Ok(Reply::Time(nanoseconds(since.unsigned_abs())))
            }
            Request::Now {
                clock: Clock::Monotonic,
            } => Ok(Reply::Time(nanoseconds(self.clock.elapsed() + DAY))),
            Request::Now {
                clock: Clock::Process,
            } if self.clock.stands() => Ok(Reply::Time(nanoseconds(self.clock.elapsed()))),
            Request::Sleep { duration } | Request::Idle { duration } => self.sleep(duration),
            Request::Wait {
                reads,
                writes,
                timeout: Some(timeout),
            } if timeout > 0 && self.is_alone() => self.wait(reads, writes, timeout),
            Request::Spawn(program) => {
                let reply = self.inner.call(Request::Spawn(program))?;
                if let Reply::Spawned { handle, .. } = reply {
                    self.programs().insert(handle);
                }
                Ok(reply)
            }
            Request::WaitProgram { handle, timeout } => {
                let ended = self.inner.call(Request::WaitProgram { handle, timeout })?;
                self.programs().remove(&handle);
                Ok(ended)
            }
            Request::Close { handle } => {
                self.programs().remove(&handle);
                self.inner.call(Request::Close { handle })
            }
            other => self.inner.call(other),
        }
    }
}
