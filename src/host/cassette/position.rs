//! Which step runs, for those who stand beside the stream of events.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::event::{Event, Sink, SinkError, Stamped};

/// The step that runs now and how many attempts there were; clones share it. Attached to a run's events it follows them.
#[derive(Clone, Debug, Default)]
pub struct Position(Arc<Mutex<Place>>);

#[derive(Debug, Default)]
struct Place {
    steps: Vec<String>,
    attempt: u32,
}

impl Position {
    /// The name of the step, and the number of its attempt.
    pub fn now(&self) -> (Option<String>, u32) {
        let place = self.place();
        (place.steps.last().cloned(), place.attempt)
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
            Event::AttemptStarted { .. } => place.attempt += 1,
            Event::StepFinished { .. } => drop(place.steps.pop()),
            _ => {}
        }
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
