//! The date and time at which something happened, from the clock that only goes forward.

use std::time::Duration;

use jiff::Timestamp;

/// Turns times of the agent's clock into dates. Until it is told better, that clock began in 1970.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calendar {
    /// Since 1970-01-01 UTC, when the agent's clock was at 0.
    epoch: Duration,
}

impl Calendar {
    /// With `real` (since 1970-01-01 UTC) being the time at `now`.
    pub fn new(real: Duration, now: Duration) -> Self {
        Self {
            epoch: real.saturating_sub(now),
        }
    }

    /// As ISO 8601 in UTC with milliseconds.
    pub fn text(&self, now: Duration) -> String {
        let nanoseconds = i128::try_from(self.epoch.saturating_add(now).as_nanos());
        let time = nanoseconds
            .ok()
            .and_then(|nanoseconds| Timestamp::from_nanosecond(nanoseconds).ok())
            .unwrap_or(Timestamp::MAX);
        format!("{time:.3}")
    }

    /// The time itself, since 1970-01-01 UTC.
    pub fn real(&self, now: Duration) -> Duration {
        self.epoch.saturating_add(now)
    }
}
