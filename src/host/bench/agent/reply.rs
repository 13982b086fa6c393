//! What a call is answered with, when nothing is wrong.

use std::time::Duration;

use http::{HeaderValue, Response, StatusCode, header};
use serde_json::Value as Json;

use super::{events::StreamId, problem::Problem};

pub type Answer = Result<Reply, Problem>;

/// The media type of a stream of events.
pub const EVENT_STREAM: &str = "text/event-stream";

/// How long an agent takes for an answer, as an extension of the response: whoever sends the bytes waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay(pub Duration);

/// A status, a body and the body's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    status: StatusCode,
    content_type: Option<&'static str>,
    body: Vec<u8>,
    delay: Duration,
    stream: Option<StreamId>,
}

impl Reply {
    /// 200 without a body.
    pub fn nothing() -> Self {
        Self {
            status: StatusCode::OK,
            content_type: None,
            body: Vec::new(),
            delay: Duration::ZERO,
            stream: None,
        }
    }

    /// 204.
    pub fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            ..Self::nothing()
        }
    }

    pub fn json(json: &Json) -> Self {
        Self {
            content_type: Some("application/json; charset=utf-8"),
            body: json.to_string().into_bytes(),
            ..Self::nothing()
        }
    }

    /// The bytes of a file.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            content_type: Some("application/octet-stream"),
            body: bytes.into(),
            ..Self::nothing()
        }
    }

    pub fn text(text: String) -> Self {
        Self {
            content_type: Some("text/plain; charset=utf-8"),
            body: text.into_bytes(),
            ..Self::nothing()
        }
    }

    /// The head of a stream of events; none when only the head was asked for.
    pub fn stream(stream: Option<StreamId>) -> Self {
        Self {
            content_type: Some(EVENT_STREAM),
            stream,
            ..Self::nothing()
        }
    }

    #[must_use]
    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// The same, given only after so long.
    #[must_use]
    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    pub fn response(self) -> Response<Vec<u8>> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        if let Some(content_type) = self.content_type {
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if self.content_type == Some(EVENT_STREAM) {
            let no_cache = HeaderValue::from_static("no-cache");
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, no_cache);
        }
        if let Some(stream) = self.stream {
            response.extensions_mut().insert(stream);
        }
        if !self.delay.is_zero() {
            response.extensions_mut().insert(Delay(self.delay));
        }
        response
    }
}
