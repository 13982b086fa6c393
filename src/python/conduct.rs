//! What holds for every interpreter of this process, whether it runs steps or a script.

use std::time::Duration;

use crate::host::{Host, Request, nanoseconds};

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
