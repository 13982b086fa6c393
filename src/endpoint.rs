//! `HOST:PORT`, as permissions name it.

use std::{fmt, str::FromStr};

/// A host to connect to, and one of its ports or any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// A name in lower case, or an IP address.
    pub host: String,
    pub port: Option<u16>,
}

impl Endpoint {
    pub fn is(&self, host: &str, port: u16) -> bool {
        self.is_host(host) && self.has(port)
    }

    /// Whether this is its host, by its text.
    pub fn is_host(&self, host: &str) -> bool {
        self.host.eq_ignore_ascii_case(host)
    }

    /// Whether this is one of its ports, of whatever host.
    pub fn has(&self, port: u16) -> bool {
        self.port.is_none_or(|its| its == port)
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let wrong = || EndpointError(text.into());
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        if host.is_empty() || host.contains('/') {
            return Err(wrong());
        }
        let port = match port {
            "*" => None,
            number => Some(number.parse().map_err(|_| wrong())?),
        };
        Ok(Self {
            host: host.to_lowercase(),
            port,
        })
    }
}

/// A text that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no HOST:PORT; {HELP}")]
pub struct EndpointError(String);

/// What to write instead.
pub const HELP: &str = "write for example agent64.local:5000, or agent64.local:* for any port";

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(&self.host)?;
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => f.write_str(":*"),
        }
    }
}
