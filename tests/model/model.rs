//! What a run must come to, written a second time: from docs/decisions.md alone, as plainly as it reads, and not from the engine.

use std::collections::HashMap;

use rehearsal::event::{EndedBy, Reason, Rule, Verdict};

use crate::scenario::{
    Attempt, Condition, Ends, Force, GRACE, Milliseconds, OnStepFailure, Phase, Step, Test,
    WhenStopped, Work,
};

/// What is compared: of every step executed or skipped, in the order they begin.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Record {
    pub steps: Vec<StepRecord>,
    /// The calls of functions, with `__iteration__` and `__cycle__` as they got them.
    pub calls: Vec<String>,
    pub result: Ended,
    /// On the run's clock.
    pub took: Milliseconds,
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct StepRecord {
    pub name: String,
    pub phase: Phase,
    /// Which step's sequence it belongs to, by its place in the record, and which iteration and attempt of that.
    pub parent: Option<(usize, u32, u32)>,
    pub end: Option<(Verdict, Option<Reason>)>,
    pub forced: bool,
    pub iterations: Vec<IterationRecord>,
    /// How each run of its sequence ended.
    pub sequences: Vec<Ended>,
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct IterationRecord {
    pub verdict: Option<Verdict>,
    pub attempts: Vec<(Verdict, Option<Reason>)>,
}

/// How a run, or a sequence in it, ended.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Ended {
    pub end: Option<(Verdict, Option<Reason>)>,
    pub ended_by: Option<EndedBy>,
}

pub fn predict(test: &Test) -> Record {
    let mut model = Model::default();
    let result = model.test(test, None, &[], false);
    model.record.result = result;
    model.record.took = model.now;
    model.record
}

/// Decision 20.
const OWN_TIME: Milliseconds = 30_000;

type End = (Verdict, Option<Reason>);

/// When something has had its time, and what is said of what it cuts off.
#[derive(Clone, Copy)]
struct Deadline {
    at: Milliseconds,
    reason: Reason,
}

#[derive(Default)]
struct Model {
    now: Milliseconds,
    /// The variable `count`, which every function that returns sets.
    count: u64,
    calls: HashMap<String, usize>,
    /// What ended last was ended by the time of a test, here or in a sequence: no force alters that.
    beyond_force: bool,
    record: Record,
}

/// What a step has to know of the test it belongs to.
struct Surroundings<'a> {
    phase: Phase,
    parent: Option<(usize, u32, u32)>,
    deadlines: &'a [Deadline],
    aborted: bool,
    /// Something limits the time of this test.
    limited: bool,
    /// What an attempt may take that has no `timeout_ms`.
    own_time: Option<Milliseconds>,
}

impl Model {
    /// Decisions 1, 2, 17, 20, 28. `outside` is what limits a sequence from outside.
    fn test(
        &mut self,
        test: &Test,
        parent: Option<(usize, u32, u32)>,
        outside: &[Deadline],
        limited: bool,
    ) -> Ended {
        let policy = test.timeout.map(|timeout| Deadline {
            at: self.now + timeout,
            reason: Reason::PolicyTimeout,
        });
        let limited = limited || test.timeout.is_some() || !outside.is_empty();
        let mut ended_by: Option<EndedBy> = None;
        let mut beyond_force = false;
        let mut ends = Vec::new();
        for (phase, step) in test.phases() {
            let mut deadlines = Vec::new();
            if ended_by.is_none() {
                deadlines.extend(outside);
                if phase != Phase::Teardown {
                    deadlines.extend(policy);
                }
            }
            // Time that is up between two steps aborts the test, and none of them.
            if let Some(passed) = self.passed(&deadlines) {
                deadlines.clear();
                ended_by = Some(EndedBy {
                    step: None,
                    rule: match passed.reason {
                        Reason::PolicyTimeout => Rule::PolicyTimeout,
                        _ => Rule::Timeout,
                    },
                });
            }
            let aborted = ended_by.is_some();
            let end = self.step(
                step,
                &Surroundings {
                    phase,
                    parent,
                    deadlines: &deadlines,
                    aborted,
                    limited,
                    own_time: (aborted && limited).then_some(OWN_TIME),
                },
            );
            ends.push(end);
            beyond_force |= std::mem::take(&mut self.beyond_force);
            if let (Some(rule), None) = (rule(test, step, end), &ended_by) {
                ended_by = Some(EndedBy {
                    step: Some(step.name.clone()),
                    rule,
                });
            }
        }
        // The first of the worst; a run that passed has no reason, whatever was forced.
        let worst = ends.iter().rev().max_by_key(|(verdict, _)| *verdict);
        let mut end =
            worst.map(|(verdict, reason)| (*verdict, reason.filter(|_| *verdict != Verdict::Pass)));
        let by_time = match ended_by.as_ref().map(|ended| ended.rule) {
            Some(Rule::PolicyTimeout) => Some(Reason::PolicyTimeout),
            Some(Rule::Timeout) => Some(Reason::Timeout),
            _ => None,
        };
        if by_time.is_some() && end.is_some_and(|(verdict, _)| verdict != Verdict::Aborted) {
            end = Some((Verdict::Aborted, by_time));
        }
        self.beyond_force = by_time == Some(Reason::PolicyTimeout) || beyond_force;
        Ended { end, ended_by }
    }

