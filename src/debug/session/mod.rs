//! A debugging session: what the front wants, and where the run stands still.

mod back;
mod command;
mod engine;
mod front;
mod unseen;

use std::{
    io::Write,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
    time::Duration,
};

use indexmap::IndexMap;
use rehearsal_python::{interrupt::Interrupt, value::Value};

pub use self::unseen::Unseen;
use super::{
    Breakpoint, Target,
    breakpoint::Filters,
    lease::Lease,
    position::{Counting, Goal, Place},
    stopped::{AtStep, Stopped},
    watched::Watched,
};
use crate::{
    event::Sink,
    flow::{
        debugger::{Order, Upcoming},
        held_clock::HeldClock,
        interruption::Interruption,
    },
};

/// Shared by the front, the engine and the host. The run's threads wait in it while the run stands still; the front waits in it while it goes on.
///
/// Going back is running again from the start, up to where one wants to be: the bench, the clock and what is random are the same each time.
#[derive(Clone)]
pub struct Session(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    watched: Watched,
    /// While a run comes again to where it was, nothing of it is shown.
    quiet: Arc<AtomicBool>,
    /// Why there is no going back; none where there is.
    bound_for: Option<String>,
}

#[derive(Default)]
struct State {
    pass: Option<Pass>,
    breakpoints: Vec<Breakpoint>,
    filters: Filters,
    /// Stops before the next step.
    next_step: Option<&'static str>,
    /// Stops at the first line of the next function.
    into: bool,
    /// That stop is the pause that was asked for.
    pausing: bool,
    /// The steps that run, from the outside in.
    steps: Vec<AtStep>,
    /// Executions of steps that have begun.
    begun: u32,
    /// Calls of the step that runs.
    calls: u32,
    /// Stops in the code of the step that runs.
    stops: u32,
    counting: Counting,
    /// How each of them was ordered to go on.
    orders: Vec<Order>,
    /// The names of those that have begun.
    names: Vec<String>,
    /// The step up to which all are skipped.
    skip_to: Option<String>,
    goal: Option<Goal>,
    /// The run that goes on is of no interest any more.
    abandoned: bool,
    /// The step that runs is to begin anew.
    repeat: bool,
    /// Functions are to take over the code of their files.
    refresh: bool,
    /// The goal is where a step begins anew.
    restarting: bool,
    /// The breakpoints that the code knows of.
    in_force: Vec<Breakpoint>,
    /// Those by which the code that runs came to its first stop.
    first_stop: Vec<Breakpoint>,
    /// Breakpoints were changed while code runs.
    changed: bool,
    /// Nothing stops any more.
    quitting: bool,
    stopped: Option<Stopped>,
    happenings: Vec<Happening>,
    /// For whoever stands still.
    command: Option<Command>,
    answer: Option<Value>,
    /// The exit code, once it has one.
    over: Option<u8>,
}

/// One run from start to end.
#[derive(Clone)]
pub struct Pass {
    pub clock: Arc<HeldClock>,
    /// What ends it.
    pub interruption: Interruption,
    /// What ends the host's waits.
    pub interrupt: Interrupt,
}

enum Command {
    /// For the side within the interpreter.
    Code(Value),
    /// Between two steps.
    Go(Order),
}

/// What the front is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    Stopped(Box<Stopped>),
    /// What a breakpoint says without stopping.
    Said(String),
    /// The run has come to its end, with this exit code.
    Over(u8),
}

/// How a run goes on that stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Continue,
    /// The line, or the step.
    Over,
    /// Into the function that is called next.
    In,
    /// Up to where the function was called.
    Out,
}

