//! One test on its way, the run's own or a sequence: its phases in order, and what ends it early (docs/decisions.md 1, 2, 20, 28).

use std::time::Duration;

use crate::{
    event::{Callee, EndedBy, Event, Parent, Phase, Reason, Rule, Verdict},
    package::model::OnStepFailure,
};

use super::{
    Planned, Rounds, Work,
    debugger::{Debugger, Order, Upcoming},
    ending::ending,
    interruption::{Cause, Deadline, Limit, Stop},
    run::{AT_ONCE, Run, nanoseconds},
    step::StepEnd,
    verdict::Tally,
};

/// How long a run_on_abort step may take once a test whose time is limited is aborted, if it says nothing itself.
const AFTERMATH: Duration = Duration::from_secs(30);

/// What a test knows while it runs.
#[derive(Debug, Default)]
pub(super) struct Level {
    /// Which of the plan's tests it is.
    pub test: usize,
    /// Set once it is aborted.
    ended_by: Option<EndedBy>,
    /// The step that runs.
    running: Option<String>,
    /// Whether its time is limited: by its own `policy.timeout` or by something around it.
    timed: bool,
}

impl Level {
    /// The first rule that ends a test is the one it was ended by.
    pub fn end_by(&mut self, rule: Rule) {
        if self.ended_by.is_none() {
            self.ended_by = Some(EndedBy {
                step: self.running.clone(),
                rule,
            });
        }
    }
}

/// How a test ended.
pub(super) struct LevelEnd {
    pub verdict: Verdict,
    pub reason: Option<Reason>,
    pub ended_by: Option<EndedBy>,
    /// A person ended it, or the time of a test: no `force` alters that.
    pub unalterable: bool,
}

/// What stops a step, and how long its attempts may take where it says nothing itself.
pub(super) struct Bounds {
    pub stop: Stop,
    pub default_timeout: Option<Duration>,
}

impl Run<'_, '_> {
    /// Runs one of the plan's tests; `outer` stops all of it.
    pub fn test(&mut self, index: usize, parent: Option<Parent>, outer: &Stop) -> LevelEnd {
        let plan = self.plan;
        let Some(planned) = plan.tests.get(index) else {
            // Indices are given out by the plan itself.
            return LevelEnd {
                verdict: Verdict::Skipped,
                reason: None,
                ended_by: None,
                unalterable: false,
            };
        };
        let policy = &planned.unit.test.policy;
        let deadline = policy.timeout.as_ref().map(|seconds| {
            let allowed = Duration::try_from_secs_f64(seconds.value).unwrap_or(Duration::MAX);
            Deadline {
                at: self.clock.elapsed().saturating_add(allowed),
                allowed,
                limit: Limit::Policy {
                    test: planned.unit.test.name.value.clone(),
                },
            }
        });
        let covered = match &deadline {
            Some(deadline) => outer.by(deadline.clone(), self.clock),
            None => outer.clone(),
        };
        let timed = deadline.is_some()
            || outer.has_deadline()
            || self.levels.last().is_some_and(|level| level.timed);
        self.levels.push(Level {
            test: index,
            timed,
            ..Level::default()
        });
        let mut tally = Tally::default();
        let mut unalterable = false;
        for step in &planned.steps {
            let stop = match step.phase {
                Phase::Setup | Phase::Steps => &covered,
                Phase::Teardown => outer,
            };
            let end = self.step_or_skip(index, step, parent, stop);
            tally.count(end.verdict, end.reason);
            unalterable |= end.unalterable;
        }
        let (mut verdict, mut reason) = tally.verdict();
        let ended_by = self.levels.pop().and_then(|level| level.ended_by);
        // Where the time passed between two steps, none of them is ABORTED.
        let by_time = match ended_by.as_ref().map(|ended| ended.rule) {
            Some(Rule::PolicyTimeout) => Some(Reason::PolicyTimeout),
            Some(Rule::Timeout) => Some(Reason::Timeout),
            _ => None,
        };
        if by_time.is_some() && verdict < Verdict::Aborted {
            (verdict, reason) = (Verdict::Aborted, by_time);
        }
        LevelEnd {
            verdict,
            reason,
            ended_by,
            unalterable: unalterable || by_time == Some(Reason::PolicyTimeout),
        }
    }

    fn step_or_skip(
        &mut self,
        test: usize,
        planned: &Planned<'_>,
        parent: Option<Parent>,
        stop: &Stop,
    ) -> StepEnd {
        loop {
            let found = self.plan.request.debugger.map(|_| self.store.clone());
            let (end, again) = self.execution(test, planned, parent, stop);
            let Some(found) = found.filter(|_| again) else {
                self.apply_rules(test, planned, &end);
                if let Some(level) = self.levels.last_mut() {
                    level.running = None;
                }
                return end;
            };
            self.store = found;
            self.interpreter.renew();
            let modules = match self.interpreter.keeps_state() {
                true => "its modules have kept what they had when it began",
                false => {
                    "its modules are imported anew, and what they had kept from earlier steps is lost"
                }
            };
            self.events.emit(Event::Warning {
                message: format!(
                    "\"{}\" begins anew: {modules}; the hardware is as the step left it",
                    planned.step.name.value
                ),
            });
        }
    }

