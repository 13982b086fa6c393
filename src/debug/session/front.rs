//! What a front says to a session: where to stop, what it wants to know, how the run goes on.

use std::sync::atomic::Ordering;

use rehearsal_python::value::Value;

use super::{
    Command, Happening, How, Session, State,
    command::{command, set, value_of, with_number},
};
use crate::{
    debug::{
        Breakpoint,
        breakpoint::Filters,
        position::Counting,
        stopped::{Shown, Where, all_shown, field, text},
    },
    event::Signal,
    flow::debugger::Order,
};
impl Session {
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
        self.order(how, Order::default());
    }

    /// Lets the step that comes next run so, and stops after it when `how` says so.
    pub fn order(&self, how: How, order: Order) {
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
}
