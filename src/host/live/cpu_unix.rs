//! Processor time, where POSIX clocks are.

use crate::host::HostError;

/// Processor time of the whole process, in nanoseconds.
pub fn process_time() -> Result<u64, HostError> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u64::try_from(time.tv_nsec).unwrap_or(0);
    Ok(seconds * 1_000_000_000 + nanoseconds)
}
