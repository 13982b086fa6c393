//! Where in a run it is, and where one wants to be again.

use super::stopped::Counted;

/// A place that a run comes to again when it is run again from its start, against the same bench.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goal {
    /// Which of the executions of steps, from 1.
    pub step: u32,
    pub at: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before it begins.
    Start,
    /// The line of a call with that number; both from 1.
    Line { call: u32, line: u32 },
    /// Where its code has stopped that often, and from there so.
    Stop { stops: u32, then: Then },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The line before it.
    Before,
    There,
    /// So many lines further.
    After(u32),
}

/// How the lines of the code that runs are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counting {
    #[default]
    No,
    /// From the start of each call.
    Calls,
    /// From that stop of the step on.
    Since(u32),
}

/// One line back from a stop in the code: the `stops`-th of its step, in the `call`-th call of it.
pub fn back(step: u32, call: u32, stops: u32, counting: Counting, line: Option<Counted>) -> Goal {
    let at = match (counting, line) {
        (Counting::Calls, Some(Counted { back: 0, .. })) => Place::Start,
        (Counting::Calls, Some(its)) => Place::Line {
            call,
            line: its.back,
        },
        (Counting::Since(first), Some(its)) if stops > first => Place::Stop {
            stops: first,
            then: match its.back {
                0 => Then::There,
                back => Then::After(back),
            },
        },
        _ => Place::Stop {
            stops,
            then: Then::Before,
        },
    };
    Goal { step, at }
}