    /// Decisions 6, 7, 8.
    fn step(&mut self, step: &Step, around: &Surroundings<'_>) -> End {
        let index = self.record.steps.len();
        self.record.steps.push(StepRecord {
            name: step.name.clone(),
            phase: around.phase,
            parent: around.parent,
            ..StepRecord::default()
        });
        self.beyond_force = false;
        let (end, forced) = match self.before(step, around) {
            Some(end) => (end, end.1 == Some(Reason::Forced)),
            None => {
                let end = self.iterations(index, step, around);
                self.beyond_force &= end.1 == Some(Reason::Child);
                self.beyond_force |= end.1 == Some(Reason::PolicyTimeout);
                force(step, end, self.beyond_force)
            }
        };
        let record = &mut self.record.steps[index];
        (record.end, record.forced) = (Some(end), forced);
        end
    }

    /// What keeps a step from being executed.
    fn before(&self, step: &Step, around: &Surroundings<'_>) -> Option<End> {
        let skipped = |reason| Some((Verdict::Skipped, Some(reason)));
        if around.aborted && !step.run_on_abort {
            return skipped(Reason::Aborted);
        }
        if !step.enabled {
            return skipped(Reason::Disabled);
        }
        if step.force == Some(Force::Skip) {
            return skipped(Reason::Forced);
        }
        if let (Some(precondition), true) = (step.precondition, step.force != Some(Force::Run)) {
            match self.holds(precondition, None) {
                Some(true) => {}
                Some(false) => return skipped(Reason::Precondition),
                None => return Some((Verdict::Aborted, Some(Reason::PreconditionError))),
            }
        }
        None
    }

    /// The worst iteration is the step's; decisions 8 and 9.
    fn iterations(&mut self, index: usize, step: &Step, around: &Surroundings<'_>) -> End {
        let mut worst: Option<End> = None;
        let times = step.repeat.map_or(1, |repeat| repeat.max_iterations);
        for iteration in 0..times {
            self.record.steps[index]
                .iterations
                .push(IterationRecord::default());
            let end = self.attempts(index, iteration, step, around);
            self.iteration(index).verdict = Some(end.0);
            if worst.is_none_or(|worst| end.0 > worst.0) {
                worst = Some(end);
            }
            if end.0 == Verdict::Aborted {
                break;
            }
            let condition = step.repeat.and_then(|repeat| repeat.condition);
            match condition.map(|condition| self.holds(condition, Some(iteration))) {
                None | Some(Some(true)) => {}
                Some(Some(false)) => break,
                Some(None) => return (Verdict::Aborted, Some(Reason::PreconditionError)),
            }
        }
        worst.unwrap()
    }

    fn iteration(&mut self, step: usize) -> &mut IterationRecord {
        self.record.steps[step].iterations.last_mut().unwrap()
    }

    /// Decisions 5 and 29.
    fn attempts(
        &mut self,
        index: usize,
        iteration: u32,
        step: &Step,
        around: &Surroundings<'_>,
    ) -> End {
        let (count, delay) = step.retry.unwrap_or_default();
        let mut left = count;
        loop {
            let (end, timed_out) = self.attempt(index, iteration, step, around);
            self.iteration(index).attempts.push(end);
            let again = match end {
                (Verdict::Fail, Some(reason)) => !matches!(
                    reason,
                    Reason::ImportError | Reason::MissingFunction | Reason::BadArguments
                ),
                (Verdict::Aborted, _) => timed_out,
                _ => false,
            };
            if !again || left == 0 {
                return end;
            }
            left -= 1;
            // While code did not stop, another's time may have passed too.
            if self.passed(around.deadlines).is_some() {
                return end;
            }
            if let Some(passed) = self.wait(delay, WhenStopped::Obeys, around.deadlines) {
                return (Verdict::Aborted, Some(passed.reason));
            }
        }
    }

