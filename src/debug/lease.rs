//! Keeps the lease of a live agent while a run stands still, since the code that would renew it does not run.

use std::{
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs},
    time::Duration,
};

use serde_json::Value as Json;

use super::Session;
use crate::event::HttpExchange;

/// A lease of the agent's, as it was granted or renewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    id: String,
    lasts: Duration,
}

/// How long an agent may take for a renewal.
const PATIENCE: Duration = Duration::from_secs(2);

impl Lease {
    /// What an exchange makes of the lease that there was.
    pub fn after(before: Option<Self>, said: &HttpExchange) -> Option<Self> {
        let path = said.path.split('?').next().unwrap_or_default();
        let Some(rest) = path.strip_prefix("/api/lease") else {
            return before;
        };
        let done = said
            .status
            .is_some_and(|status| (200..300).contains(&status));
        match (&*said.method, rest) {
            ("POST", "") | ("PUT", _) if done => {
                let reply: Json = serde_json::from_str(said.reply.as_deref()?).ok()?;
                let field = |name: &str| reply.get(name);
                let lasts = field("expiresInMs").and_then(Json::as_u64)?;
                Some(Self {
                    id: field("leaseId")?.as_str()?.to_owned(),
                    lasts: Duration::from_millis(lasts),
                })
            }
            ("DELETE", _) => None,
            _ => before,
        }
    }

    /// Asks the agent for as long again.
    ///
    /// # Errors
    /// When the agent is not reached.
    fn renew(&self, host: &str, port: u16) -> io::Result<()> {
        let unreachable = || io::Error::other("the agent's name has no address");
        let address = (host, port)
            .to_socket_addrs()?
            .next()
            .ok_or_else(unreachable)?;
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "PUT /api/lease/{} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}",
            self.id
        )?;
        // What it says does not matter: a lease that has ended is the code's to notice.
        let mut answer = [0; 512];
        stream.read(&mut answer).map(drop)
    }

    /// How long to wait before it is renewed again.
    fn pause(&self) -> Duration {
        self.lasts / 3
    }
}

/// Renews the lease that the code holds for as long as the run stands still, until it is over.
pub fn keep(session: &Session, host: &str, port: u16) {
    while let Some(lease) = session.standing_lease() {
        // An agent that is not reached now may be the next time.
        let _ = lease.renew(host, port);
        session.stand_for(lease.pause());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(method: &str, path: &str, status: u16, reply: &str) -> HttpExchange {
        HttpExchange {
            method: method.into(),
            path: path.into(),
            body: None,
            status: Some(status),
            reply: Some(reply.into()),
        }
    }

    #[test]
    fn a_lease_is_known_from_when_it_is_granted_until_it_is_given_back() {
        let granted = said(
            "POST",
            "/api/lease",
            200,
            r#"{"leaseId": "a1", "owner": "t", "expiresInMs": 30000}"#,
        );
        let lease = Lease::after(None, &granted);
        let pause = lease.as_ref().map(Lease::pause);
        assert_eq!(pause, Some(Duration::from_secs(10)));
        let other = said("GET", "/api/channels", 200, "[]");
        assert_eq!(Lease::after(lease.clone(), &other), lease);
        let refused = said("POST", "/api/lease", 409, "{}");
        assert_eq!(Lease::after(lease.clone(), &refused), lease);
        let ended = said("DELETE", "/api/lease/a1", 204, "");
        assert_eq!(Lease::after(lease, &ended), None);
    }
}
