//! A recording as it is gone through: what comes next, and where a run has left it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    difference::action,
    format::{Cassette, Entry},
    position::Position,
};
use crate::{
    flow::Secrets,
    host::{ErrorKind, HostError, bench::NetworkError},
};

/// What is left of a recording, shared by all that answer from it.
#[derive(Clone)]
pub struct Departures {
    script: Arc<Mutex<Script>>,
    position: Position,
}

/// Where in the recording the run is.
pub struct Script {
    name: String,
    pub entries: Vec<Entry>,
    /// The entry that comes next.
    pub next: usize,
    pub ignore: Vec<String>,
    pub secrets: Secrets,
    /// What the code has read from the clock before the next entry.
    pub clock: VecDeque<u64>,
    /// The random bytes it has drawn before, in hexadecimal.
    pub random: VecDeque<String>,
    /// How many random values were made up.
    pub made: u64,
    departure: Option<String>,
    told: bool,
}

impl Departures {
    /// Begins to repeat a recording, called `name` in messages.
    pub fn new(cassette: Cassette, name: String, position: Position) -> Self {
        let mut script = Script {
            name,
            entries: cassette.entries,
            next: 0,
            ignore: cassette.header.ignore,
            secrets: Secrets::with(&cassette.header.secrets),
            clock: VecDeque::new(),
            random: VecDeque::new(),
            made: 0,
            departure: None,
            told: false,
        };
        script.take_hints();
        Self {
            script: Arc::new(Mutex::new(script)),
            position,
        }
    }

    /// Where the run has left the recording, said once: now that an attempt has ended, all that it had asked for must have been asked for again.
    pub fn of_attempt(&self) -> Option<String> {
        let (step, attempt) = self.position.now();
        let mut script = self.script();
        if script.departure.is_none()
            && let Some(entry) = script.entries.get(script.next)
            && entry.attempt <= attempt
            && entry.step == step
            && entry.is_action()
        {
            let expected = script.expected();
            let step = step.unwrap_or_default();
            script.departure = Some(script.departed(&format!(
                "expected  {expected}\n  actual    the end of {step:?}"
            )));
        }
        if script.told {
            return None;
        }
        script.told = script.departure.is_some();
        script.departure.clone()
    }

    /// How many entries a run that kept to the recording has not come to, and the first of them in words.
    pub fn left(&self) -> Option<(usize, String)> {
        let script = self.script();
        let left = script.entries.get(script.next..).unwrap_or_default();
        let count = left.iter().filter(|entry| entry.is_action()).count();
        (count > 0 && script.departure.is_none()).then(|| (count, script.expected()))
    }

    /// The recording itself.
    pub fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Script {
    /// The code has done what the next entry says: goes on to the one after it.
    pub fn advance(&mut self) {
        self.clock.clear();
        self.random.clear();
        self.pass_over();
    }

    /// Goes on to the entry after the next one, to which the code may not have come yet.
    pub fn pass_over(&mut self) {
        self.next += 1;
        self.take_hints();
    }

    fn take_hints(&mut self) {
        if let Some(entry) = self.entries.get_mut(self.next) {
            self.clock.extend(std::mem::take(&mut entry.clock));
            self.random.extend(std::mem::take(&mut entry.random));
        }
    }

    fn expected(&self) -> String {
        let next = self.entries.get(self.next);
        let Some(entry) = next.filter(|entry| entry.says_something()) else {
            return "nothing more; the recording ends here".into();
        };
        let place = |entry: &Entry| match (&entry.step, &entry.line) {
            (Some(step), Some(line)) => format!("  ({step:?}, {line})"),
            (Some(step), None) => format!("  ({step:?})"),
            _ => String::new(),
        };
        format!("{}{}", action(entry), place(entry))
    }

    fn departed(&self, how: &str) -> String {
        format!(
            "the run has left its recording {} at entry {} of {}:\n  {how}\n  if that is meant, --replay-update records it anew",
            self.name,
            (self.next + 1).min(self.entries.len().max(1)),
            self.entries.len()
        )
    }

    /// The code did something else than what comes next; with the fields that differ.
    pub fn depart(&mut self, actual: &str, fields: &[String]) -> NetworkError {
        let expected = self.expected();
        let fields: String = fields.iter().map(|field| format!("\n  {field}")).collect();
        let how = format!("expected  {expected}\n  actual    {actual}{fields}");
        let departure = self.departed(&how);
        let departure = self.departure.get_or_insert(departure);
        refused(departure)
    }

    /// Once a run has left its recording there is nothing more to be had from it.
    ///
    /// # Errors
    /// When it has.
    pub fn follows(&self) -> Result<(), NetworkError> {
        self.departure
            .as_deref()
            .map_or(Ok(()), |departure| Err(refused(departure)))
    }
}

fn refused(departure: &str) -> NetworkError {
    NetworkError::Other(HostError::new(ErrorKind::Other, departure))
}