    /// How one attempt ends, and whether that was its own time-out.
    fn attempt(
        &mut self,
        index: usize,
        iteration: u32,
        step: &Step,
        around: &Surroundings<'_>,
    ) -> (End, bool) {
        let own = step.timeout.or(around.own_time).map(|time| Deadline {
            at: self.now + time,
            reason: Reason::Timeout,
        });
        let mut deadlines = around.deadlines.to_vec();
        deadlines.extend(own);
        let end = match &step.work {
            Work::Python(attempts) => self.call(step, attempts, iteration, &deadlines),
            Work::Mock { passes: true } => (Verdict::Pass, None),
            Work::Mock { passes: false } => (Verdict::Fail, Some(Reason::Limit)),
            Work::Delay(time) => {
                self.wait(*time, WhenStopped::Obeys, &deadlines);
                (Verdict::Pass, None)
            }
            Work::Sequence(child) => {
                let attempt = self.iteration(index).attempts.len();
                let parent = (index, iteration, u32::try_from(attempt).unwrap());
                let ended = self.test(child, Some(parent), &deadlines, around.limited);
                let (verdict, _) = ended.end.unwrap();
                self.record.steps[index].sequences.push(ended);
                let reason = (verdict != Verdict::Pass).then_some(Reason::Child);
                (verdict, reason)
            }
        };
        match self.passed(&deadlines) {
            Some(passed) => {
                let mine = own.is_some_and(|own| own.at == passed.at);
                ((Verdict::Aborted, Some(passed.reason)), mine)
            }
            None => (end, false),
        }
    }

    fn call(
        &mut self,
        step: &Step,
        attempts: &[Attempt],
        iteration: u32,
        deadlines: &[Deadline],
    ) -> End {
        let called = self.calls.entry(step.name.clone()).or_default();
        let attempt = &attempts[(*called).min(attempts.len() - 1)];
        *called += 1;
        let call = match step.repeat {
            Some(_) => format!("{} {iteration} {}", step.name, iteration + 1),
            None => step.name.clone(),
        };
        self.record.calls.push(call);
        let stopped = self.wait(attempt.takes, attempt.when_stopped, deadlines);
        let returned = matches!(attempt.ends, Ends::Passes | Ends::BreaksLimit);
        if stopped.is_none() && returned {
            self.count = self.record.calls.len() as u64;
        }
        let fail = |reason| (Verdict::Fail, Some(reason));
        match attempt.ends {
            Ends::Passes => (Verdict::Pass, None),
            Ends::BreaksLimit => fail(Reason::Limit),
            Ends::Raises => fail(Reason::Exception),
            Ends::ReturnsBadly => fail(Reason::BadReturn),
            Ends::CannotBeImported => fail(Reason::ImportError),
            Ends::HasNoFunction => fail(Reason::MissingFunction),
            Ends::HasOtherArguments => fail(Reason::BadArguments),
            Ends::Crashes => (Verdict::Aborted, Some(Reason::Lost)),
        }
    }

    /// Lets time pass, up to the first deadline; which one it was.
    fn wait(
        &mut self,
        time: Milliseconds,
        when_stopped: WhenStopped,
        deadlines: &[Deadline],
    ) -> Option<Deadline> {
        let first = deadlines.iter().min_by_key(|deadline| deadline.at);
        let first = first.filter(|first| first.at <= self.now + time);
        match first {
            None => self.now += time,
            Some(first) => {
                self.now = self.now.max(first.at);
                if when_stopped == WhenStopped::Deaf {
                    self.now += GRACE;
                }
            }
        }
        first.copied()
    }

    /// The first deadline that has passed.
    fn passed(&self, deadlines: &[Deadline]) -> Option<Deadline> {
        let first = deadlines.iter().min_by_key(|deadline| deadline.at)?;
        (first.at <= self.now).then_some(*first)
    }

    /// `None`: it names something that does not exist.
    fn holds(&self, condition: Condition, iteration: Option<u32>) -> Option<bool> {
        match condition {
            Condition::CountBelow(bound) => Some(self.count < bound),
            Condition::IterationBelow(bound) => Some(u64::from(iteration?) < bound),
            Condition::Undefined => None,
        }
    }
}

/// Decision 6: the verdict of a step that was executed is replaced, unless the test's time was over.
fn force(step: &Step, end: End, beyond_force: bool) -> (End, bool) {
    let verdict = match step.force {
        Some(Force::Pass) => Verdict::Pass,
        Some(Force::Fail) => Verdict::Fail,
        _ => return (end, false),
    };
    if beyond_force {
        (end, false)
    } else {
        ((verdict, Some(Reason::Forced)), true)
    }
}

/// Decisions 1 and 28: the rule by which a step ends the run.
fn rule(test: &Test, step: &Step, end: End) -> Option<Rule> {
    match (end, test.on_step_failure) {
        ((Verdict::Aborted, Some(Reason::PolicyTimeout)), _) => Some(Rule::PolicyTimeout),
        ((Verdict::Aborted, _), _) => Some(Rule::AbortedStep),
        ((Verdict::Fail, _), Some(OnStepFailure::Abort)) => Some(Rule::OnStepFailure),
        ((Verdict::Fail, _), None) if step.terminate_on_fail => Some(Rule::TerminateOnFail),
        _ => None,
    }
}
