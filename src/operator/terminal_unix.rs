//! What was typed ahead, on a POSIX terminal.

use rustix::termios::{QueueSelector, tcflush};

/// Drops what the terminal holds for whoever reads next.
pub fn forget_typed() {
    // What is no terminal holds nothing to be dropped.
    let _ = tcflush(rustix::stdio::stdin(), QueueSelector::IFlush);
}

/// Nothing is left to wait for.
pub fn wait_for_typed() {}
