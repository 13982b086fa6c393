//! Every exit code and what it means (docs/decisions.md 18).

use crate::{event::Verdict, flow::interruption::Signal};

/// How `rehearse` ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The run's verdict is PASS.
    Pass,
    /// The run's verdict is FAIL, ABORTED or SKIPPED.
    NotPassed,
    /// Nothing ran: wrong usage, or a package that cannot be run. Said on stderr.
    NothingRan,
    /// The run passed, but a report that was asked for, or the console, could not be written.
    ReportNotWritten,
    /// Ended by SIGHUP, after the run_on_abort steps and with the reports written.
    Hangup,
    /// Ended by SIGINT, likewise.
    Interrupt,
    /// Ended by SIGTERM, likewise.
    Terminate,
    /// What a script run by `rehearse python` ended with.
    Script(u8),
}

impl Exit {
    /// The exit of a finished run; `signal` is the first one it received.
    pub fn of_run(verdict: Verdict, signal: Option<Signal>) -> Self {
        match (signal, verdict) {
            (Some(signal), _) => Self::of_signal(signal),
            (None, Verdict::Pass) => Self::Pass,
            (None, Verdict::Fail | Verdict::Aborted | Verdict::Skipped) => Self::NotPassed,
        }
    }

    /// The exit of what a signal ended.
    pub fn of_signal(signal: Signal) -> Self {
        match signal {
            Signal::Hangup => Self::Hangup,
            Signal::Interrupt => Self::Interrupt,
            Signal::Terminate => Self::Terminate,
        }
    }

    /// The same exit once a report could not be written: only a pass is taken back, a failure says more.
    pub fn with_lost_report(self) -> Self {
        match self {
            Self::Pass => Self::ReportNotWritten,
            other => other,
        }
    }

    pub fn code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::NotPassed => 1,
            Self::NothingRan => 2,
            Self::ReportNotWritten => 3,
            Self::Hangup => 129,
            Self::Interrupt => 130,
            Self::Terminate => 143,
            Self::Script(code) => code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_pass_exits_with_0() {
        assert_eq!(Exit::of_run(Verdict::Pass, None).code(), 0);
        for verdict in [Verdict::Fail, Verdict::Aborted, Verdict::Skipped] {
            assert_eq!(Exit::of_run(verdict, None).code(), 1);
        }
    }

    #[test]
    fn a_signal_decides_the_code_of_an_interrupted_run() {
        for (signal, code) in [
            (Signal::Hangup, 129),
            (Signal::Interrupt, 130),
            (Signal::Terminate, 143),
        ] {
            assert_eq!(Exit::of_run(Verdict::Aborted, Some(signal)).code(), code);
        }
    }

    #[test]
    fn a_lost_report_takes_back_only_a_pass() {
        assert_eq!(Exit::Pass.with_lost_report().code(), 3);
        assert_eq!(Exit::NotPassed.with_lost_report().code(), 1);
        assert_eq!(Exit::Interrupt.with_lost_report().code(), 130);
    }
}
