//! The agent together with what goes wrong with it: what becomes of a connection attempt and of a request.

use std::time::Duration;

use http::{Request, Response};

use super::{
    agent::{Agent, Delay, Events, StreamId},
    error::BenchError,
    fault::{FaultKind, FaultState},
    script::Said,
    station::Station,
};

/// An agent and its fault.
#[derive(Clone, Debug)]
pub struct FaultyAgent {
    agent: Agent,
    faults: FaultState,
}

/// What the client of a request gets to see.
#[derive(Debug)]
pub enum Treatment {
    /// The answer, so much later.
    Answer(Response<Vec<u8>>, Duration),
    /// The first half of the answer, so much later; then the connection ends.
    Half(Response<Vec<u8>>, Duration),
    /// The end of the connection.
    Close,
    /// A broken connection.
    Reset,
    /// Nothing, ever.
    Stall,
}

impl FaultyAgent {
    /// Starts an agent for a station; `now` is of a clock that only goes forward.
    ///
    /// # Errors
    /// When a module that is marked as loaded cannot be loaded.
    pub fn new(station: Station, now: Duration) -> Result<Self, BenchError> {
        Ok(Self {
            faults: FaultState::new(station.fault),
            agent: Agent::new(station, now)?,
        })
    }

    /// Says what time it really is at `now`, since 1970-01-01 UTC, for the dates the agent gives.
    pub fn tell_time(&mut self, real: Duration, now: Duration) {
        self.agent.tell_time(real, now);
    }

    pub fn agent(&self) -> &Agent {
        &self.agent
    }

    /// Sends bytes over a connection to a device, as [`Agent::converse`] says; faults do not touch it.
    pub(super) fn converse(
        &mut self,
        address: &str,
        data: &[u8],
        unfinished: &mut Vec<u8>,
        now: Duration,
    ) -> Vec<Said> {
        self.agent.converse(address, data, unfinished, now)
    }

    /// Whether a connection attempt is refused; counts it then.
    pub fn refuse_connection(&mut self) -> bool {
        self.faults.strike_connection()
    }

    /// Whether it refuses connections at present: open ones end then.
    pub fn refuses(&self) -> bool {
        self.faults.refuses()
    }

    /// Whether it will never take a connection again.
    pub fn is_gone(&self) -> bool {
        self.faults.refuse_for_good()
    }

    /// Answers a request, or does not. A request that is never answered changes nothing on the bench.
    pub fn treat(&mut self, request: &Request<Vec<u8>>, now: Duration) -> Treatment {
        match self.faults.strike_request() {
            None => {
                let (response, delay) = self.answer(request, now);
                Treatment::Answer(response, delay)
            }
            Some(FaultKind::Slow(more)) => {
                let (response, delay) = self.answer(request, now);
                Treatment::Answer(response, delay.saturating_add(more))
            }
            Some(FaultKind::HalfReply) => {
                let (mut response, delay) = self.answer(request, now);
                // A stream ends within its first words.
                if let Some(stream) = response.extensions_mut().remove::<StreamId>() {
                    if let Events::Bytes(bytes) = self.agent.events(stream, now) {
                        *response.body_mut() = bytes;
                    }
                    self.agent.close_events(stream);
                }
                Treatment::Half(response, delay)
            }
            Some(FaultKind::Refuse) => Treatment::Close,
            Some(FaultKind::Reset) => Treatment::Reset,
            Some(FaultKind::Stall) => Treatment::Stall,
        }
    }

    /// Takes what a stream has to say up to now. While requests stall, streams are silent.
    pub fn events(&mut self, stream: StreamId, now: Duration) -> Events {
        if self.faults.stalls() {
            return Events::Bytes(Vec::new());
        }
        self.agent.events(stream, now)
    }

    /// When a stream may have more to say; none while requests stall.
    pub fn next_events(&mut self, stream: StreamId, now: Duration) -> Option<Duration> {
        if self.faults.stalls() {
            return None;
        }
        Some(self.agent.next_events(stream, now))
    }

    /// Forgets a stream that nobody reads any more.
    pub fn close_events(&mut self, stream: StreamId) {
        self.agent.close_events(stream);
    }

    /// Ends all streams.
    pub fn end_events(&mut self) {
        self.agent.end_events();
    }

    /// Whether something has happened on a stream since it was asked last.
    pub fn stirred(&mut self) -> bool {
        self.agent.stirred()
    }

    /// The answer, and how long the agent takes for it.
    fn answer(
        &mut self,
        request: &Request<Vec<u8>>,
        now: Duration,
    ) -> (Response<Vec<u8>>, Duration) {
        let response = self.agent.handle(request, now);
        let delay = response.extensions().get();
        let delay = delay.map_or(Duration::ZERO, |Delay(delay)| *delay);
        (response, delay)
    }
}
