//! What a server tells about its work: one line for each request.

use std::{fmt, time::Duration};

use http::StatusCode;

/// Something a client asked for, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// A connection attempt that was refused, as the bench's fault says.
    ConnectionRefused,
    Request {
        method: String,
        path: String,
        fate: Fate,
        /// From the request's head to its answer.
        took: Duration,
    },
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Answered(StatusCode),
    /// The answer was cut off in its middle.
    Half(StatusCode),
    Closed,
    Reset,
    /// It is never answered.
    Stalled,
}

impl fmt::Display for Occurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConnectionRefused => f.write_str("connection refused"),
            Self::Request {
                method,
                path,
                fate,
                took,
            } => write!(
                f,
                "{method} {path} {fate} {:.1} ms",
                took.as_secs_f64() * 1000.0
            ),
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(status) => f.write_str(status.as_str()),
            Self::Half(status) => write!(f, "{} cut off", status.as_str()),
            Self::Closed => f.write_str("closed"),
            Self::Reset => f.write_str("reset"),
            Self::Stalled => f.write_str("stalled"),
        }
    }
}
