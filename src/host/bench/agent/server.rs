//! The agent: finds what a request asks for and answers it from the bench.

use std::time::Duration;

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde_json::Value as Json;

use super::{
    super::{bench::Bench, error::BenchError, station::Station},
    problem::Problem,
    routes::{ROUTES, Route},
};

/// What a call answers with: JSON, or nothing.
pub type Answer = Result<Option<Json>, Problem>;

/// One request as its handler sees it.
pub struct Call<'a> {
    pub body: &'a [u8],
    /// The Host header.
    pub host: Option<&'a str>,
    pub now: Duration,
}

/// An Accordion agent. It keeps no connections and looks at no clock.
#[derive(Clone, Debug)]
pub struct Agent {
    pub(super) bench: Bench,
}

impl Agent {
    /// Starts an agent for a station; `now` is of a clock that only goes forward.
    ///
    /// # Errors
    /// When a module that is marked as loaded cannot be loaded.
    pub fn new(station: Station, now: Duration) -> Result<Self, BenchError> {
        Ok(Self {
            bench: Bench::new(station, now)?,
        })
    }

    pub fn bench(&self) -> &Bench {
        &self.bench
    }

    /// Answers one request; HEAD is answered as GET, with the body.
    pub fn handle(&mut self, request: &Request<Vec<u8>>, now: Duration) -> Response<Vec<u8>> {
        let routes = match find(request.uri().path()) {
            Ok(routes) => routes,
            Err(problem) => return problem.response(),
        };
        let method = if request.method() == Method::HEAD {
            &Method::GET
        } else {
            request.method()
        };
        let Some(route) = routes.iter().find(|route| route.method == *method) else {
            return not_allowed(request.method(), &routes);
        };
        let host = request
            .headers()
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let call = Call {
            body: request.body(),
            host,
            now,
        };
        let answer = self
            .check_connected(route)
            .and_then(|()| (route.handler)(self, &call));
        match answer {
            Ok(Some(json)) => json_response(StatusCode::OK, &json),
            Ok(None) => Response::new(Vec::new()),
            Err(problem) => problem.response(),
        }
    }

    fn check_connected(&self, route: &Route) -> Result<(), Problem> {
        let application = &self.bench.station().application;
        if application.connected || route.path == "connection/status" {
            return Ok(());
        }
        let why = application
            .last_error
            .as_deref()
            .unwrap_or("no reason is known");
        Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("the agent is not connected to its hardware: {why}"),
        ))
    }
}

/// The routes of a path, in any letter case.
fn find(path: &str) -> Result<Vec<&'static Route>, Problem> {
    let below = path
        .get(..5)
        .filter(|api| api.eq_ignore_ascii_case("/api/"))
        .and_then(|_| path.get(5..));
    let below = below.map(|below| below.strip_suffix('/').unwrap_or(below));
    let routes: Vec<_> = ROUTES
        .iter()
        .filter(|route| below.is_some_and(|below| below.eq_ignore_ascii_case(route.path)))
        .collect();
    if routes.is_empty() {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            format!("path {path} not found on the simulated bench"),
        ));
    }
    Ok(routes)
}

fn not_allowed(method: &Method, routes: &[&Route]) -> Response<Vec<u8>> {
    let mut allowed: Vec<_> = routes.iter().map(|route| route.method.as_str()).collect();
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

/// A response with a JSON body.
pub fn json_response(status: StatusCode, json: &Json) -> Response<Vec<u8>> {
    let mut response = Response::new(json.to_string().into_bytes());
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    response
}
