//! The station's clock, part of the group `system`.

use http::StatusCode;
use jiff::{Timestamp, fmt::temporal::Pieces};
use serde_json::json;

use super::{
    body::Body,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

/// 2020-01-01 UTC, in seconds since 1970.
const EARLIEST: i64 = 1_577_836_800;

impl Agent {
    pub(super) fn show_clock(&mut self, call: &Call) -> Answer {
        Ok(Reply::json(&json!({
            "utc": self.calendar.text(call.now),
            "timeZone": "Etc/UTC",
            "ntpEnabled": true,
            "ntpSynchronized": self.system.synchronised,
        })))
    }

    pub(super) fn set_clock(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let text = body.required_text("utc")?;
        let force = body.boolean("force")?.unwrap_or_default();
        let range = || {
            Problem::bad_request(format!(
                "field \"utc\" must be from 2020-01-01T00:00:00Z to {:.0}, not \"{text}\"",
                Timestamp::MAX
            ))
        };
        let wanted: Timestamp = text.parse().map_err(|_| {
            // Well-formed, yet no time that the calendar reaches.
            if Pieces::parse(text).is_ok_and(|pieces| pieces.offset().is_some()) {
                return range();
            }
            Problem::bad_request(format!(
                "field \"utc\" must be an ISO 8601 time with its offset, such as 2026-01-31T12:00:00.000Z, not \"{text}\""
            ))
        })?;
        if wanted.as_second() < EARLIEST {
            return Err(range());
        }
        if self.system.synchronised && !force {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "a time server keeps the clock: send \"force\": true to set it all the same",
            ));
        }
        self.calendar.set(wanted, call.now);
        self.system.synchronised = false;
        self.note(call.now, "INFO clock set");
        self.show_clock(call)
    }
}
