//! A step with `type: sequence`: another test, run on the same variables (docs/decisions.md 21, 28).

use indexmap::IndexMap;

use crate::event::{Event, Parent, Reason, Verdict};

use super::{
    Variable,
    attempt::{Attempt, AttemptEnd},
    interruption::Stop,
    level::LevelEnd,
    run::{Run, test_info},
    template::evaluate,
    written::declared,
};

impl Run<'_, '_> {
    pub fn sequence(
        &mut self,
        attempt: &Attempt<'_>,
        test: usize,
        parameters: Vec<(String, Variable)>,
        stop: &Stop,
    ) -> AttemptEnd {
        let plan = self.plan;
        let Some(child) = plan.tests.get(test) else {
            return AttemptEnd::passed();
        };
        // What the child declares begins anew each time; what it is given comes after that.
        for (name, scalar) in &child.unit.test.variables {
            self.store.set(name.clone(), Variable::written(scalar));
        }
        for (name, variable) in parameters {
            self.store.set(name, variable);
        }
        self.events.emit(Event::SequenceStarted {
            step: attempt.id,
            package: child.unit.package.clone(),
            test: test_info(child.unit.test),
            variables: declared(&child.unit, &plan.request.context.secrets),
        });
        let parent = Parent {
            step: attempt.id,
            iteration: attempt.iteration,
            attempt: attempt.number,
        };
        let end = self.test(test, Some(parent), stop);
        // A loop within the child has moved the counters of the one around it.
        self.store.count_iteration(attempt.iteration);
        self.events.emit(Event::SequenceFinished {
            step: attempt.id,
            verdict: end.verdict,
            reason: end.reason,
            ended_by: end.ended_by.clone(),
        });
        if let Some(cause) = stop.cause() {
            return AttemptEnd::stopped(&cause, &format!("within {}", child.unit.test.file));
        }
        match end.verdict {
            Verdict::Pass => self.completed(attempt, &IndexMap::new()),
            Verdict::Fail | Verdict::Skipped => {
                self.after_failure(attempt, &end, &child.unit.test.file)
            }
            Verdict::Aborted => AttemptEnd {
                unalterable: end.unalterable,
                ..AttemptEnd::aborted(Reason::Child, told(&end, &child.unit.test.file))
            },
        }
    }

    /// A child that has failed, or has done nothing, may not have made all of its outputs; those it has made count.
    fn after_failure(&mut self, attempt: &Attempt<'_>, end: &LevelEnd, file: &str) -> AttemptEnd {
        let mut outputs = IndexMap::new();
        for (name, scalar) in &attempt.planned.step.outputs {
            if let Ok(variable) = evaluate(scalar, &self.store) {
                self.store.set(name.clone(), variable.clone());
                outputs.insert(name.clone(), variable);
            }
        }
        let judged = self.judged(
            &attempt.planned.step.measurements,
            &IndexMap::new(),
            outputs,
        );
        if judged.verdict > end.verdict && judged.verdict == Verdict::Fail {
            // It has done nothing, and something it should have measured is missing.
            return judged;
        }
        AttemptEnd {
            verdict: end.verdict,
            reason: Some(Reason::Child),
            message: Some(told(end, file)),
            ..judged
        }
    }
}

fn told(end: &LevelEnd, file: &str) -> String {
    let reason = end
        .reason
        .map(|reason| format!(" ({})", reason.as_str()))
        .unwrap_or_default();
    let ended = match &end.ended_by {
        Some(ended) => match &ended.step {
            Some(step) => format!("; ended by {step:?}, {}", ended.rule.as_str()),
            None => format!("; ended by {}", ended.rule.as_str()),
        },
        None => String::new(),
    };
    format!("{file} ended {}{reason}{ended}", end.verdict.as_str())
}
