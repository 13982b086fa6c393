//! The verdict of a test from those of its steps (docs/decisions.md 17).

use crate::event::{Reason, Verdict};

/// The worst verdict so far and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    worst: Option<(Verdict, Option<Reason>)>,
}

impl Tally {
    /// Counts a step; of several equally bad ones the first says why.
    pub fn count(&mut self, verdict: Verdict, reason: Option<Reason>) {
        if self.worst.is_none_or(|(worst, _)| verdict > worst) {
            self.worst = Some((verdict, reason));
        }
    }

    /// Without a single executed step it is SKIPPED.
    pub fn verdict(&self) -> (Verdict, Option<Reason>) {
        match self.worst {
            Some((Verdict::Pass, _)) => (Verdict::Pass, None),
            Some(worst) => worst,
            None => (Verdict::Skipped, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Verdict::*, *};

    #[test]
    fn the_worst_step_decides_and_skipped_ones_do_not_count() {
        for (steps, run) in [
            (vec![], Skipped),
            (vec![Skipped, Skipped], Skipped),
            (vec![Skipped, Pass], Pass),
            (vec![Pass, Fail, Pass], Fail),
            (vec![Fail, Aborted, Skipped], Aborted),
        ] {
            let mut tally = Tally::default();
            steps.iter().for_each(|&verdict| tally.count(verdict, None));
            assert_eq!(tally.verdict().0, run, "{steps:?}");
        }
    }

    #[test]
    fn the_first_of_the_worst_steps_says_why() {
        let mut tally = Tally::default();
        tally.count(Fail, Some(Reason::Limit));
        tally.count(Fail, Some(Reason::Exception));
        assert_eq!(tally.verdict(), (Fail, Some(Reason::Limit)));
    }
}
