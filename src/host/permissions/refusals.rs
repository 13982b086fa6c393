//! What was refused, told once for each attempt.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Access, Refusal};
use crate::{bus::EventBus, host::cassette::Position};

/// Makes events of refusals, and knows which there were in the attempt that runs; clones share it.
#[derive(Clone)]
pub struct Refusals {
    events: EventBus,
    position: Position,
    told: Arc<Mutex<Told>>,
}

#[derive(Default)]
struct Told {
    attempt: u32,
    refusals: BTreeSet<(Access, String)>,
    messages: Vec<String>,
}

impl Refusals {
    /// `position` has to follow the same events.
    pub fn new(events: EventBus, position: Position) -> Self {
        Self {
            events,
            position,
            told: Arc::default(),
        }
    }

    /// Tells of a refusal, when it is new in this attempt: code that tries again does not fill the reports.
    pub fn tell(&self, refusal: &Refusal) {
        let Refusal {
            access,
            what,
            message,
        } = refusal.clone();
        let mut told = self.told();
        // What is imported before the first step is asked for again by it.
        let is_ahead = told.attempt == 0;
        if is_ahead || !told.refusals.insert((access, what.clone())) {
            return;
        }
        told.messages.push(message.clone());
        drop(told);
        self.events.refused(access, what, message);
    }

    /// Whether a text speaks of something that was refused in this attempt.
    pub fn explain(&self, text: &str) -> bool {
        self.told()
            .messages
            .iter()
            .any(|message| text.contains(message.as_str()))
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        let (_, attempt) = self.position.now();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.attempt != attempt {
            *told = Told {
                attempt,
                ..Told::default()
            };
        }
        told
    }
}
