//! Where an agent answers: a host and a TCP port.

use std::{fmt, str::FromStr};

/// The port of an agent's web API.
pub const DEFAULT_PORT: u16 = 5000;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AgentAddress {
    /// In lower case, an IPv6 address without its brackets.
    pub host: String,
    pub port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no address: it must be HOST:PORT, such as \"agent72.local:5000\"")]
pub struct AddressError(String);

impl AgentAddress {
    pub fn new(host: &str, port: u16) -> Self {
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        Self {
            host: host.trim_end_matches('.').to_ascii_lowercase(),
            port,
        }
    }

    /// The address in a base URL such as `http://agent64.local:5000`, as `cfg.AGENT_HOST` holds it; the scheme, the port
    /// (by the scheme, 5000 without one) and a path may be there or not.
    ///
    /// # Errors
    /// When there is no host, or the port is no port.
    pub fn from_url(url: &str) -> Result<Self, AddressError> {
        let error = || AddressError(url.into());
        let (port, rest) = match url.trim().split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (80, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (443, rest),
            Some(_) => return Err(error()),
            None => (DEFAULT_PORT, url.trim()),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let authority = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let (host, port) = match split_port(authority) {
            Some((host, text)) => (host, text.parse().map_err(|_| error())?),
            None => (authority, port),
        };
        Self::checked(host, port).ok_or_else(error)
    }

    fn checked(host: &str, port: u16) -> Option<Self> {
        let address = Self::new(host, port);
        let fits = !address.host.is_empty()
            && !address
                .host
                .contains(|c: char| c.is_whitespace() || "/@[]".contains(c));
        (fits && port != 0).then_some(address)
    }
}

/// Splits `host:port`, leaving the colons of a bracketed or bare IPv6 address alone.
fn split_port(text: &str) -> Option<(&str, &str)> {
    let (host, port) = text.rsplit_once(':')?;
    (host.ends_with(']') || !host.contains(':')).then_some((host, port))
}

impl FromStr for AgentAddress {
    type Err = AddressError;

    /// Reads `HOST:PORT`.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let parsed =
            split_port(text).and_then(|(host, port)| Self::checked(host, port.parse().ok()?));
        parsed.ok_or_else(|| AddressError(text.into()))
    }
}

impl fmt::Display for AgentAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_give_host_and_port() {
        for (url, address) in [
            ("http://agent64.local:5000", "agent64.local:5000"),
            ("HTTP://Agent64.local./prefix", "agent64.local:80"),
            ("https://user:pw@agent64:5001/", "agent64:5001"),
            ("agent64.local", "agent64.local:5000"),
            ("http://[::1]:5000", "[::1]:5000"),
        ] {
            assert_eq!(
                AgentAddress::from_url(url).unwrap().to_string(),
                address,
                "{url}"
            );
        }
        for url in ["", "ftp://x", "http://", "http://x:y", "http://x:99999"] {
            assert!(AgentAddress::from_url(url).is_err(), "{url}");
        }
    }

    #[test]
    fn an_address_needs_a_port() {
        assert_eq!("[::1]:7".parse(), Ok(AgentAddress::new("::1", 7)));
        for text in [
            "agent64.local",
            "agent64.local:",
            ":5000",
            "http://a:5000",
            "a:0",
            "a b:1",
        ] {
            assert!(text.parse::<AgentAddress>().is_err(), "{text}");
        }
    }
}