    /// One execution of a step, and whether the debugger wants another one in its place.
    fn execution(
        &mut self,
        test: usize,
        planned: &Planned<'_>,
        parent: Option<Parent>,
        stop: &Stop,
    ) -> (StepEnd, bool) {
        self.notice_signals();
        let step = planned.step;
        let id = self.next_id();
        self.events.emit(Event::StepStarted {
            step: id,
            name: step.name.value.clone(),
            phase: planned.phase,
            place: self.plan.tests[test].unit.sources.place(step.at),
            parent,
            code: self.callee(planned),
        });
        // Again, because a slow sink may have taken its time: a signal that came before the step began must not cost a
        // run_on_abort step its chance.
        self.notice_signals();
        // The start of an interpreter must not cost a step that cleans up its chance.
        if step.run_on_abort && matches!(planned.work, Work::Python { .. }) {
            self.interpreter.prepare(stop);
        }
        let debugger = self.plan.request.debugger;
        let upcoming = debugger.map(|_| self.upcoming(test, planned));
        let order = match (debugger, &upcoming) {
            (Some(debugger), Some(upcoming)) => debugger.before(upcoming),
            _ => Order::default(),
        };
        let ordered = order.is_of_step().then(|| Planned {
            force: order.force.or(planned.force),
            rounds: order
                .rounds
                .map_or_else(|| planned.rounds.clone(), Rounds::Loop),
            ..planned.clone()
        });
        let planned = ordered.as_ref().unwrap_or(planned);
        self.notice_signals();
        self.notice_time(stop);
        if let Some(level) = self.levels.last_mut() {
            level.running = Some(step.name.value.clone());
        }
        let started = self.clock.elapsed();
        let mut end = match self.bounds(planned, stop) {
            Ok(bounds) => self.step(id, planned, &bounds),
            Err(reason) => StepEnd::skipped(reason),
        };
        let mut again = debugger.is_some_and(Debugger::is_to_repeat);
        if again {
            end = StepEnd::skipped(Reason::Restarted);
        }
        self.events.emit(Event::StepFinished {
            step: id,
            verdict: end.verdict,
            reason: end.reason,
            message: end.message.clone(),
            forced: end.forced,
            duration_ns: nanoseconds(self.clock.elapsed().saturating_sub(started)),
            outputs: end
                .outputs
                .iter()
                .map(|(name, variable)| (name.clone(), variable.value.to_json()))
                .collect(),
        });
        if let (Some(debugger), Some(upcoming)) = (debugger, &upcoming) {
            again |= debugger.after(upcoming, end.verdict, end.reason).repeat;
        }
        (end, again)
    }

    fn callee(&self, planned: &Planned<'_>) -> Option<Box<Callee>> {
        match planned.work {
            Work::Python { module, function } if planned.skip.is_none() => {
                (self.plan.request.callees)(module, function).map(Box::new)
            }
            _ => None,
        }
    }

    /// What the debugger is told of a step.
    fn upcoming<'p>(&self, test: usize, planned: &Planned<'p>) -> Upcoming<'p> {
        let step = planned.step;
        Upcoming {
            name: &step.name.value,
            phase: planned.phase,
            place: self.plan.tests[test].unit.sources.place(step.at),
            function: match &planned.work {
                Work::Python { module, function } => Some(format!("{module}.{function}")),
                _ => None,
            },
            store: self.store.shown(&self.plan.request.context.secrets),
            measurements: &step.measurements,
        }
    }

    /// Time that is up before a step begins aborts the test as a signal does; run_on_abort steps have their own.
    fn notice_time(&mut self, stop: &Stop) {
        let rule = match stop.cause() {
            Some(Cause::Time(deadline)) => match deadline.limit {
                Limit::Policy { .. } => Rule::PolicyTimeout,
                Limit::Attempt { .. } => Rule::Timeout,
            },
            Some(Cause::Signal) | None => return,
        };
        if let Some(level) = self.levels.last_mut() {
            level.end_by(rule);
        }
    }

    /// What bounds the step, or why it is not executed at all.
    fn bounds(&self, planned: &Planned<'_>, stop: &Stop) -> Result<Bounds, Reason> {
        if planned.skip == Some(Reason::NotSelected) {
            return Err(Reason::NotSelected);
        }
        let level = self.levels.last();
        if level.is_none_or(|level| level.ended_by.is_none()) {
            // In the normal course the first signal stops the step.
            return Ok(Bounds {
                stop: stop.clone(),
                default_timeout: None,
            });
        }
        if !planned.step.run_on_abort || self.signals() >= AT_ONCE {
            return Err(Reason::Aborted);
        }
        // In the aftermath the next signal gives up the step that runs, and the times that have passed do not count any more.
        Ok(Bounds {
            stop: self.interruption.stop_above(self.signals()),
            default_timeout: level.is_some_and(|level| level.timed).then_some(AFTERMATH),
        })
    }

    fn apply_rules(&mut self, test: usize, planned: &Planned<'_>, end: &StepEnd) {
        let policy = &self.plan.tests[test].unit.test.policy.on_step_failure;
        let policy = policy.as_ref().map(|policy| policy.value);
        let step = planned.step;
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        if let Some(rule) = ending(end.verdict, end.reason, step.terminate_on_fail, policy) {
            level.end_by(rule);
        } else if end.verdict == Verdict::Fail
            && step.terminate_on_fail
            && policy == Some(OnStepFailure::Continue)
            && level.ended_by.is_none()
        {
            self.events.emit(Event::Warning {
                message: format!(
                    "\"{}\" failed and asks for terminate-on-fail, but `policy.on_step_failure: continue` keeps the run going",
                    step.name.value
                ),
            });
        }
    }
}
