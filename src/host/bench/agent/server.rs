//! The agent: finds what a request asks for and answers it from the bench.

use std::{borrow::Cow, net::IpAddr, time::Duration};

use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;

use super::{
    super::{bench::Bench, error::BenchError, script::Said, station::Station},
    calendar::Calendar,
    events::Streams,
    journal::Journal,
    lease::{self, Lease},
    page,
    problem::Problem,
    reply::Answer,
    routes::{self, Access, Found},
    subscriptions::Subscriptions,
    system::System,
};

/// One request as its handler sees it.
pub struct Call<'a> {
    pub body: &'a [u8],
    /// The Host header.
    pub host: Option<&'a str>,
    pub content_type: Option<&'a str>,
    /// The id of the lease the client says it holds.
    pub lease: Option<&'a str>,
    /// What stands in the path where the route leaves room.
    pub parameter: &'a str,
    /// What stands in the path where the route leaves room a second time.
    pub second_parameter: &'a str,
    /// Only the head of the answer is wanted.
    pub bodiless: bool,
    pub uri: &'a Uri,
    pub now: Duration,
}

impl Call<'_> {
    /// The value of this name after the path's question mark.
    pub fn query(&self, name: &str) -> Result<Option<String>, Problem> {
        let pairs = self.uri.query().unwrap_or_default().split('&');
        for pair in pairs {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            if decode(key)?.eq_ignore_ascii_case(name) {
                return decode(&value.replace('+', " ")).map(|value| Some(value.into_owned()));
            }
        }
        Ok(None)
    }

    pub fn required_query(&self, name: &str) -> Result<String, Problem> {
        self.query(name)?
            .filter(|value| !value.is_empty())
            .ok_or_else(|| {
                Problem::bad_request(format!("the query field \"{name}\" is missing or empty"))
            })
    }
}

/// An Accordion agent. It keeps no connections and looks at no clock.
#[derive(Clone, Debug)]
pub struct Agent {
    pub(super) bench: Bench,
    pub(super) started: Duration,
    pub(super) lease: Option<Lease>,
    pub(super) streams: Streams,
    pub(super) subscriptions: Subscriptions,
    pub(super) system: System,
    /// How many ids it has given to leases, streams and subscriptions.
    ids: u64,
    pub(super) calendar: Calendar,
    pub(super) system_journal: Journal,
    pub(super) audit_journal: Journal,
}

impl Agent {
    /// Starts an agent for a station; `now` is of a clock that only goes forward.
    ///
    /// # Errors
    /// When a module that is marked as loaded cannot be loaded.
    pub fn new(station: Station, now: Duration) -> Result<Self, BenchError> {
        let mut agent = Self {
            bench: Bench::new(station, now)?,
            started: now,
            lease: None,
            streams: Streams::default(),
            subscriptions: Subscriptions::default(),
            system: System::new(now),
            ids: 0,
            calendar: Calendar::default(),
            system_journal: Journal::default(),
            audit_journal: Journal::default(),
        };
        agent.note(now, "INFO simulated agent started");
        Ok(agent)
    }

    /// Says what time it really is at `now`, since 1970-01-01 UTC, for the dates the agent gives.
    pub fn tell_time(&mut self, real: Duration, now: Duration) {
        self.calendar = Calendar::new(real, now);
    }

    pub fn bench(&self) -> &Bench {
        &self.bench
    }

    /// Sends bytes to a device beside the agent, over a connection of the caller's own, which keeps what is not a whole line yet;
    /// gives what comes back.
    pub(in super::super) fn converse(
        &mut self,
        address: &str,
        data: &[u8],
        unfinished: &mut Vec<u8>,
        now: Duration,
    ) -> Vec<Said> {
        self.pass(now);
        self.bench.tick(now);
        self.bench.converse(address, data, unfinished)
    }

    /// Answers one request; HEAD is answered as GET, with the body. The request's extension [`IpAddr`] is the client's address,
    /// for the audit log; a [`Delay`](super::Delay) among the response's extensions is how long the answer takes.
    pub fn handle(&mut self, request: &Request<Vec<u8>>, now: Duration) -> Response<Vec<u8>> {
        self.pass(now);
        self.bench.tick(now);
        let response = self.answer(request, now);
        let client = request.extensions().get::<IpAddr>();
        let client = client.map_or_else(|| "-".into(), ToString::to_string);
        let line = format!(
            "{client} {} {} {} 0ms",
            request.method(),
            request.uri().path(),
            response.status().as_str()
        );
        self.audit_journal.note(self.calendar.moment(now), &line);
        response
    }

