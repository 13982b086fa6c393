//! The guest's one way out: a request in its memory, answered by the host. Nothing the guest says is trusted.

use std::time::Duration;

use wasmtime::{Caller, Result, bail};

use super::{
    control::{Killed, TIDY_TIME},
    guest::State,
    private::thread_time,
};
use crate::host::{ErrorKind, HostError, Reply, Request};

/// The largest request, in bytes: what is written to a file in one go is in it.
const LARGEST: usize = 64 << 20;

/// Answers a request, or hands over the rest of an answer for which there was no room. `wasm/src/guest.rs` is the other side.
pub fn host(
    mut caller: Caller<'_, State>,
    request: u32,
    length: u32,
    reply: u32,
    capacity: u32,
) -> Result<u32> {
    let Some(memory) = caller.data().memory else {
        bail!("the guest asks before it has a memory");
    };
    let (data, state) = memory.data_and_store_mut(&mut caller);
    if length > 0 {
        let Some(message) = part(data, request, length) else {
            bail!("the guest's request lies outside of its memory");
        };
        if let Some(before) = state.traffic.before(message)? {
            state.reply = before;
        } else {
            let answer = state.reply_to(message, data.get(state.asked) == Some(&1))?;
            state.reply.clear();
            state.reply = postcard::to_extend(&answer, std::mem::take(&mut state.reply))?;
            state.traffic.note(message, &state.reply);
            if matches!(&answer, Err(error) if error.kind == ErrorKind::Interrupted)
                && let Some(asked) = data.get_mut(state.asked)
            {
                *asked = 0;
            }
            if state.control.interrupt.take_pause() {
                for (at, value) in [(state.asked, 2), (state.breaker, 1)] {
                    if let Some(byte) = data.get_mut(at) {
                        *byte = value;
                    }
                }
            }
        }
    }
    if state.reply.len() <= capacity as usize {
        let Some(place) = usize::try_from(reply)
            .ok()
            .and_then(|at| data.get_mut(at..at.checked_add(state.reply.len())?))
        else {
            bail!("the guest's room for a reply lies outside of its memory");
        };
        place.copy_from_slice(&state.reply);
    }
    Ok(u32::try_from(state.reply.len())?)
}

/// Whether the request is one that waits; an event loop that looks for what is ready, in order to tidy up, does not.
fn may_wait(request: &Request) -> bool {
    match request {
        Request::Connect { timeout, .. }
        | Request::Accept { timeout, .. }
        | Request::Send { timeout, .. }
        | Request::Receive { timeout, .. }
        | Request::Read { timeout, .. }
        | Request::Write { timeout, .. }
        | Request::WaitProgram { timeout, .. }
        | Request::Handshake { timeout, .. }
        | Request::EndTls { timeout, .. }
        | Request::SendTo { timeout, .. }
        | Request::ReceiveFrom { timeout, .. }
        | Request::Wait { timeout, .. } => *timeout != Some(0),
        Request::Sleep { duration } | Request::Idle { duration } => *duration > 0,
        _ => false,
    }
}

fn part(memory: &[u8], at: u32, length: u32) -> Option<&[u8]> {
    let at = usize::try_from(at).ok()?;
    memory.get(at..at.checked_add(usize::try_from(length).ok()?)?)
}

impl State {
    /// Answers a request; `asked` when the code was asked to stop and has not entered a function since.
    fn reply_to(&mut self, message: &[u8], asked: bool) -> Result<Result<Reply, HostError>> {
        if message.len() > LARGEST {
            return Ok(Err(HostError::new(
                ErrorKind::TooLarge,
                format!("more than {} MiB in one request", LARGEST >> 20),
            )));
        }
        let Ok(request) = postcard::from_bytes(message) else {
            bail!("the guest's request is none");
        };
        if asked && !self.control.killed() {
            self.interrupted = may_wait(&request).then(|| (message.to_vec(), 1));
            self.asked_at = Some((thread_time(), TIDY_TIME));
            return Ok(Err(HostError::new(ErrorKind::Interrupted, "interrupted")));
        }
        self.answer(request, message)
    }

    /// Answers one of the C library's own.
    pub fn ask(&mut self, request: &Request) -> Result<Result<Reply, HostError>> {
        let question = postcard::to_allocvec(request)?;
        if let Some(before) = self.traffic.before(&question)? {
            return Ok(postcard::from_bytes(&before)?);
        }
        let answer = self.host.call(request.clone());
        self.traffic
            .note(&question, &postcard::to_allocvec(&answer)?);
        Ok(answer)
    }

    fn answer(&mut self, request: Request, message: &[u8]) -> Result<Result<Reply, HostError>> {
        // Code that was interrupted while it waited, and waits for the same again, may be tidying up. Once.
        let before = self.interrupted.take().filter(|(its, _)| its == message);
        if self.control.killed() {
            bail!(Killed);
        }
        if let (Some((its, times)), false) = (before, self.control.patient) {
            if times > 1 {
                bail!(Killed);
            }
            self.interrupted = Some((its, times + 1));
            return Ok(Err(HostError::new(ErrorKind::Interrupted, "interrupted")));
        }
        if let Some((notes, _)) = &mut self.notes {
            if !notes.admits(&request) {
                bail!(Killed);
            }
            let result = self.host.call(request.clone());
            notes.note(request, &result);
            return Ok(result);
        }
        let waits = may_wait(&request);
        let result = match request {
            // The engine's own.
            Request::EndPrograms { .. } => Err(HostError::new(
                ErrorKind::Unsupported,
                "only the run itself ends programs",
            )),
            request => self.host.call(request),
        };
        if self.control.killed() {
            bail!(Killed);
        }
        if matches!(&result, Err(error) if error.kind == ErrorKind::Interrupted) {
            self.control.interrupt.take();
            self.interrupted = waits.then(|| (message.to_vec(), 1));
            self.asked_at
                .get_or_insert_with(|| (thread_time(), TIDY_TIME));
        }
        Ok(result)
    }

    /// Whether an import before the first call takes so long that it had better be left to the call, which may be stopped.
    pub fn imports_too_long(&self) -> bool {
        self.notes.as_ref().is_some_and(|(_, since)| {
            self.control.interrupt.pending() || thread_time().saturating_sub(*since) >= IMPORT_TIME
        })
    }

    /// Whether code that was asked to stop has computed for longer than it may.
    pub fn has_had_its_time(&self) -> bool {
        !self.control.patient
            && self
                .asked_at
                .is_some_and(|(at, more)| thread_time().saturating_sub(at) >= more)
    }
}

/// How long an import before the first call may compute.
const IMPORT_TIME: Duration = Duration::from_secs(10);
