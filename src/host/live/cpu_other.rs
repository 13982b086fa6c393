//! Processor time, where POSIX clocks are not.

use crate::host::{ErrorKind, HostError};

/// Says that there is none.
///
/// # Errors
/// Always.
pub fn process_time() -> Result<u64, HostError> {
    Err(HostError::new(
        ErrorKind::Unsupported,
        "processor time is not available on this system; use time.perf_counter()",
    ))
}
