//! What holds for every interpreter of this process, whether it runs steps or a script.

use std::time::Duration;

use rehearsal_python::interrupt::Interrupt;

use super::{Exception, Outcome};
use crate::{
    flow::interruption::{Interruption, Signal},
    host::{Host, Request, nanoseconds},
};

/// How long code that was asked to stop may take before it is ended or left behind (docs/decisions.md 38).
pub const GRACE: Duration = Duration::from_millis(500);

/// So many Ctrl-C end a program that does not end by itself.
const PATIENCE: u32 = 3;

/// How often it is looked whether somebody wants code that is debugged to pause.
pub const PAUSE: Duration = Duration::from_millis(100);

/// How often a request to stop is repeated until it has been taken up.
pub const REPEAT: Duration = Duration::from_millis(20);

/// Python frames live on the machine's stack; only what is used is taken.
pub const STACK: usize = 256 << 20;

/// How long programs that are asked to end may take.
const PROGRAMS: Duration = Duration::from_secs(2);

/// Ends the programs that test code has left running, and waits for them unless it is to be done at once.
pub fn end_programs(host: &dyn Host, at_once: bool) {
    let grace = if at_once { Duration::ZERO } else { PROGRAMS };
    // A host that has no programs has none to end.
    let _ = host.call(Request::EndPrograms {
        grace: nanoseconds(grace),
    });
}

/// What the outcome means for code that had been asked to stop; `unnoticed` when it had ended before it could notice.
pub fn stopped(outcome: Outcome, interrupt: &Interrupt, unnoticed: bool) -> Outcome {
    if interrupt.take() || unnoticed {
        return outcome;
    }
    match outcome {
        Outcome::Raised(exception) | Outcome::ImportFailed(exception) => {
            Outcome::Interrupted(Some(exception))
        }
        _ => Outcome::Interrupted(None),
    }
}

/// The signal that ends a program without asking it.
pub fn fatal(interruption: &Interruption) -> Option<Signal> {
    let impatient = (interruption.count() >= PATIENCE).then_some(Signal::Interrupt);
    interruption.ending().or(impatient)
}

pub fn failed_to_start(why: &str) -> Outcome {
    let message = format!("the Python interpreter did not start: {why}");
    Outcome::ImportFailed(system_error(message))
}

pub fn system_error(message: String) -> Exception {
    Exception {
        class: "SystemError".into(),
        message,
        traceback: Vec::new(),
    }
}
