//! Going back, and to other steps: where to, and leaving the run that is on.

use std::sync::atomic::Ordering;

use super::{Command, Session, State};
use crate::{
    debug::{
        position::{Goal, Place, back},
        stopped::Where,
    },
    event::Signal,
    flow::{AT_ONCE, debugger::Order},
    package::model::Force,
};

impl Session {
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
    pub(super) fn abandon(&self, state: &mut State, goal: Goal) {
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
}
