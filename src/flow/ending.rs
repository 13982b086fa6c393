//! Whether a step's verdict ends the run, and by which rule (docs/decisions.md 1, 28).

use crate::{
    event::{Reason, Rule, Verdict},
    package::model::OnStepFailure,
};

/// The rule by which a step with this verdict ends the run, if one does.
///
/// An ABORTED step always does. About a FAIL an explicit `policy.on_step_failure` decides; without one, the step's own
/// `post_execution_action: terminate-on-fail`.
pub fn ending(
    verdict: Verdict,
    reason: Option<Reason>,
    terminate_on_fail: bool,
    policy: Option<OnStepFailure>,
) -> Option<Rule> {
    match (verdict, policy) {
        (Verdict::Pass | Verdict::Skipped, _) | (Verdict::Fail, Some(OnStepFailure::Continue)) => {
            None
        }
        (Verdict::Aborted, _) if reason == Some(Reason::Interrupted) => Some(Rule::Interrupted),
        (Verdict::Aborted, _) if reason == Some(Reason::PolicyTimeout) => Some(Rule::PolicyTimeout),
        (Verdict::Aborted, _) => Some(Rule::AbortedStep),
        (Verdict::Fail, Some(OnStepFailure::Abort)) => Some(Rule::OnStepFailure),
        (Verdict::Fail, None) => terminate_on_fail.then_some(Rule::TerminateOnFail),
    }
}

#[cfg(test)]
mod tests {
    use super::{OnStepFailure::*, Verdict::*, *};

    #[test]
    fn each_verdict_ends_the_run_by_its_own_rule() {
        for (verdict, reason, terminate, policy, rule) in [
            (Pass, None, true, Some(Abort), None),
            (Skipped, Some(Reason::Disabled), true, Some(Abort), None),
            (Fail, Some(Reason::Limit), false, None, None),
            (
                Fail,
                Some(Reason::Limit),
                true,
                None,
                Some(Rule::TerminateOnFail),
            ),
            (
                Fail,
                Some(Reason::Limit),
                false,
                Some(Abort),
                Some(Rule::OnStepFailure),
            ),
            (
                Fail,
                Some(Reason::Limit),
                true,
                Some(Abort),
                Some(Rule::OnStepFailure),
            ),
            (Fail, Some(Reason::Limit), true, Some(Continue), None),
            (
                Aborted,
                Some(Reason::Lost),
                false,
                Some(Continue),
                Some(Rule::AbortedStep),
            ),
            (
                Aborted,
                Some(Reason::PolicyTimeout),
                false,
                Some(Continue),
                Some(Rule::PolicyTimeout),
            ),
            (
                Aborted,
                Some(Reason::Interrupted),
                false,
                Some(Continue),
                Some(Rule::Interrupted),
            ),
        ] {
            assert_eq!(
                ending(verdict, reason, terminate, policy),
                rule,
                "{verdict:?} {reason:?} {terminate} {policy:?}"
            );
        }
    }
}
