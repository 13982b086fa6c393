//! What the engine and the host say to a session, and how the run's threads wait in it.

use std::sync::{MutexGuard, atomic::Ordering};

use rehearsal_python::{interrupt::Interrupt, value::Value};

use super::{
    Command, Happening, Session, State,
    command::{resume, set, told},
};
use crate::{
    debug::{
        position::{Counting, Goal, Place, Then},
        stopped::{AtStep, Stopped, Where, counted, field, frames, text},
    },
    event::{Reason, Verdict},
    flow::debugger::{Debugger, Order, Upcoming},
    host::{ErrorKind, HostError},
    package::model::Force,
};

impl Session {
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
