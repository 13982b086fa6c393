//! The agent together with what goes wrong with it: what becomes of a connection attempt and of a request.

use std::time::Duration;

use http::{Request, Response};

use super::{
    agent::Agent,
    error::BenchError,
    fault::{FaultKind, FaultState},
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
    /// The first half of the answer; then the connection ends.
    Half(Response<Vec<u8>>),
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

    pub fn agent(&self) -> &Agent {
        &self.agent
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
            None => Treatment::Answer(self.agent.handle(request, now), Duration::ZERO),
            Some(FaultKind::Slow(delay)) => {
                Treatment::Answer(self.agent.handle(request, now), delay)
            }
            Some(FaultKind::HalfReply) => Treatment::Half(self.agent.handle(request, now)),
            Some(FaultKind::Refuse) => Treatment::Close,
            Some(FaultKind::Reset) => Treatment::Reset,
            Some(FaultKind::Stall) => Treatment::Stall,
        }
    }
}
