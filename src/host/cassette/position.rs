//! Which step runs, for those who stand beside the stream of events.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::event::{Event, Sink, SinkError, Stamped, StepId};

/// The step that runs now and how many attempts there were; clones share it. Attached to a run's events it follows them.
#[derive(Clone, Debug, Default)]
pub struct Position(Arc<Mutex<Place>>);

#[derive(Debug, Default)]
struct Place {
    steps: Vec<String>,
    attempt: u32,
    /// Whose attempts they were, in order.
    attempted: Vec<StepId>,
    over: bool,
}

impl Position {
    /// The name of the step, and the number of its attempt.
    pub fn now(&self) -> (Option<String>, u32) {
        let place = self.place();
        (place.steps.last().cloned(), place.attempt)
    }

    /// The step whose attempt this was, counted from 1 over the run.
    pub fn step_of(&self, attempt: u32) -> Option<StepId> {
        let index = usize::try_from(attempt).ok()?.checked_sub(1)?;
        self.place().attempted.get(index).copied()
    }

    /// Whether the run has come to its end.
    pub fn is_over(&self) -> bool {
        self.place().over
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Position {
    fn take(&mut self, event: &Stamped) {
        let mut place = self.place();
        match &event.event {
            Event::StepStarted { name, .. } => place.steps.push(name.clone()),
            Event::AttemptStarted { step, .. } => {
                place.attempt += 1;
                place.attempted.push(*step);
            }
            Event::StepFinished { .. } => drop(place.steps.pop()),
            Event::RunFinished { .. } => place.over = true,
            _ => {}
        }
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
