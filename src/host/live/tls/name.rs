//! Whether a certificate is one for the name that test code wanted to reach.

use std::net::IpAddr;

use super::{certificate::read, trouble::refused};
use crate::host::HostError;

/// Checks a certificate as OpenSSL does: an IP address must be among its names as such, a host name may match a wildcard in the
/// place of its first label. `common_name` stands in where no host names are listed.
///
/// # Errors
/// A mismatch, with OpenSSL's number and sentence.
pub fn check(der: &[u8], wanted: &str, common_name: bool) -> Result<(), HostError> {
    let found = read(der)?;
    let of = |wanted: &'static str, pairs: &[(String, String)]| -> Vec<String> {
        let pairs = pairs.iter().filter(|(kind, _)| kind == wanted);
        pairs.map(|(_, value)| value.clone()).collect()
    };
    if let Ok(ip) = wanted.parse::<IpAddr>() {
        let listed = of("IP Address", &found.names);
        if listed.iter().any(|its| its.parse() == Ok(ip)) {
            return Ok(());
        }
        return Err(refused(
            64,
            format!("IP address mismatch, certificate is not valid for '{wanted}'."),
        ));
    }
    let mut names = of("DNS", &found.names);
    if names.is_empty() && common_name {
        names = of("commonName", &found.subject);
    }
    if names.iter().any(|name| matches(name, wanted)) {
        return Ok(());
    }
    Err(refused(
        62,
        format!("Hostname mismatch, certificate is not valid for '{wanted}'."),
    ))
}

fn matches(pattern: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let Some(domain) = pattern.strip_prefix("*.") else {
        return pattern.eq_ignore_ascii_case(host);
    };
    // A wildcard for a whole top-level domain stands for nobody.
    domain.contains('.')
        && host
            .split_once('.')
            .is_some_and(|(first, rest)| !first.is_empty() && rest.eq_ignore_ascii_case(domain))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_wildcard_stands_for_exactly_one_whole_label() {
        assert!(matches("*.lab.example", "rack1.lab.example"));
        assert!(matches("Rack1.lab.example", "rack1.LAB.example."));
        for (pattern, host) in [
            ("*.lab.example", "lab.example"),
            ("*.lab.example", ".lab.example"),
            ("*.lab.example", "a.rack1.lab.example"),
            ("r*.lab.example", "rack1.lab.example"),
            ("rack1.*.example", "rack1.lab.example"),
            ("*.example", "rack1.example"),
            ("*", "rack1"),
        ] {
            assert!(!matches(pattern, host), "{pattern} {host}");
        }
    }
}
