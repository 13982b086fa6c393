//! What the engine makes of a scenario, read from its events.

use std::{collections::HashMap, path::Path, sync::Arc, sync::Mutex};

use rehearsal::{
    bus::EventBus,
    diagnostic::Style,
    event::{Event, Named, Phase, Sink, Stamped, StepId},
    flow::{
        Context, Crew, Overrides, Plan, Request, Selection, Unit,
        clock::Clock,
        interruption::{Interruption, Stop},
        run,
    },
    operator::{Operator, Question, Response},
    package::{find_test, load},
    report::Report,
};

use crate::{
    clock::FakeClock,
    interpreter::Scripted,
    model::{Ended, IterationRecord, Record, StepRecord},
    package,
    scenario::{self, Test},
};

pub fn observe(test: &Test, folder: &Path) -> Record {
    package::write(test, folder);
    let (package, _) = load(folder).unwrap_or_else(|error| {
        panic!("{}", error.diagnostics.render(&error.sources, Style::PLAIN))
    });
    let unit = |file: &str| {
        let found = find_test(&package, Some(file), folder).unwrap();
        Unit {
            package: Named {
                name: "Model_v01".into(),
                version: "1.0.0".into(),
            },
            test: &package.tests[found],
            sources: &package.sources,
        }
    };
    let main = unit("tests/main.yaml");
    let fake = Arc::new(FakeClock::default());
    let clock: Arc<dyn Clock> = fake.clone();
    let bus = EventBus::new(clock.clone());
    let kept = Kept::default();
    bus.attach(Box::new(kept.clone()));
    let mut interpreter = Scripted::new(test, fake);
    let sequences = |_: &Unit<'_>, path: &str| Some(unit(path));
    let plan = Plan::new(Request {
        context: Context::merge(main.test, &package.local, &Overrides::default()),
        unit: main,
        sequences: &sequences,
        stubs: &package.local.stubs,
        selection: Selection::default(),
        needs: &|_, _| Vec::new(),
        execution_id: "0f1e".into(),
        bench: "simulated".into(),
        virtual_time: false,
        unattended: false,
        routing: None,
        permissions: None,
        excerpts: &|_, _| None,
        departed: &|| None,
        debugger: None,
        refused: &|_| false,
        callees: &|_, _| None,
    });
    let plan = match plan {
        Ok(plan) => plan,
        Err(refusals) => {
            let errors: Vec<_> = refusals.iter().map(|refusal| &refusal.errors).collect();
            panic!("refused: {errors:?}")
        }
    };
    let crew = Crew {
        interpreter: &mut interpreter,
        operator: &mut NoOne,
    };
    run(&plan, crew, &clock, &Interruption::new(), &bus);
    let events = std::mem::take(&mut *kept.0.lock().unwrap());
    Report::from_events(&events).unwrap();
    let mut record = read(&events);
    record.calls = interpreter.calls;
    record.took = u64::try_from(clock.elapsed().as_millis()).unwrap();
    record
}

/// There are no prompts in these tests.
struct NoOne;

impl Operator for NoOne {
    fn ask(&mut self, _: &Question, _: &Stop) -> Response {
        Response::Nobody("nobody is here".into())
    }
}

fn read(events: &[Stamped]) -> Record {
    let mut record = Record::default();
    let mut index: HashMap<StepId, usize> = HashMap::new();
    for stamped in events {
        match &stamped.event {
            Event::StepStarted {
                step,
                name,
                phase,
                parent,
                ..
            } => {
                index.insert(*step, record.steps.len());
                let parent =
                    parent.map(|parent| (index[&parent.step], parent.iteration, parent.attempt));
                record.steps.push(StepRecord {
                    name: name.clone(),
                    phase: match phase {
                        Phase::Setup => scenario::Phase::Setup,
                        Phase::Steps => scenario::Phase::Steps,
                        Phase::Teardown => scenario::Phase::Teardown,
                    },
                    parent,
                    ..StepRecord::default()
                });
            }
            Event::IterationStarted { step, .. } => record.steps[index[step]]
                .iterations
                .push(IterationRecord::default()),
            Event::AttemptFinished {
                step,
                verdict,
                reason,
                ..
            } => {
                let iterations = &mut record.steps[index[step]].iterations;
                let iteration = iterations.last_mut().unwrap();
                iteration.attempts.push((*verdict, *reason));
            }
            Event::IterationFinished { step, verdict, .. } => {
                let iterations = &mut record.steps[index[step]].iterations;
                iterations.last_mut().unwrap().verdict = Some(*verdict);
            }
            Event::StepFinished {
                step,
                verdict,
                reason,
                forced,
                ..
            } => {
                let step = &mut record.steps[index[step]];
                (step.end, step.forced) = (Some((*verdict, *reason)), *forced);
            }
            Event::SequenceFinished {
                step,
                verdict,
                reason,
                ended_by,
            } => record.steps[index[step]].sequences.push(Ended {
                end: Some((*verdict, *reason)),
                ended_by: ended_by.clone(),
            }),
            Event::RunFinished {
                verdict,
                reason,
                ended_by,
                ..
            } => {
                record.result = Ended {
                    end: Some((*verdict, *reason)),
                    ended_by: ended_by.clone(),
                };
            }
            _ => {}
        }
    }
    record
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Stamped>>>);

impl Sink for Kept {
    fn take(&mut self, event: &Stamped) {
        self.0.lock().unwrap().push(event.clone());
    }
}