impl How {
    fn as_str(self) -> &'static str {
        match self {
            Self::Continue => "continue",
            Self::Over => "over",
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

impl Session {
    /// `bound_for`: why there is no going back, to be told to whoever wants to; none where the bench is simulated or replayed.
    pub fn new(bound_for: Option<String>) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            watched: Watched::default(),
            quiet: Arc::default(),
            bound_for,
        }))
    }

    // For whoever runs it.

    /// A run begins, the first one or one that goes back.
    pub fn begin(&self, pass: Pass) {
        let mut state = self.state();
        state.pass = Some(pass);
        state.steps.clear();
        state.names.clear();
        (state.begun, state.calls, state.stops) = (0, 0, 0);
        (state.abandoned, state.command, state.answer) = (false, None, None);
        self.0.watched.clear();
    }

    /// Whether the run that has ended is to be run again, to go back in it.
    pub fn goes_back(&self) -> bool {
        let state = self.state();
        state.abandoned && state.goal.is_some()
    }

    /// What watches the run's events.
    pub fn sink(&self) -> Box<dyn Sink> {
        Box::new(self.0.watched.clone())
    }

    /// Makes the code stop where a request of the bench was made that is looked for. To be called after each of the code's requests.
    pub fn look(&self, interrupt: &Interrupt) {
        if !self.0.watched.has_found() {
            return;
        }
        let state = self.state();
        let looks = match state.goal {
            None => true,
            Some(goal) => goal.step == state.begun && matches!(goal.at, Place::Stop { .. }),
        };
        if looks {
            interrupt.ask_to_pause();
        }
    }

    /// The output, without what was seen before.
    pub fn unseen<W: Write>(&self, inner: W) -> Unseen<W> {
        Unseen {
            inner,
            quiet: self.0.quiet.clone(),
        }
    }

    /// The run has come to its end, with this exit code; the first one counts.
    pub fn end(&self, code: u8) {
        self.state().over.get_or_insert(code);
        self.0.changed.notify_all();
    }

    /// Whether the run has come to its end.
    pub fn is_over(&self) -> bool {
        self.state().over.is_some()
    }

    /// Waits until the run stands still while the code holds a lease of the agent's; none once the run is over.
    pub(super) fn standing_lease(&self) -> Option<Lease> {
        let mut state = self.state();
        loop {
            if state.over.is_some() {
                return None;
            }
            if state.stopped.is_some()
                && let Some(lease) = self.0.watched.lease()
            {
                return Some(lease);
            }
            state = self.sleep(state);
        }
    }

    /// Waits for that long, or until the run is over.
    pub(super) fn stand_for(&self, time: Duration) {
        let state = self.state();
        let waits = |state: &mut State| state.over.is_none();
        let waited = self.0.changed.wait_timeout_while(state, time, waits);
        // Nobody leaves the lock in pieces.
        drop(waited);
    }

    fn sleep<'s>(&'s self, state: MutexGuard<'s, State>) -> MutexGuard<'s, State> {
        self.0
            .changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What the side within the interpreter has to know.
    fn wanted(&self, what: &str) -> Value {
        let again = matches!(self.goal.map(|goal| goal.at), Some(Place::Stop { .. }));
        let breakpoints = match again {
            true => &self.first_stop,
            false => &self.breakpoints,
        };
        let breakpoints = breakpoints.iter().filter_map(Breakpoint::to_value);
        let silent = self.goal.is_some();
        Value::Dict(IndexMap::from([
            ("do".to_owned(), Value::Str(what.into())),
            ("breakpoints".to_owned(), Value::List(breakpoints.collect())),
            ("raised".to_owned(), Value::Bool(self.filters.raised)),
            ("silent".to_owned(), Value::Bool(silent)),
        ]))
    }

    fn has_breakpoint(&self, step: &Upcoming<'_>) -> bool {
        self.breakpoints.iter().any(|its| match &its.target {
            Target::Step(name) => name == step.name,
            Target::Yaml { file, line } => *file == step.place.file && *line == step.place.line,
            Target::Line { .. } | Target::Function(_) => false,
        })
    }

    /// A person has ended the run while nothing waits for the host.
    fn is_ended(&self) -> bool {
        self.quitting
            && self
                .pass
                .as_ref()
                .is_some_and(|pass| pass.interruption.count() > 0)
    }

    fn inside_out(&self, watched: &Watched) -> Vec<AtStep> {
        let mut steps: Vec<_> = self.steps.iter().rev().cloned().collect();
        if let Some(step) = steps.first_mut() {
            watched.fill(step);
        }
        steps
    }
}
