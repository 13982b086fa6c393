//! `HOST:PORT`, as permissions name it.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// A host to connect to, and one of its ports or any of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Endpoint {
    /// A name in lower case, an IP address without brackets, or `*` for any host.
    pub host: String,
    pub port: Option<u16>,
}

impl Endpoint {
    /// Any port of any host.
    pub fn any() -> Self {
        Self {
            host: "*".into(),
            port: None,
        }
    }

    /// A port of a host, which may be written in any way a name or an address can be.
    pub fn of(host: &str, port: u16) -> Self {
        Self {
            host: host.to_lowercase(),
            port: Some(port),
        }
    }

    /// Whether this means that port of that host, names by their text and addresses by their number.
    pub fn is(&self, host: &str, port: u16) -> bool {
        self.is_host(host) && self.has(port)
    }

    /// Whether this is its host.
    pub fn is_host(&self, host: &str) -> bool {
        self.is_any_host()
            || self.host.eq_ignore_ascii_case(host.trim_end_matches('.'))
            || matches!((self.address(), address(host)), (Some(own), Some(its)) if own == its)
    }

    pub fn is_any_host(&self) -> bool {
        self.host == "*"
    }

    /// Whether this is one of its ports, of whatever host.
    pub fn has(&self, port: u16) -> bool {
        self.port.is_none_or(|its| its == port)
    }

    /// Its host, where that is an address.
    pub fn address(&self) -> Option<IpAddr> {
        address(&self.host)
    }
}

/// The IP address that a text is, if it is one: without its zone, an IPv4 address within IPv6 as itself, and what stands for any address of the
/// machine as its own, which connecting to it reaches.
pub fn address(text: &str) -> Option<IpAddr> {
    let bare = match text.split_once('%') {
        Some((address, _)) if address.contains(':') => address,
        _ => text,
    };
    let address: IpAddr = bare.parse().ok()?;
    Some(match address.to_canonical() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        address => address,
    })
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        if text == "*" {
            return Ok(Self::any());
        }
        let wrong = || EndpointError(text.into());
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let bare = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        // Without brackets nobody knows which part of an IPv6 address is the port.
        let host = match bare {
            Some(host) => host,
            None if host.contains(':') => return Err(wrong()),
            None => host,
        };
        if host.is_empty() || host.contains('/') || host.contains('*') && host != "*" {
            return Err(wrong());
        }
        let port = match port {
            "*" => None,
            number => Some(number.parse().map_err(|_| wrong())?),
        };
        Ok(Self {
            host: host.trim_end_matches('.').to_lowercase(),
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
        match (&*self.host, self.port) {
            ("*", None) => return f.write_str("*"),
            (host, _) if host.contains(':') => write!(f, "[{host}]")?,
            (host, _) => f.write_str(host)?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => f.write_str(":*"),
        }
    }
}
