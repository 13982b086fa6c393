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
    /// Who holds the lease, once what has run out is over.
    fn current_lease(&mut self, now: Duration) -> Option<&mut Lease> {
        if let Some(lease) = self.lease.take_if(|lease| lease.expires <= now) {
            let line = format!("INFO lease of \"{}\" ran out", lease.owner);
            self.system_journal.note(lease.expires, &line);
        }
        self.lease.as_mut()
    }

    /// Refuses a change or a forced read of anybody but the one who holds the lease.
    pub(super) fn check_lease(&mut self, call: &Call) -> Result<(), Problem> {
        match self.current_lease(call.now) {
            Some(lease) if call.lease != Some(lease.id.as_str()) => {
                Err(lease.held(StatusCode::LOCKED, call.now))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn show_lease(&mut self, call: &Call) -> Answer {
        let calendar = self.calendar;
        let shown = match self.current_lease(call.now) {
            Some(lease) => json!({
                "held": true,
                "owner": lease.owner,
                "expiresInMs": lease.left(call.now),
                "since": calendar.text(lease.since),
            }),
            None => json!({"held": false, "owner": null, "expiresInMs": 0, "since": null}),
        };
        Ok(Reply::json(&shown))
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
            .current_lease(call.now)
            .map(|lease| (call.lease == Some(lease.id.as_str()), lease.clone()));
        let (id, since) = match held {
            Some((false, lease)) => return Err(lease.held(StatusCode::CONFLICT, call.now)),
            Some((true, lease)) => (lease.id, lease.since),
            None => (self.lease_id(call.now), call.now),
        };
        let lease = Lease {
            id,
            owner: owner.into(),
            ttl,
            since,
            expires: call.now.saturating_add(ttl),
        };
        self.note(call.now, format!("INFO lease taken by \"{owner}\""));
        Ok(Reply::json(&self.lease.insert(lease).to_json(call.now)))
    }

    /// An id no earlier lease had, of this agent or of one before it.
    fn lease_id(&mut self, now: Duration) -> String {
        self.leases += 1;
        let nanoseconds = self.calendar.real(now).as_nanos();
        format!("{nanoseconds:020x}{:012x}", self.leases)
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
        Ok(Reply::json(&lease.to_json(call.now)))
    }

    pub(super) fn release_lease(&mut self, call: &Call) -> Answer {
        let line = format!("INFO lease of \"{}\" released", self.lease_of(call)?.owner);
        self.lease = None;
        self.note(call.now, line);
        Ok(Reply::no_content())
    }

    /// The lease named in the path.
    fn lease_of(&mut self, call: &Call) -> Result<&mut Lease, Problem> {
        self.current_lease(call.now)
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
