//! The group `lease`: one client at a time may change the station.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value as Json, json};

use super::{
    body::Body,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

/// The header by which a client shows that it holds the lease.
pub const HEADER: &str = "x-lease-id";
const DEFAULT_TTL: Duration = Duration::from_secs(30);
/// Milliseconds.
const TTL: std::ops::RangeInclusive<i64> = 1000..=600_000;

/// The lease as somebody holds it.
#[derive(Clone, Debug)]
pub struct Lease {
    id: String,
    owner: String,
    ttl: Duration,
    since: Duration,
    expires: Duration,
}

impl Lease {
    fn left(&self, now: Duration) -> Json {
        let left = self.expires.saturating_sub(now).as_millis();
        u64::try_from(left).unwrap_or(u64::MAX).into()
    }

    /// As the one who holds it gets it.
    fn to_json(&self, now: Duration) -> Json {
        json!({"leaseId": self.id, "owner": self.owner, "expiresInMs": self.left(now)})
    }

    fn held(&self, status: StatusCode, now: Duration) -> Problem {
        Problem::new(
            status,
            format!(
                "the lease is held by \"{}\" for another {} ms: wait until it ends, or send its id as X-Lease-Id",
                self.owner,
                self.left(now)
            ),
        )
    }
}

impl Agent {
    /// When the lease runs out.
    pub(super) fn lease_end(&self) -> Option<Duration> {
        self.lease.as_ref().map(|lease| lease.expires)
    }

    /// Ends the lease, for this reason.
    pub(super) fn end_lease(&mut self, why: &str, now: Duration) {
        if let Some(lease) = self.lease.take() {
            self.note(now, format!("INFO lease of \"{}\" {why}", lease.owner));
            self.tell_lease(now);
        }
    }

    /// Tells who holds the lease from now on.
    fn tell_lease(&mut self, now: Duration) {
        let shown = self.lease_json(now);
        self.streams.tell(None, "lease", &shown);
    }

    fn lease_json(&self, now: Duration) -> Json {
        match &self.lease {
            Some(lease) => json!({
                "held": true,
                "owner": lease.owner,
                "expiresInMs": lease.left(now),
                "since": self.calendar.text(lease.since),
            }),
            None => json!({"held": false, "owner": null, "expiresInMs": 0, "since": null}),
        }
    }

    /// Refuses a change or a forced read of anybody but the one who holds the lease.
    pub(super) fn check_lease(&mut self, call: &Call) -> Result<(), Problem> {
        match &self.lease {
            Some(lease) if call.lease != Some(lease.id.as_str()) => {
                Err(lease.held(StatusCode::LOCKED, call.now))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn show_lease(&mut self, call: &Call) -> Answer {
        Ok(Reply::json(&self.lease_json(call.now)))
    }

    /// Gives the lease to whoever asks first; the one who holds it may ask again.
    pub(super) fn acquire_lease(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let owner = body.required_text("Owner")?;
        if owner.trim().is_empty() {
            return Err(Problem::bad_request("field \"Owner\" is empty"));
        }
        let ttl = ttl(&body)?.unwrap_or(DEFAULT_TTL);
        let held = self
            .lease
            .as_ref()
            .map(|lease| (call.lease == Some(lease.id.as_str()), lease.clone()));
        let (id, since) = match held {
            Some((false, lease)) => return Err(lease.held(StatusCode::CONFLICT, call.now)),
            Some((true, lease)) => (lease.id, lease.since),
            None => (self.unique_id(call.now), call.now),
        };
        let lease = Lease {
            id,
            owner: owner.into(),
            ttl,
            since,
            expires: call.now.saturating_add(ttl),
        };
        self.note(call.now, format!("INFO lease taken by \"{owner}\""));
        let reply = Reply::json(&lease.to_json(call.now));
        self.lease = Some(lease);
        self.tell_lease(call.now);
        Ok(reply)
    }

    pub(super) fn renew_lease(&mut self, call: &Call) -> Answer {
        let ttl = if call.body.is_empty() {
            None
        } else {
            ttl(&Body::parse(call.body)?)?
        };
        let lease = self.lease_of(call)?;
        lease.ttl = ttl.unwrap_or(lease.ttl);
        lease.expires = call.now.saturating_add(lease.ttl);
        let reply = Reply::json(&lease.to_json(call.now));
        // It may end sooner than before.
        self.streams.stir();
        Ok(reply)
    }

    pub(super) fn release_lease(&mut self, call: &Call) -> Answer {
        self.lease_of(call)?;
        self.end_lease("released", call.now);
        Ok(Reply::no_content())
    }

    /// The lease named in the path.
    fn lease_of(&mut self, call: &Call) -> Result<&mut Lease, Problem> {
        self.lease
            .as_mut()
            .filter(|lease| lease.id == call.parameter)
            .ok_or_else(|| {
                Problem::new(
                    StatusCode::NOT_FOUND,
                    format!("lease \"{}\" not found: it has ended", call.parameter),
                )
            })
    }
}

fn ttl(body: &Body) -> Result<Option<Duration>, Problem> {
    let ttl = body.whole("TtlMs", *TTL.start())?;
    if let Some(ttl) = ttl.filter(|ttl| ttl > TTL.end()) {
        let message = format!("field \"TtlMs\" must be at most {}, not {ttl}", TTL.end());
        return Err(Problem::bad_request(message));
    }
    Ok(ttl.map(|ttl| Duration::from_millis(ttl.unsigned_abs())))
}
