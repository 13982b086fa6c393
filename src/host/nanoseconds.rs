//! Durations as requests carry them.

use std::time::Duration;

/// In nanoseconds, as many as a request can hold.
pub fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
