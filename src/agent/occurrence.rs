//! What a server tells about its work: one line for each request.

use std::{fmt, time::Duration};

use http::StatusCode;

use super::exchange::Exchange;

/// Something a client asked for, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// A connection attempt that was refused, as the bench's fault says.
    ConnectionRefused,
    Request {
        method: String,
        path: String,
        /// What was sent and answered, where that is wanted.
        exchange: Option<Exchange>,
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
                exchange,
                fate,
                took,
            } => {
                let took = took.as_secs_f64() * 1000.0;
                match exchange {
                    None => write!(f, "{method} {path} {fate} {took:.1} ms"),
                    Some(Exchange {
                        query,
                        request,
                        reply,
                        ..
                    }) => write!(
                        f,
                        "{method} {path}{query}{request} -> {fate}{reply} {took:.1} ms"
                    ),
                }
            }
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
