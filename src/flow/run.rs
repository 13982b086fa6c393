//! A run: what all of it shares, what a person ends, its verdict (docs/decisions.md 17, 19).

use std::{sync::Arc, time::Duration};

use indexmap::IndexMap;

use crate::{
    bus::EventBus,
    event::{
        EndedBy, Event, Mode, Reason, Rule, RunStarted, SCHEMA, Setting, StepId, TestInfo, Verdict,
    },
    exit::Exit,
    operator::Operator,
    package::model::Test,
    python::Interpreter,
    source::Sources,
};

use super::{
    Plan, Request,
    clock::Clock,
    interruption::{Interruption, Signal, Stop},
    level::Level,
    secret::MASK,
    statistics::Samples,
    store::Store,
    written::declared,
};

/// With this many signals the run stops at once: the third gives up the run_on_abort steps that are left.
pub const AT_ONCE: u32 = 3;

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

/// Whoever does what a run asks for.
pub struct Crew<'a> {
    pub interpreter: &'a mut dyn Interpreter,
    pub operator: &'a mut dyn Operator,
}

/// Runs the plan to its end. It always comes to one: what goes wrong on the way is a verdict.
pub fn run(
    plan: &Plan<'_>,
    crew: Crew<'_>,
    clock: &Arc<dyn Clock>,
    interruption: &Interruption,
    events: &EventBus,
) -> RunOutcome {
    let started = clock.elapsed();
    events.emit(Event::RunStarted(Box::new(opening(
        plan,
        crew.interpreter.name(),
        &**clock,
    ))));
    let request = &plan.request;
    let mut run = Run {
        store: Store::new(
            &request.unit.test.variables,
            &request.context,
            &request.execution_id,
        ),
        plan,
        interpreter: crew.interpreter,
        operator: crew.operator,
        clock,
        interruption,
        events,
        levels: Vec::new(),
        samples: None,
        next: StepId(0),
        announced: 0,
    };
    let mut end = run.test(0, None, &interruption.stop_above(0));
    run.notice_signals();
    // Before the end is told: what programs print last belongs to the run.
    run.interpreter.finish(run.announced >= AT_ONCE);
    run.notice_signals();
    let signal = interruption.first();
    if signal.is_some() {
        (end.verdict, end.reason) = (Verdict::Aborted, Some(Reason::Interrupted));
        end.ended_by.get_or_insert(EndedBy {
            step: None,
            rule: Rule::Interrupted,
        });
    }
    let duration = clock.elapsed().saturating_sub(started);
    events.emit(Event::RunFinished {
        verdict: end.verdict,
        reason: end.reason,
        ended_by: end.ended_by.clone(),
        signal,
        duration_ns: nanoseconds(duration),
    });
    RunOutcome {
        verdict: end.verdict,
        reason: end.reason,
        ended_by: end.ended_by,
        signal,
        duration,
    }
}

fn opening(plan: &Plan<'_>, interpreter: &str, clock: &dyn Clock) -> RunStarted {
    let request = &plan.request;
    RunStarted {
        schema: SCHEMA.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        execution_id: request.execution_id.clone(),
        package: request.unit.package.clone(),
        test: test_info(request.unit.test),
        serial_number: request.context.serial_number(),
        tags: request.context.shown_tags(),
        config: request.context.shown_config(),
        started: clock.now().to_string(),
        mode: Mode {
            interpreter: interpreter.into(),
            bench: request.bench.clone(),
            virtual_time: request.virtual_time,
            unattended: request.unattended,
            forced: plan.forced(),
            partial: plan.partial(),
            selection: request.selection.shown(),
            stubbed: plan.stubbed(),
            routing: request.routing.clone(),
            permissions: request.permissions.clone(),
            debugged: request.debugger.is_some(),
        },
        steps: u32::try_from(plan.steps().len()).unwrap_or(u32::MAX),
        settings: settings(request),
        variables: declared(&request.unit, &request.context.secrets),
    }
}

fn settings(request: &Request<'_>) -> IndexMap<String, Setting> {
    let context = &request.context;
    let settings = context.settings().filter_map(|(name, setting)| {
        let origin = context.origins.get(&name)?;
        let value = match context.secrets.cover(&name) {
            true => MASK.into(),
            false => setting.text().into_owned(),
        };
        let setting = Setting {
            value,
            by: origin.by,
            place: origin.at.map(|at| request.unit.sources.place(at)),
        };
        Some((name, setting))
    });
    settings.collect()
}

pub(super) fn test_info(test: &Test) -> TestInfo {
    TestInfo {
        name: test.name.value.clone(),
        version: test.version.value.clone(),
        file: test.file.clone(),
    }
}

/// What a run knows while it goes on.
pub(super) struct Run<'run, 'plan> {
    pub plan: &'run Plan<'plan>,
    pub interpreter: &'run mut dyn Interpreter,
    pub operator: &'run mut dyn Operator,
    pub clock: &'run Arc<dyn Clock>,
    pub interruption: &'run Interruption,
    pub events: &'run EventBus,
    pub store: Store,
    /// The tests that run, each started by a step of the one before.
    pub levels: Vec<Level>,
    /// Of the step that is looped.
    pub samples: Option<Samples>,
    next: StepId,
    /// Signals told to the sinks so far.
    announced: u32,
}

impl Run<'_, '_> {
    pub fn next_id(&mut self) -> StepId {
        let id = self.next;
        self.next = StepId(id.0.saturating_add(1));
        id
    }

    /// Tells the sinks of signals that came since the last time; the first one aborts every test that runs.
    pub fn notice_signals(&mut self) {
        while let (true, Some(signal)) = (
            self.announced < self.interruption.count(),
            self.interruption.first(),
        ) {
            self.announced += 1;
            self.events.emit(Event::Interrupted {
                signal,
                count: self.announced,
            });
            for level in &mut self.levels {
                level.end_by(Rule::Interrupted);
            }
        }
    }

    /// Those that the places of the test that runs are in.
    pub fn sources(&self) -> Option<&Sources> {
        let test = self.levels.last()?.test;
        Some(self.plan.tests.get(test)?.unit.sources)
    }

    /// How many signals have been told.
    pub fn signals(&self) -> u32 {
        self.announced
    }

    /// Waits unless the stop fires; true when it did.
    pub fn pause(&mut self, duration: Duration, stop: &Stop) -> bool {
        let stopped = self.clock.sleep(duration, stop) || stop.fired();
        self.notice_signals();
        stopped
    }
}

pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
