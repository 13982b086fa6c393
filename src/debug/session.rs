//! A debugging session: what the front wants, and where the run stands still.

use std::{
    io::{self, Write},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use indexmap::IndexMap;
use rehearsal_python::{interrupt::Interrupt, value::Value};

use super::{
    Breakpoint, Target,
    breakpoint::Filters,
    lease::Lease,
    position::{Counting, Goal, Place, Then, back},
    stopped::{AtStep, Shown, Stopped, Where, all_shown, counted, field, frames, shown, text},
    watched::Watched,
};
use crate::{
    event::{Reason, Signal, Sink, Verdict},
    flow::{
        AT_ONCE,
        debugger::{Debugger, Order, Upcoming},
        held_clock::HeldClock,
        interruption::Interruption,
    },
    host::{ErrorKind, HostError},
    package::model::Force,
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

    // For the front.

    /// Waits for the next thing that happens.
    pub fn wait(&self) -> Happening {
        let mut state = self.state();
        loop {
            if !state.happenings.is_empty() {
                return state.happenings.remove(0);
            }
            if let Some(code) = state.over {
                return Happening::Over(code);
            }
            state = self.sleep(state);
        }
    }

    /// Stops before the next step, which is the first one at the start.
    pub fn stop_at_next_step(&self, why: &'static str) {
        self.state().next_step = Some(why);
    }

    pub fn breakpoints(&self) -> Vec<Breakpoint> {
        self.state().breakpoints.clone()
    }

    /// Takes the place of all breakpoints.
    pub fn set_breakpoints(&self, breakpoints: Vec<Breakpoint>) {
        let mut state = self.state();
        state.breakpoints = breakpoints;
        // Code that runs is held for as long as it takes to tell it.
        if state.stopped.is_none()
            && state.calls > 0
            && let Some(pass) = &state.pass
        {
            pass.interrupt.ask_to_pause();
            state.changed = true;
        }
    }

    /// Which failures stop the run.
    pub fn set_filters(&self, filters: Filters) {
        self.0.watched.look_for(filters.bench.clone());
        self.state().filters = filters;
    }

    /// Stops as soon as code of the user's runs.
    pub fn pause(&self) {
        let mut state = self.state();
        state.next_step = Some("pause");
        if state.stopped.is_none()
            && let Some(pass) = &state.pass
        {
            pass.interrupt.ask_to_pause();
        }
    }

    /// The bench's last requests and replies, the newest last.
    pub fn exchanges(&self) -> Vec<(String, String)> {
        self.0.watched.exchanges()
    }

    /// Asks the side within the interpreter; its answer, or what went wrong.
    ///
    /// # Errors
    /// What Python says, or that no code stands still.
    pub fn ask(&self, command: Value) -> Result<Value, String> {
        let mut state = self.state();
        let in_code = matches!(&state.stopped, Some(its) if matches!(its.at, Where::Code(_)));
        if !in_code {
            return Err("no code stands still here".into());
        }
        state.answer = None;
        state.command = Some(Command::Code(command));
        self.0.changed.notify_all();
        loop {
            if let Some(answer) = state.answer.take() {
                return match text(&answer, "error") {
                    Some(error) => Err(error.into()),
                    None => Ok(answer),
                };
            }
            if state.stopped.is_none() || state.over.is_some() {
                return Err("the code has gone on".into());
            }
            state = self.sleep(state);
        }
    }

    /// The value of an expression, or of nothing after a statement.
    ///
    /// # Errors
    /// As [`Session::ask`].
    pub fn evaluate(&self, frame: usize, expression: &str) -> Result<Shown, String> {
        let answer = self.ask(command("evaluate", frame, [("text", expression)]))?;
        Ok(value_of(&answer))
    }

    /// The variables of a frame; `scope` is "locals" or "globals".
    ///
    /// # Errors
    /// As [`Session::ask`].
    pub fn variables(&self, frame: usize, scope: &str) -> Result<Vec<Shown>, String> {
        let answer = self.ask(command("variables", frame, [("scope", scope)]))?;
        Ok(all_shown(&answer))
    }

    /// The parts of a value that was shown with this number.
    ///
    /// # Errors
    /// As [`Session::ask`].
    pub fn parts(&self, of: u32) -> Result<Vec<Shown>, String> {
        Ok(all_shown(&self.ask(with_number(
            command("children", 0, []),
            "of",
            of,
        ))?))
    }

    /// Sets what may stand on the left of `=` to the value of an expression.
    ///
    /// # Errors
    /// As [`Session::ask`].
    pub fn assign(&self, frame: usize, name: &str, expression: &str) -> Result<Shown, String> {
        let fields = [("name", name), ("text", expression)];
        Ok(value_of(&self.ask(command("assign", frame, fields))?))
    }

    /// Sets a part of a value that was shown with this number.
    ///
    /// # Errors
    /// As [`Session::ask`].
    pub fn assign_part(
        &self,
        frame: usize,
        of: u32,
        name: &str,
        expression: &str,
    ) -> Result<Shown, String> {
        let fields = [("name", name), ("text", expression)];
        let command = with_number(command("assign", frame, fields), "of", of);
        Ok(value_of(&self.ask(command)?))
    }

    /// Sets a variable of a frame's module.
    ///
    /// # Errors
    /// As [`Session::ask`].
    pub fn assign_global(
        &self,
        frame: usize,
        name: &str,
        expression: &str,
    ) -> Result<Shown, String> {
        let fields = [("name", name), ("text", expression), ("globals", "yes")];
        Ok(value_of(&self.ask(command("assign", frame, fields))?))
    }

    /// How the last name of a text can go on, and where in the text that name begins, in characters.
    ///
    /// # Errors
    /// As [`Session::ask`].
    pub fn complete(&self, frame: usize, before: &str) -> Result<(Vec<String>, usize), String> {
        let answer = self.ask(command("complete", frame, [("text", before)]))?;
        let names = match field(&answer, "names") {
            Some(Value::List(names)) => names
                .iter()
                .filter_map(|name| match name {
                    Value::Str(name) => Some(name.clone()),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let start = match field(&answer, "start") {
            Some(Value::Int(start)) => usize::try_from(*start).unwrap_or(0),
            _ => 0,
        };
        Ok((names, start))
    }

    /// Lets the run go on.
    pub fn resume(&self, how: How) {
        self.go(how, Order::default());
    }

    /// Lets the step that comes next run so, and stops after it when `how` says so.
    pub fn order(&self, how: How, order: Order) {
        self.go(how, order);
    }

    fn go(&self, how: How, order: Order) {
        let mut state = self.state();
        let Some(stopped) = state.stopped.take() else {
            return;
        };
        let steps = matches!(how, How::Over | How::In | How::Out);
        state.command = Some(match stopped.at {
            Where::Code(_) => {
                // After its last line comes the next step.
                let last = matches!(stopped.why.as_str(), "uncaught");
                state.next_step = (steps && last).then_some("step");
                state.in_force = state.breakpoints.clone();
                let mut resume = state.wanted("resume");
                set(&mut resume, "how", Value::Str(how.as_str().into()));
                if state.counting == Counting::No && self.0.bound_for.is_none() {
                    state.counting = Counting::Since(state.stops);
                }
                set(
                    &mut resume,
                    "count",
                    Value::Bool(state.counting != Counting::No),
                );
                Command::Code(resume)
            }
            Where::Before | Where::After(..) => {
                // A pause may be asked for just before a run goes on.
                let paused = state.next_step.filter(|why| *why == "pause");
                let next = (how == How::Over || how == How::Out).then_some("step");
                state.next_step = paused.or(next);
                state.into = how == How::In;
                if how == How::In && matches!(stopped.at, Where::After(..)) {
                    state.next_step = Some("step");
                    state.into = false;
                }
                Command::Go(order)
            }
        });
        self.0.changed.notify_all();
    }

    /// Why one cannot go back; none where one can.
    pub fn bound_for(&self) -> Option<&str> {
        self.0.bound_for.as_deref()
    }

    /// Where one comes to by going back a line, or from between two steps a step.
    ///
    /// # Errors
    /// Why there is no going back.
    pub fn before_this(&self) -> Result<Goal, String> {
        if let Some(why) = &self.0.bound_for {
            return Err(why.clone());
        }
        let state = self.state();
        let Some(stopped) = &state.stopped else {
            return Err("the run does not stand still".into());
        };
        Ok(match &stopped.at {
            Where::Code(_) => back(
                state.begun,
                state.calls,
                state.stops,
                state.counting,
                stopped.line,
            ),
            Where::After(..) => Goal {
                step: state.begun,
                at: Place::Start,
            },
            Where::Before if state.begun > 1 => Goal {
                step: state.begun - 1,
                at: Place::Start,
            },
            Where::Before => return Err("this is where the run begins".into()),
        })
    }

    /// Where the step that runs begins; from there, where the one before it does.
    ///
    /// # Errors
    /// Why there is no going back.
    pub fn start_of_this(&self) -> Result<Goal, String> {
        let before = self.before_this()?;
        let state = self.state();
        Ok(match &state.stopped {
            Some(its) if its.at == Where::Before => before,
            _ => Goal {
                step: state.begun,
                at: Place::Start,
            },
        })
    }

    /// Goes back to a place.
    pub fn back_to(&self, goal: Goal) {
        self.abandon(&mut self.state(), goal);
    }

    /// Goes back by a line, or from between two steps by a step.
    ///
    /// # Errors
    /// Why there is no going back.
    pub fn step_back(&self) -> Result<(), String> {
        self.back_to(self.before_this()?);
        Ok(())
    }

    /// Goes to where a step with that name begins: forward, where those between are skipped, or back.
    ///
    /// # Errors
    /// Why that cannot be.
    pub fn go_to(&self, name: &str) -> Result<(), String> {
        let mut state = self.state();
        let Some(stopped) = &state.stopped else {
            return Err("the run does not stand still".into());
        };
        if let Some(turn) = state.names.iter().rposition(|its| its == name) {
            if let Some(why) = &self.0.bound_for {
                return Err(why.clone());
            }
            let step = u32::try_from(turn).unwrap_or(0) + 1;
            let at = Place::Start;
            self.abandon(&mut state, Goal { step, at });
            return Ok(());
        }
        let order = match stopped.at {
            Where::Before => Order {
                force: Some(Force::Skip),
                ..Order::default()
            },
            Where::After(..) => Order::default(),
            Where::Code(_) => {
                return Err(
                    "one goes on to another step from between two steps; `c` lets this one end"
                        .into(),
                );
            }
        };
        state.skip_to = Some(name.into());
        state.stopped = None;
        state.command = Some(Command::Go(order));
        self.0.changed.notify_all();
        Ok(())
    }

    /// Ends this run, so that another one comes to the goal.
    fn abandon(&self, state: &mut State, goal: Goal) {
        state.goal = Some(goal);
        state.abandoned = true;
        state.stopped = None;
        self.0.quiet.store(true, Ordering::SeqCst);
        if let Some(pass) = &state.pass {
            for _ in 0..AT_ONCE {
                pass.interruption.raise(Signal::Interrupt);
            }
        }
        self.0.changed.notify_all();
    }

    /// Lets the step that runs, or has just ended, begin anew with the code as it is in the files now: where one can go back, from the bench as it
    /// was, else from the bench as it is.
    ///
    /// # Errors
    /// When the run does not stand still.
    pub fn restart_step(&self) -> Result<(), String> {
        let mut state = self.state();
        let Some(stopped) = &state.stopped else {
            return Err("the run does not stand still".into());
        };
        let at = stopped.at.clone();
        if self.0.bound_for.is_none() {
            state.restarting = true;
            let step = state.begun;
            self.abandon(
                &mut state,
                Goal {
                    step,
                    at: Place::Start,
                },
            );
            return Ok(());
        }
        state.refresh = true;
        match at {
            Where::Before => {}
            Where::After(..) => {
                state.next_step = Some("restart");
                state.stopped = None;
                state.command = Some(Command::Go(Order {
                    repeat: true,
                    ..Order::default()
                }));
            }
            Where::Code(_) => {
                state.next_step = Some("restart");
                state.stopped = None;
                state.repeat = true;
            }
        }
        self.0.changed.notify_all();
        Ok(())
    }

    /// Lets the run end as Ctrl-C does: nothing stops any more, and steps marked run_on_abort still run.
    pub fn quit(&self) {
        let mut state = self.state();
        self.let_go(&mut state);
        let pass = state.pass.clone();
        let between = matches!(&state.stopped, Some(its) if !matches!(its.at, Where::Code(_)));
        drop(state);
        // Before anything goes on, so that nothing more of it runs.
        if let Some(pass) = pass {
            pass.interruption.raise(Signal::Interrupt);
        }
        let mut state = self.state();
        if between && state.stopped.take().is_some() {
            state.command = Some(Command::Go(Order::default()));
        }
        drop(state);
        self.0.changed.notify_all();
    }

    /// Nothing stops any more.
    fn let_go(&self, state: &mut State) {
        state.quitting = true;
        state.breakpoints.clear();
        state.filters = Filters::default();
        (state.next_step, state.into) = (None, false);
        state.goal = None;
        self.0.quiet.store(false, Ordering::SeqCst);
    }

    /// Lets the run go on to its end without stopping any more.
    pub fn run_on(&self) {
        let mut state = self.state();
        self.let_go(&mut state);
        if let Some(stopped) = state.stopped.take() {
            state.command = Some(match stopped.at {
                Where::Code(_) => {
                    let mut resume = state.wanted("resume");
                    set(&mut resume, "how", Value::Str("continue".into()));
                    Command::Code(resume)
                }
                Where::Before | Where::After(..) => Command::Go(Order::default()),
            });
        }
        self.0.changed.notify_all();
    }

    // For the engine and the host.

    /// What the side within the interpreter says; gives what it is to do.
    ///
    /// # Errors
    /// When the wait for a command is interrupted.
    pub fn said(&self, said: &Value, interrupt: &Interrupt) -> Result<Value, HostError> {
        match text(said, "event") {
            Some("call") => Ok(self.call_begins()),
            Some("end") => {
                let stepping = field(said, "stepping") == Some(&Value::Bool(true));
                let mut state = self.state();
                if stepping && !state.quitting {
                    state.next_step = Some("step");
                }
                Ok(resume())
            }
            Some("log") => {
                let said = text(said, "text").unwrap_or_default().to_owned();
                self.state().happenings.push(Happening::Said(said));
                self.0.changed.notify_all();
                Ok(resume())
            }
            Some("stopped") => self.code_stops(said, interrupt),
            _ => {
                let mut state = self.state();
                state.answer = Some(said.clone());
                self.0.changed.notify_all();
                self.wait_for_command(state, Some(interrupt)).map(told)
            }
        }
    }

    fn call_begins(&self) -> Value {
        let mut state = self.state();
        state.calls += 1;
        if matches!(state.counting, Counting::Since(_)) {
            state.counting = Counting::No;
        }
        state.in_force = state.breakpoints.clone();
        let mut wanted = state.wanted("resume");
        // A pause may have been asked for before there was any code to stop.
        let pauses = state.next_step == Some("pause");
        if pauses {
            state.next_step = None;
            state.pausing = true;
        }
        if std::mem::take(&mut state.into) || pauses {
            set(&mut wanted, "how", Value::Str("in".into()));
        }
        if std::mem::take(&mut state.refresh) {
            set(&mut wanted, "refresh", Value::Bool(true));
        }
        if let Some(goal) = state.goal.filter(|goal| goal.step == state.begun) {
            match goal.at {
                Place::Start => {}
                Place::Line { call, line } => {
                    set(&mut wanted, "silent", Value::Bool(true));
                    if call == state.calls {
                        set(&mut wanted, "until", Value::Int(line.into()));
                    }
                }
                Place::Stop { .. } => set(&mut wanted, "silent", Value::Bool(false)),
            }
            state.counting = Counting::Calls;
        }
        let counts = state.counting == Counting::Calls;
        set(&mut wanted, "count", Value::Bool(counts));
        wanted
    }

    fn code_stops(&self, said: &Value, interrupt: &Interrupt) -> Result<Value, HostError> {
        let mut why = text(said, "why").unwrap_or_default().to_owned();
        let mut state = self.state();
        // Code that is being stopped has no time to be looked at.
        let is_ended = text(said, "class") == Some("KeyboardInterrupt");
        let is_passed = why == "uncaught" && !state.filters.uncaught || is_ended;
        if is_passed || state.quitting || state.abandoned || state.repeat {
            return Ok(resume());
        }
        let class = text(said, "class").map(|class| {
            let exception = text(said, "exception").unwrap_or_default();
            // It is written as in code: `KeyError('b')`.
            let name = class.rsplit('.').next().unwrap_or(class);
            let within = exception.strip_prefix(name);
            let within = within.and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')'));
            format!("{class}: {}", within.unwrap_or(exception))
        });
        let mut detail = class.or_else(|| text(said, "error").map(str::to_owned));
        let mut asked = false;
        if why == "pause" {
            asked = state.next_step == Some("pause");
            if state.next_step == Some("pause") {
                state.next_step = None;
            }
            if let Some(found) = self.0.watched.found() {
                (why, detail) = ("bench".into(), Some(found));
                asked = true;
            }
        }
        if std::mem::take(&mut state.pausing) && why == "step" {
            why = "pause".into();
        }
        if std::mem::take(&mut state.changed) && why == "pause" && !asked {
            if state.goal.is_some() {
                return Ok(self.passing(&state));
            }
            state.in_force = state.breakpoints.clone();
            let mut on = state.wanted("resume");
            set(&mut on, "how", Value::Str("keep".into()));
            return Ok(on);
        }
        state.stops += 1;
        if state.stops == 1 && state.goal.is_none() {
            state.first_stop = state.in_force.clone();
        }
        let line = counted(said);
        if let Some(goal) = state.goal {
            if goal.step > state.begun {
                return Ok(resume());
            }
            match goal.at {
                Place::Stop { stops, .. } if stops > state.stops => {
                    return Ok(self.passing(&state));
                }
                Place::Stop {
                    then: Then::Before, ..
                } => {
                    let call = state.calls;
                    let at = match line.map_or(0, |its| its.back) {
                        0 => Place::Start,
                        line => Place::Line { call, line },
                    };
                    let step = goal.step;
                    self.abandon(&mut state, Goal { step, at });
                    drop(state);
                    return Err(HostError::new(ErrorKind::Interrupted, "interrupted"));
                }
                Place::Stop {
                    then: Then::After(more),
                    ..
                } => {
                    let (call, here) = (state.calls, line.map_or(0, |its| its.line));
                    let line = here.saturating_add(more);
                    let at = Place::Line { call, line };
                    state.goal = Some(Goal {
                        step: goal.step,
                        at,
                    });
                    let mut on = state.wanted("resume");
                    set(&mut on, "how", Value::Str("continue".into()));
                    set(&mut on, "silent", Value::Bool(true));
                    set(&mut on, "count", Value::Bool(true));
                    set(&mut on, "until", Value::Int(line.into()));
                    return Ok(on);
                }
                Place::Line { call, .. } if why != "back" || call != state.calls => {
                    return Ok(self.passing(&state));
                }
                Place::Start
                | Place::Line { .. }
                | Place::Stop {
                    then: Then::There, ..
                } => {
                    self.arrive(&mut state);
                    why = "back".into();
                }
            }
        }
        let stopped = Stopped {
            why,
            detail,
            steps: state.inside_out(&self.0.watched),
            at: Where::Code(frames(said)),
            line,
        };
        self.stand(state, stopped, Some(interrupt)).map(told)
    }

    /// How code goes on that is not yet where one wants to be.
    fn passing(&self, state: &State) -> Value {
        let mut on = state.wanted("resume");
        set(&mut on, "how", Value::Str("keep".into()));
        set(&mut on, "count", Value::Bool(true));
        match state.goal.map(|goal| goal.at) {
            Some(Place::Line { call, line }) if call == state.calls => {
                set(&mut on, "until", Value::Int(line.into()));
            }
            Some(Place::Stop { .. }) => set(&mut on, "silent", Value::Bool(false)),
            _ => {}
        }
        on
    }

    /// The run is where one wanted to be.
    fn arrive(&self, state: &mut State) {
        state.goal = None;
        self.0.quiet.store(false, Ordering::SeqCst);
    }

    /// Stands still until the front lets it go on.
    fn stand<'s>(
        &'s self,
        mut state: MutexGuard<'s, State>,
        stopped: Stopped,
        interrupt: Option<&Interrupt>,
    ) -> Result<Command, HostError> {
        if let Some(pass) = &state.pass {
            pass.clock.hold();
        }
        state.command = None;
        state.stopped = Some(stopped.clone());
        state.happenings.push(Happening::Stopped(Box::new(stopped)));
        self.0.changed.notify_all();
        self.wait_for_command(state, interrupt)
    }

    fn wait_for_command<'s>(
        &'s self,
        mut state: MutexGuard<'s, State>,
        interrupt: Option<&Interrupt>,
    ) -> Result<Command, HostError> {
        let woken = self.clone();
        let _waking = interrupt.map(|interrupt| {
            interrupt.on_raise(move || {
                // With the lock, so that nobody is between looking and waiting.
                let _state = woken.0.state.try_lock();
                woken.0.changed.notify_all();
            })
        });
        let release = |state: MutexGuard<'_, State>| {
            if let Some(pass) = state.pass.clone() {
                drop(state);
                pass.clock.release();
            }
        };
        loop {
            let ended = state.abandoned
                || state.repeat
                || interrupt.is_some_and(Interrupt::pending)
                || interrupt.is_none() && state.is_ended();
            if ended {
                state.stopped = None;
                release(state);
                self.0.changed.notify_all();
                return Err(HostError::new(ErrorKind::Interrupted, "interrupted"));
            }
            match state.command.take() {
                Some(Command::Code(value)) => {
                    if text(&value, "do") == Some("resume") {
                        release(state);
                    }
                    return Ok(Command::Code(value));
                }
                Some(Command::Go(order)) => {
                    release(state);
                    return Ok(Command::Go(order));
                }
                None => {}
            }
            state = self.sleep(state);
        }
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

impl Debugger for Session {
    fn before(&self, step: &Upcoming<'_>) -> Order {
        let mut state = self.state();
        if state.abandoned {
            return Order::default();
        }
        state.begun += 1;
        (state.calls, state.stops) = (0, 0);
        state.counting = Counting::No;
        state.steps.push(AtStep::of(step));
        state.names.push(step.name.into());
        let turn = state.begun as usize - 1;
        let mut why = state.next_step.take();
        if let Some(goal) = state.goal {
            let before = state.orders.get(turn).copied().unwrap_or_default();
            if state.begun < goal.step || state.begun == goal.step && goal.at != Place::Start {
                return before;
            }
            // Past the goal, because what was edited leads another way.
            self.arrive(&mut state);
            why = Some(match std::mem::take(&mut state.restarting) {
                true => "restart",
                false => "back",
            });
        }
        state.orders.truncate(turn);
        if let Some(name) = &state.skip_to {
            if name != step.name {
                let order = Order {
                    force: Some(Force::Skip),
                    ..Order::default()
                };
                state.orders.push(order);
                return order;
            }
            state.skip_to = None;
            why = Some("step");
        }
        if why.is_none() && state.has_breakpoint(step) {
            why = Some("breakpoint");
        }
        let Some(why) = why.filter(|_| !state.quitting) else {
            state.orders.push(Order::default());
            return Order::default();
        };
        if self.0.bound_for.is_none() {
            state.counting = Counting::Calls;
        }
        let stopped = Stopped {
            why: why.into(),
            detail: None,
            steps: state.inside_out(&self.0.watched),
            at: Where::Before,
            line: None,
        };
        let order = match self.stand(state, stopped, None) {
            Ok(Command::Go(order)) => order,
            _ => Order::default(),
        };
        self.state().orders.push(order);
        order
    }

    fn is_to_repeat(&self) -> bool {
        let mut state = self.state();
        let repeat = std::mem::take(&mut state.repeat);
        if repeat {
            state.begun -= 1;
            state.steps.pop();
        }
        repeat
    }

    fn after(&self, step: &Upcoming<'_>, verdict: Verdict, reason: Option<Reason>) -> Order {
        let mut state = self.state();
        if state.abandoned || reason == Some(Reason::Restarted) {
            return Order::default();
        }
        state.into = false;
        let stops = match reason {
            Some(Reason::Limit) => state.filters.failed || state.filters.limits,
            // Its exception was looked at where it was raised.
            Some(Reason::Exception | Reason::Permission) if state.filters.uncaught => false,
            Some(Reason::Interrupted | Reason::Aborted) => false,
            _ => state.filters.failed,
        };
        let bad = matches!(verdict, Verdict::Fail | Verdict::Aborted);
        if !(bad && stops) || state.goal.is_some() || state.quitting {
            state.steps.pop();
            return Order::default();
        }
        if let Some(its) = state.steps.last_mut() {
            its.store.clone_from(&step.store);
        }
        let limits = reason == Some(Reason::Limit) && state.filters.limits;
        let stopped = Stopped {
            why: if limits { "limits" } else { "failed" }.into(),
            detail: Some(self.0.watched.failures(reason)),
            steps: state.inside_out(&self.0.watched),
            at: Where::After(verdict, reason),
            line: None,
        };
        let order = match self.stand(state, stopped, None) {
            Ok(Command::Go(order)) => order,
            _ => Order::default(),
        };
        let mut state = self.state();
        state.steps.pop();
        if order.repeat {
            state.begun -= 1;
        }
        order
    }
}

/// Passes on what was not seen before.
pub struct Unseen<W> {
    inner: W,
    quiet: Arc<AtomicBool>,
}

impl<W: Write> Write for Unseen<W> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        match self.quiet.load(Ordering::SeqCst) {
            true => Ok(data.len()),
            false => self.inner.write(data),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn resume() -> Value {
    command("resume", 0, [("how", "continue")])
}

/// What the side within the interpreter is to do.
fn told(command: Command) -> Value {
    match command {
        Command::Code(value) => value,
        Command::Go(_) => resume(),
    }
}

fn value_of(answer: &Value) -> Shown {
    field(answer, "value").map_or_else(|| shown(&Value::None), shown)
}

fn set(command: &mut Value, name: &str, value: Value) {
    if let Value::Dict(fields) = command {
        fields.insert(name.into(), value);
    }
}

fn with_number(mut command: Value, name: &str, number: u32) -> Value {
    set(&mut command, name, Value::Int(number.into()));
    command
}

fn command<const N: usize>(what: &str, frame: usize, fields: [(&str, &str); N]) -> Value {
    let mut command = IndexMap::from([
        ("do".to_owned(), Value::Str(what.into())),
        (
            "frame".to_owned(),
            Value::Int(i64::try_from(frame).unwrap_or(0)),
        ),
    ]);
    for (name, text) in fields {
        command.insert(name.to_owned(), Value::Str(text.into()));
    }
    Value::Dict(command)
}

/// A word of the command line or of an editor for what is forced.
pub fn force(word: &str) -> Option<Force> {
    match word {
        "pass" => Some(Force::Pass),
        "fail" => Some(Force::Fail),
        "skip" => Some(Force::Skip),
        _ => None,
    }
}