    fn answer(&mut self, request: &Request<Vec<u8>>, now: Duration) -> Response<Vec<u8>> {
        if request.uri().path() == "/" {
            return page::answer(request.method());
        }
        let found = match routes::find(request.uri().path()) {
            Ok(found) => found,
            Err(problem) => return problem.response(),
        };
        let method = if request.method() == Method::HEAD {
            &Method::GET
        } else {
            request.method()
        };
        let Some(Found { route, parameters }) =
            found.iter().find(|found| found.route.method == *method)
        else {
            return not_allowed(request.method(), &found);
        };
        let header = |name: &str| {
            let value = request.headers().get(name);
            value.and_then(|value| value.to_str().ok())
        };
        let call = Call {
            body: request.body(),
            host: header(header::HOST.as_str()),
            content_type: header(header::CONTENT_TYPE.as_str()),
            lease: header(lease::HEADER),
            parameter: &parameters[0],
            second_parameter: &parameters[1],
            bodiless: request.method() == Method::HEAD,
            uri: request.uri(),
            now,
        };
        let answer: Answer = (|| {
            if route.access != Access::Open {
                self.check_lease(&call)?;
            }
            if route.needs_hardware {
                self.check_connected()?;
            }
            (route.handler)(self, &call)
        })();
        match answer {
            Ok(reply) => reply.response(),
            Err(problem) => {
                if problem.status.is_server_error() {
                    self.note(now, format!("ERROR {}: {}", route.path, problem.text));
                }
                problem.response()
            }
        }
    }

    /// Writes a line of the system log.
    pub(super) fn note(&mut self, now: Duration, line: impl AsRef<str>) {
        let at = self.calendar.moment(now);
        self.system_journal.note(at, line.as_ref());
    }

    /// An id that nothing had before, of this agent or of one before it.
    pub(super) fn unique_id(&mut self, now: Duration) -> String {
        self.ids += 1;
        let nanoseconds = self.calendar.real(now).as_nanos();
        format!("{nanoseconds:020x}{:012x}", self.ids)
    }

    /// Why there is no hardware, if the agent knows.
    pub(super) fn last_error(&self) -> Option<String> {
        match self.system.hardware() {
            Ok(()) => self.bench.station().application.last_error.clone(),
            Err(what) => Some(format!("the hardware application does not run: {what}")),
        }
    }

    /// What whoever needs the hardware is told while there is none.
    pub(super) fn lost(&self) -> Option<String> {
        if self.system.hardware().is_ok() && self.bench.station().application.connected {
            return None;
        }
        let why = self.last_error();
        let why = why.as_deref().unwrap_or("no reason is known");
        Some(format!("the agent is not connected to its hardware: {why}"))
    }

    fn check_connected(&self) -> Result<(), Problem> {
        match self.lost() {
            None => Ok(()),
            Some(text) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, text)),
        }
    }
}

/// Percent-encoded text, which has to be UTF-8.
pub fn decode(text: &str) -> Result<Cow<'_, str>, Problem> {
    percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| Problem::bad_request(format!("\"{text}\" is no percent-encoded UTF-8")))
}

fn not_allowed(method: &Method, found: &[Found]) -> Response<Vec<u8>> {
    let methods = found.iter().map(|found| found.route.method.as_str());
    refuse_method(method, methods.collect())
}

/// Names the methods that would be answered.
pub fn refuse_method(method: &Method, mut allowed: Vec<&str>) -> Response<Vec<u8>> {
    if allowed.contains(&"GET") {
        allowed.push("HEAD");
    }
    let allowed = allowed.join(", ");
    let text = format!("method {method} is not allowed here, only {allowed}");
    let mut response = Problem::new(StatusCode::METHOD_NOT_ALLOWED, text).response();
    if let Ok(allowed) = HeaderValue::from_str(&allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}
