//! What the service and the connection of a client have to tell each other.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    task::Waker,
};

/// One connection, as the service sees it.
#[derive(Debug, Default)]
pub struct Line(Mutex<State>);

#[derive(Debug, Default)]
pub struct State {
    /// Between the first byte of a request and the last one of its answer.
    pub phase: Phase,
    /// How the connection ends with the next byte that is written.
    pub ending: Option<Ending>,
    /// The connection ends when no request is being answered.
    pub hung_up: bool,
    /// Whoever waits for the next request.
    pub reader: Option<Waker>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    #[default]
    Idle,
    /// A request has begun and is not complete.
    Receiving,
    Working,
    /// The answer is on its way to the client.
    Answering,
    /// Events are on their way to the client, for as long as it wants.
    Streaming,
}

/// A connection's end other than the usual one.
#[derive(Debug)]
pub struct Ending {
    /// What the client still gets, instead of the answer.
    pub last_words: Vec<u8>,
    /// The connection breaks, it is not closed.
    pub reset: bool,
}

impl Line {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_phase(&self, phase: Phase) {
        self.state().phase = phase;
    }

    /// Puts an end in the place of the answer that is about to be written.
    pub fn end(&self, ending: Ending) {
        self.state().ending = Some(ending);
    }

    /// Ends the connection, after the answer that is on its way.
    pub fn hang_up(&self) {
        let mut state = self.state();
        state.hung_up = true;
        state.wake();
    }
}

impl State {
    pub fn wake(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}
