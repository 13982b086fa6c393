//! An interpreter that does what the scenario says.

use std::{collections::HashMap, sync::Arc, time::Duration};

use indexmap::IndexMap;
use rehearsal::{
    flow::interruption::Stop,
    python::{Call, Exception, Interpreter, Outcome},
};
use rehearsal_python::value::Value;

use crate::{
    clock::FakeClock,
    scenario::{Attempt, Ends, GRACE, Test, WhenStopped, Work},
};

pub struct Scripted {
    clock: Arc<FakeClock>,
    scripts: HashMap<String, (usize, Vec<Attempt>)>,
    /// Name of the function, and its arguments.
    pub calls: Vec<String>,
}

impl Scripted {
    pub fn new(test: &Test, clock: Arc<FakeClock>) -> Self {
        let mut scripts = HashMap::new();
        collect(test, &mut scripts);
        Self {
            clock,
            scripts,
            calls: Vec::new(),
        }
    }
}

fn collect(test: &Test, scripts: &mut HashMap<String, (usize, Vec<Attempt>)>) {
    for (_, step) in test.phases() {
        match &step.work {
            Work::Python(attempts) => {
                scripts.insert(step.name.clone(), (0, attempts.clone()));
            }
            Work::Sequence(child) => collect(child, scripts),
            Work::Mock { .. } | Work::Delay(_) => {}
        }
    }
}

impl Interpreter for Scripted {
    fn call(&mut self, call: &Call, stop: &Stop) -> Outcome {
        let arguments = call.arguments.iter().map(|(_, value)| value.as_str());
        let line: Vec<_> = [call.function.as_str()]
            .into_iter()
            .chain(arguments)
            .collect();
        self.calls.push(line.join(" "));
        let (called, attempts) = self.scripts.get_mut(&call.function).unwrap();
        let attempt = attempts[(*called).min(attempts.len() - 1)].clone();
        *called += 1;
        let takes = Duration::from_millis(attempt.takes);
        match stop.left().filter(|left| *left <= takes) {
            None => self.clock.advance(takes),
            Some(left) => {
                self.clock.advance(left);
                match attempt.when_stopped {
                    WhenStopped::Obeys => return Outcome::Interrupted(None),
                    WhenStopped::Swallows => return Outcome::Returned(Value::None),
                    WhenStopped::Deaf => {
                        self.clock.advance(Duration::from_millis(GRACE));
                        return Outcome::Lost;
                    }
                }
            }
        }
        self.outcome(attempt.ends)
    }

    fn name(&self) -> &'static str {
        "scripted"
    }
}

impl Scripted {
    fn outcome(&self, ends: Ends) -> Outcome {
        let exception = || Exception {
            class: "ValueError".into(),
            message: "no answer".into(),
            traceback: Vec::new(),
        };
        let returned = |v| {
            let count = i64::try_from(self.calls.len()).unwrap();
            Outcome::Returned(Value::Dict(IndexMap::from([
                ("v".to_owned(), Value::Float(v)),
                ("count".to_owned(), Value::Int(count)),
            ])))
        };
        match ends {
            Ends::Passes => returned(1.0),
            Ends::BreaksLimit => returned(9.0),
            Ends::Raises => Outcome::Raised(exception()),
            Ends::ReturnsBadly => Outcome::BadReturn("`v` is a set".into()),
            Ends::CannotBeImported => Outcome::ImportFailed(exception()),
            Ends::HasNoFunction => Outcome::MissingFunction("there is none".into()),
            Ends::HasOtherArguments => Outcome::BadArguments("`x` is missing".into()),
            Ends::Crashes => Outcome::Lost,
        }
    }
}
