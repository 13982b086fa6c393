//! What is asked about.

use std::collections::BTreeSet;

use super::told::{Execution, Iteration, Measurement, Told};

/// One execution of a step, and one of its measurements where that is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub execution: &'a Execution,
    /// `None` where it was not executed.
    pub iteration: Option<&'a Iteration>,
    pub measurement: Option<&'a Measurement>,
    /// How often the step was executed, repeats counted.
    pub times: usize,
    /// How many of those did not pass.
    pub bad: usize,
}

/// A name that nothing in the events has.
#[derive(Debug)]
pub struct Unknown {
    /// What it may mean, the most likely first.
    pub nearest: Vec<String>,
    /// What steps there are.
    pub steps: Vec<String>,
}

/// More names are not proposed.
const PROPOSED: usize = 3;

impl<'a> Subject<'a> {
    /// A step, a measurement, or `STEP/MEASUREMENT`; of several executions the first that did not pass, else the last.
    ///
    /// # Errors
    /// When nothing has that name.
    pub fn find(told: &'a Told, name: &str) -> Result<Self, Unknown> {
        Self::step(told, name)
            .or_else(|| Self::of_measurement(told, None, name))
            .or_else(|| {
                // Names may have slashes themselves.
                let mut splits = name.match_indices('/').map(|(at, _)| name.split_at(at));
                splits.find_map(|(step, rest)| {
                    let measurement = rest.trim_start_matches('/').trim();
                    Self::of_measurement(told, Some(step.trim()), measurement)
                })
            })
            .ok_or_else(|| Unknown::of(told, name))
    }

    /// One execution, and the first of its iterations that did not pass.
    pub fn of_execution(execution: &'a Execution) -> Self {
        Self::choose(vec![execution])
    }

    fn step(told: &'a Told, name: &str) -> Option<Self> {
        let named = |its: &&Execution| its.name == name;
        let all: Vec<_> = told.executions.iter().filter(named).collect();
        (!all.is_empty()).then(|| Self::choose(all))
    }

    fn choose(all: Vec<&'a Execution>) -> Self {
        let count = |its: &&Execution| its.iterations.len().max(1);
        let bad = |its: &&Execution| match its.iterations.len() {
            0 | 1 => usize::from(its.is_bad()),
            _ => its.iterations.iter().filter(|its| its.is_bad()).count(),
        };
        let execution = all.iter().find(|its| its.is_bad()).or(all.last());
        let execution = execution.copied().unwrap_or(all[0]);
        let iterations = &execution.iterations;
        let iteration = iterations.iter().find(|its| its.is_bad());
        Self {
            execution,
            iteration: iteration.or(iterations.last()),
            measurement: None,
            times: all.iter().map(count).sum(),
            bad: all.iter().map(bad).sum(),
        }
    }

    fn of_measurement(told: &'a Told, step: Option<&str>, name: &str) -> Option<Self> {
        let of_step = |its: &&Execution| step.is_none_or(|step| its.name == step);
        let executions = told.executions.iter().filter(of_step);
        let all: Vec<_> = executions
            .flat_map(|execution| execution.iterations.iter().map(move |its| (execution, its)))
            .flat_map(|(execution, iteration)| {
                let measurements = iteration.measurements.iter();
                measurements.map(move |its| (execution, iteration, its))
            })
            .filter(|(_, _, its)| its.measured.name == name)
            .collect();
        let is_bad = |(_, _, its): &&(&Execution, &Iteration, &Measurement)| {
            its.measured.verdict != crate::event::Verdict::Pass
        };
        let (execution, iteration, measurement) =
            *all.iter().find(is_bad).or_else(|| all.last())?;
        Some(Self {
            execution,
            iteration: Some(iteration),
            measurement: Some(measurement),
            times: all.len(),
            bad: all.iter().filter(is_bad).count(),
        })
    }
}

impl Unknown {
    fn of(told: &Told, name: &str) -> Self {
        let steps: Vec<String> = told
            .executions
            .iter()
            .map(|its| its.name.clone())
            .collect::<indexmap::IndexSet<_>>()
            .into_iter()
            .collect();
        let measurements = told
            .executions
            .iter()
            .flat_map(|its| &its.iterations)
            .flat_map(|its| &its.measurements)
            .map(|its| its.measured.name.clone());
        let names: BTreeSet<String> = steps.iter().cloned().chain(measurements).collect();
        let wanted = name.rsplit('/').next().unwrap_or(name).trim();
        let wanted = wanted.to_lowercase();
        let most = (wanted.chars().count() / 3).max(1);
        let mut near: Vec<_> = names
            .into_iter()
            .filter_map(|name| {
                let folded = name.to_lowercase();
                let distance = strsim::damerau_levenshtein(&wanted, &folded);
                let within = wanted.len() > 2 && folded.contains(&wanted);
                (distance <= most || within).then_some((distance, name))
            })
            .collect();
        near.sort();
        Self {
            nearest: near
                .into_iter()
                .take(PROPOSED)
                .map(|(_, name)| name)
                .collect(),
            steps,
        }
    }
}
