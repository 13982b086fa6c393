//! What the engine makes of a scenario, read from its events.

use std::{collections::HashMap, path::Path, sync::Arc, sync::Mutex};

use rehearsal::{
    bus::EventBus,
    event::{Event, Named, Sink, Stamped, StepId},
    flow::{Context, Overrides, Plan, Request, clock::Clock, interruption::Interruption, run},
    package::{find_test, load},
};

use crate::{
    clock::FakeClock,
    interpreter::Scripted,
    model::{Ended, IterationRecord, Record, StepRecord},
    package,
    scenario::Test,
};

pub fn observe(test: &Test, folder: &Path) -> Record {
    package::write(test, folder);
    let (package, _) = load(folder).unwrap_or_else(|error| {
        panic!(
            "{}",
            error
                .diagnostics
                .render(&error.sources, rehearsal::diagnostic::Style::PLAIN)
        )
    });
    let main = &package.tests[find_test(&package, Some("tests/main.yaml"), folder).unwrap()];
    let clock = Arc::new(FakeClock::default());
    let bus = EventBus::new(clock.clone());
    let kept = Kept::default();
    bus.attach(Box::new(kept.clone()));
    let mut interpreter = Scripted::new(test, clock.clone());
    let plan = Plan::new(Request {
        package: Named {
            name: "Model_v01".into(),
            version: "1.0.0".into(),
        },
        test: main,
        sources: &package.sources,
        context: Context::merge(main, &package.local, &Overrides::default()),
        execution_id: "0f1e".into(),
        bench: "simulated".into(),
        unattended: false,
        partial: false,
        excerpts: &|_, _| None,
    })
    .unwrap_or_else(|errors| panic!("refused: {errors:?}"));
    run(&plan, &mut interpreter, &*clock, &Interruption::new(), &bus);
    let mut record = read(&kept.0.lock().unwrap());
    record.calls = interpreter.calls;
    record.took = u64::try_from(clock.elapsed().as_millis()).unwrap();
    record
}

fn read(events: &[Stamped]) -> Record {
    let mut record = Record::default();
    let mut index: HashMap<StepId, usize> = HashMap::new();
    for stamped in events {
        match &stamped.event {
            Event::StepStarted { step, name, .. } => {
                index.insert(*step, record.steps.len());
                record.steps.push(StepRecord {
                    name: name.clone(),
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
