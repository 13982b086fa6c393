//! A run: the phases in order, what ends it early, its verdict (docs/decisions.md 1, 2, 17, 19, 28).

use std::time::Duration;

use crate::{
    bus::EventBus,
    event::{EndedBy, Event, Mode, Reason, Rule, RunStarted, SCHEMA, TestInfo, Verdict},
    exit::Exit,
    package::model::OnStepFailure,
    python::Interpreter,
};

use super::{
    Plan, Planned,
    clock::Clock,
    ending::ending,
    interruption::{Interruption, Signal, Stop},
    step::StepEnd,
    store::Store,
    verdict::Tally,
};

/// With this many signals the run stops at once: the third gives up the run_on_abort steps that are left.
const AT_ONCE: u32 = 3;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOutcome {
    pub verdict: Verdict,
    /// Of the first step that has the run's verdict.
    pub reason: Option<Reason>,
    pub ended_by: Option<EndedBy>,
    /// The first signal, if any.
    pub signal: Option<Signal>,
    pub duration: Duration,
}

impl RunOutcome {
    pub fn exit(&self) -> Exit {
        Exit::of_run(self.verdict, self.signal)
    }
}

/// Runs the plan to its end. It always comes to one: what goes wrong on the way is a verdict.
pub fn run(
    plan: &Plan<'_>,
    interpreter: &mut dyn Interpreter,
    clock: &dyn Clock,
    interruption: &Interruption,
    events: &EventBus,
) -> RunOutcome {
    let started = clock.elapsed();
    events.emit(Event::RunStarted(Box::new(opening(
        plan,
        interpreter.name(),
        clock,
    ))));
    let request = &plan.request;
    let mut run = Run {
        store: Store::new(
            &request.test.variables,
            &request.context,
            &request.execution_id,
        ),
        plan,
        interpreter,
        clock,
        interruption,
        events,
        ended_by: None,
        announced: 0,
    };
    let mut tally = Tally::default();
    for planned in &plan.steps {
        let end = run.step_or_skip(planned);
        tally.count(end.verdict, end.reason);
    }
    run.notice_signals(None);
    // Before the end is told: what programs print last belongs to the run.
    run.interpreter.finish(run.announced >= AT_ONCE);
    run.notice_signals(None);
    let signal = interruption.first();
    let (verdict, reason) = tally.verdict(signal.is_some());
    let duration = clock.elapsed().saturating_sub(started);
    let ended_by = run.ended_by;
    events.emit(Event::RunFinished {
        verdict,
        reason,
        ended_by: ended_by.clone(),
        signal,
        duration_ns: nanoseconds(duration),
    });
    RunOutcome {
        verdict,
        reason,
        ended_by,
        signal,
        duration,
    }
}

fn opening(plan: &Plan<'_>, interpreter: &str, clock: &dyn Clock) -> RunStarted {
    let request = &plan.request;
    let test = request.test;
    RunStarted {
        schema: SCHEMA.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        execution_id: request.execution_id.clone(),
        package: request.package.clone(),
        test: TestInfo {
            name: test.name.value.clone(),
            version: test.version.value.clone(),
            file: test.file.clone(),
        },
        serial_number: request.context.serial_number(),
        tags: request.context.shown_tags(),
        config: request.context.shown_config(),
        started: clock.now().to_string(),
        mode: Mode {
            interpreter: interpreter.into(),
            bench: request.bench.clone(),
            unattended: request.unattended,
            forced: Vec::new(),
            partial: request.partial,
        },
        steps: u32::try_from(plan.steps.len()).unwrap_or(u32::MAX),
    }
}

/// What a run knows while it goes on.
pub(super) struct Run<'run> {
    pub plan: &'run Plan<'run>,
    pub interpreter: &'run mut dyn Interpreter,
    pub clock: &'run dyn Clock,
    pub interruption: &'run Interruption,
    pub events: &'run EventBus,
    pub store: Store,
    /// Set once the run is aborted.
    ended_by: Option<EndedBy>,
    /// Signals told to the sinks so far.
    announced: u32,
}

impl Run<'_> {
    fn step_or_skip(&mut self, planned: &Planned<'_>) -> StepEnd {
        self.notice_signals(None);
        let step = planned.step;
        self.events.emit(Event::StepStarted {
            step: planned.id,
            name: step.name.value.clone(),
            phase: planned.phase,
            place: self.plan.request.sources.place(step.at),
        });
        // Again, because a slow sink may have taken its time: a signal that came before the step began must not cost a
        // run_on_abort step its chance.
        self.notice_signals(None);
        let signals = self.announced;
        let started = self.clock.elapsed();
        let aborted = self.ended_by.is_some() && (!step.run_on_abort || signals >= AT_ONCE);
        let end = if aborted {
            StepEnd::skipped(Reason::Aborted)
        } else {
            // In the normal course the first signal stops the step; in the aftermath the next one gives up the step that runs.
            let tolerated = if self.ended_by.is_some() { signals } else { 0 };
            let stop = self.interruption.stop_above(tolerated);
            self.step(planned, &stop)
        };
        self.events.emit(Event::StepFinished {
            step: planned.id,
            verdict: end.verdict,
            reason: end.reason,
            message: end.message.clone(),
            forced: false,
            duration_ns: nanoseconds(self.clock.elapsed().saturating_sub(started)),
            outputs: end
                .outputs
                .iter()
                .map(|(name, variable)| (name.clone(), variable.value.to_json()))
                .collect(),
        });
        self.apply_rules(planned, &end);
        end
    }

    fn apply_rules(&mut self, planned: &Planned<'_>, end: &StepEnd) {
        let policy = self
            .plan
            .request
            .test
            .policy
            .on_step_failure
            .as_ref()
            .map(|policy| policy.value);
        let step = planned.step;
        let rule = ending(end.verdict, end.reason, step.terminate_on_fail, policy);
        if let Some(rule) = rule {
            self.end_by(Some(&step.name.value), rule);
        } else if end.verdict == Verdict::Fail
            && step.terminate_on_fail
            && policy == Some(OnStepFailure::Continue)
            && self.ended_by.is_none()
        {
            self.events.emit(Event::Warning {
                message: format!(
                    "\"{}\" failed and asks for terminate-on-fail, but `policy.on_step_failure: continue` keeps the run going",
                    step.name.value
                ),
            });
        }
    }

    /// Tells the sinks of signals that came since the last time; the first one aborts the run.
    pub fn notice_signals(&mut self, running: Option<&str>) {
        while let (true, Some(signal)) = (
            self.announced < self.interruption.count(),
            self.interruption.first(),
        ) {
            self.announced += 1;
            self.events.emit(Event::Interrupted {
                signal,
                count: self.announced,
            });
            self.end_by(running, Rule::Interrupted);
        }
    }

    /// The first rule that ends the run is the one it was ended by.
    fn end_by(&mut self, step: Option<&str>, rule: Rule) {
        if self.ended_by.is_none() {
            self.ended_by = Some(EndedBy {
                step: step.map(Into::into),
                rule,
            });
        }
    }

    /// Waits unless the stop fires; true when it did.
    pub fn pause(&mut self, running: &str, duration: Duration, stop: &Stop) -> bool {
        let stopped = self.clock.sleep(duration, stop) || stop.fired();
        self.notice_signals(Some(running));
        stopped
    }
}

pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
