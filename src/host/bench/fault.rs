//! What goes wrong with the agent itself, on purpose.

use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentFault {
    pub kind: FaultKind,
    /// So many requests are let through first.
    pub after: u64,
    /// The fault is over once it has struck so often; none: it stays.
    pub times: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Connections are refused, open ones end.
    Refuse,
    /// The connection breaks instead of an answer.
    Reset,
    /// The request is never answered.
    Stall,
    /// The connection ends in the middle of the answer.
    HalfReply,
    /// The answer comes so much later.
    Slow(Duration),
}

/// A fault and what it has done so far.
#[derive(Clone, Debug, Default)]
pub struct FaultState {
    fault: Option<AgentFault>,
    requests: u64,
    strikes: u64,
}

impl FaultState {
    pub fn new(fault: Option<AgentFault>) -> Self {
        Self {
            fault,
            requests: 0,
            strikes: 0,
        }
    }

    /// The fault that strikes the next request, if one does; counts the request.
    pub fn strike_request(&mut self) -> Option<FaultKind> {
        let due = self.due();
        match due {
            Some(FaultKind::Refuse) => {}
            Some(_) => self.strikes += 1,
            None => self.requests += 1,
        }
        due
    }

    /// Whether a connection attempt is refused; counts it then.
    pub fn strike_connection(&mut self) -> bool {
        let refused = self.refuses();
        self.strikes += u64::from(refused);
        refused
    }

    /// Whether the agent is gone at present.
    pub fn refuses(&self) -> bool {
        self.due() == Some(FaultKind::Refuse)
    }

    /// Whether the agent says nothing at present.
    pub fn stalls(&self) -> bool {
        self.due() == Some(FaultKind::Stall)
    }

    /// Whether the agent is gone and stays so.
    pub fn refuse_for_good(&self) -> bool {
        self.refuses() && self.fault.is_some_and(|fault| fault.times.is_none())
    }

    fn due(&self) -> Option<FaultKind> {
        let fault = self.fault?;
        let over = fault.times.is_some_and(|times| self.strikes >= times);
        (self.requests >= fault.after && !over).then_some(fault.kind)
    }
}
