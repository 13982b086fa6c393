//! The date and time at which something happened, from the clock that only goes forward.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Turns times of the agent's clock into dates. Until it is told better, that clock began in 1970.
#[derive(Clone, Copy, Debug, Default)]
pub struct Calendar {
    /// Since 1970-01-01 UTC, when the agent's clock was at 0.
    epoch: Duration,
    /// How far the station's clock was set away from the real one.
    shift: SignedDuration,
}

/// A time, as the station's clock showed it then.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    at: Duration,
    shift: SignedDuration,
}

impl Calendar {
    /// With `real` (since 1970-01-01 UTC) being the time at `now`.
    pub fn new(real: Duration, now: Duration) -> Self {
        Self {
            epoch: real.saturating_sub(now),
            shift: SignedDuration::ZERO,
        }
    }

    /// Sets the station's clock.
    pub fn set(&mut self, wanted: Timestamp, now: Duration) {
        self.shift = wanted.duration_since(timestamp(self.real(now), SignedDuration::ZERO));
    }

    /// Puts the station's clock right again.
    pub fn synchronise(&mut self) {
        self.shift = SignedDuration::ZERO;
    }

    pub fn moment(&self, now: Duration) -> Moment {
        let shift = self.shift;
        Moment { at: now, shift }
    }

    /// As ISO 8601 in UTC with milliseconds, by the station's clock as it is set now.
    pub fn text(&self, now: Duration) -> String {
        self.text_of(self.moment(now))
    }

    /// The same, by the station's clock as it was set then.
    pub fn text_of(&self, moment: Moment) -> String {
        format!("{:.3}", timestamp(self.real(moment.at), moment.shift))
    }

    /// The real time, since 1970-01-01 UTC, whatever the station's clock shows.
    pub fn real(&self, now: Duration) -> Duration {
        self.epoch.saturating_add(now)
    }
}

fn timestamp(real: Duration, shift: SignedDuration) -> Timestamp {
    let real = i128::try_from(real.as_nanos()).unwrap_or(i128::MAX);
    let nanoseconds = real.saturating_add(shift.as_nanos());
    let end = if nanoseconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_nanosecond(nanoseconds).unwrap_or(end)
}
