//! What was typed ahead, where the terminal cannot be told to drop it.

use std::{thread, time::Duration};

/// It is read and dropped.
pub fn forget_typed() {}

/// Gives the reader, which has just begun, time to find what was typed before.
pub fn wait_for_typed() {
    thread::sleep(Duration::from_millis(100));
}
