//! Hosts and ports that may be reached, and addresses where code may be.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use super::{Access, Denied, Refusal, Scope, Subject, judge::Stopped};
use crate::{
    endpoint::{Endpoint, address},
    host::{ErrorKind, Family, Handle, Host, HostError, Reply, Request},
};

/// The permissions that are about the network. Names and addresses are compared by what the names stand for: what is denied by its name cannot be
/// reached by its address, nor the other way round.
pub struct Reach {
    subject: Subject,
    scope: Scope<Endpoint>,
    known: Mutex<Known>,
    /// The addresses of what is denied by name, with its place in the list.
    denied: OnceLock<Vec<(IpAddr, usize)>>,
}

#[derive(Default)]
struct Known {
    /// Addresses that an allowed name turned out to have, with its port.
    allowed: BTreeSet<(IpAddr, Option<u16>)>,
    /// Allowed names that were looked up.
    asked: BTreeSet<String>,
    /// Which name an address was looked up for.
    names: BTreeMap<IpAddr, String>,
    /// Sockets with an address of their own.
    bound: BTreeSet<Handle>,
}

impl Reach {
    pub fn new(scope: Scope<Endpoint>, subject: Subject) -> Self {
        Self {
            subject,
            scope,
            known: Mutex::default(),
            denied: OnceLock::new(),
        }
    }

    /// Whether a name may be looked up: one that connections are allowed to.
    ///
    /// # Errors
    /// When it may not.
    pub fn name(&self, host: &str, port: u16) -> Result<(), Refusal> {
        if address(host).is_some() {
            return Ok(());
        }
        if let Some(denied) = self.denies(host, port) {
            return Err(self.forbidden(host, port, denied));
        }
        let Some(allowed) = &self.scope.allowed else {
            return Ok(());
        };
        let own = |its: &Endpoint| {
            its.is_host(host)
                || host.eq_ignore_ascii_case("localhost")
                    && its.address().is_some_and(|its| its.is_loopback())
        };
        if allowed.iter().any(own) {
            Ok(())
        } else {
            Err(self.unreachable(host, port))
        }
    }

    /// Whether what is sent may go there. Gives the address to take instead of a name, so that it is the one that was looked at.
    ///
    /// # Errors
    /// When it may not, or the name has no address.
    pub fn destination(
        &self,
        host: &str,
        port: u16,
        handle: Handle,
        asked: &dyn Host,
    ) -> Result<Option<String>, Stopped> {
        if self.scope.is_everything() {
            return Ok(None);
        }
        if let Some(denied) = self.denies(host, port) {
            return Err(self.forbidden(host, port, denied).into());
        }
        let instead = match address(host) {
            Some(its) => {
                self.check_address(its, host, port, asked)?;
                if !self.allows(host, its, port, asked) {
                    return Err(self.unreachable(host, port).into());
                }
                None
            }
            None => {
                let by_name =
                    |allowed: &Vec<Endpoint>| allowed.iter().any(|its| its.is(host, port));
                if !self.scope.allowed.as_ref().is_none_or(by_name) {
                    return Err(self.unreachable(host, port).into());
                }
                match self.scope.denied.is_empty() {
                    true => None,
                    false => Some(self.looked_up(host, port, handle, asked)?),
                }
            }
        };
        Ok(instead)
    }

    /// The address of a name that a socket can connect to, when none of the name's addresses is denied.
    fn looked_up(
        &self,
        host: &str,
        port: u16,
        handle: Handle,
        asked: &dyn Host,
    ) -> Result<String, Stopped> {
        let found = addresses(asked, host, port)?;
        for its in found.iter().filter_map(|text| address(text)) {
            self.check_address(its, host, port, asked)?;
        }
        let Reply::Socket(state) = asked.call(Request::SocketState { handle })? else {
            return Err(unknown(host).into());
        };
        let fits = |text: &String| (state.family == Family::V6) == text.contains(':');
        let found = found.into_iter().find(fits);
        found.ok_or_else(|| unknown(host).into())
    }

    fn check_address(
        &self,
        its: IpAddr,
        host: &str,
        port: u16,
        asked: &dyn Host,
    ) -> Result<(), Refusal> {
        let by_number = self.scope.denied.iter().find(|denied| {
            let own = denied.what.address();
            denied.what.has(port) && own.is_some_and(|own| same_place(own, its))
        });
        let by_name = || {
            self.denied_addresses(asked)
                .iter()
                .filter(|(own, _)| same_place(*own, its))
                .filter_map(|(_, at)| self.scope.denied.get(*at))
                .find(|denied| denied.what.has(port))
        };
        match by_number.or_else(by_name) {
            None => Ok(()),
            Some(denied) => Err(self.forbidden(host, port, denied)),
        }
    }

    /// What is denied by name, looked up when an address is first compared with it.
    fn denied_addresses(&self, asked: &dyn Host) -> &[(IpAddr, usize)] {
        self.denied.get_or_init(|| {
            let named = self.scope.denied.iter().enumerate().filter(|(_, denied)| {
                !denied.what.is_any_host() && denied.what.address().is_none()
            });
            named
                .flat_map(|(at, denied)| {
                    let found = addresses(asked, &denied.what.host, denied.what.port.unwrap_or(0));
                    // A name that nobody knows stands for nothing that could be reached.
                    let found = found.unwrap_or_default();
                    let parsed: Vec<_> = found.iter().filter_map(|its| address(its)).collect();
                    parsed.into_iter().map(move |its| (its, at))
                })
                .collect()
        })
    }

    fn denies(&self, host: &str, port: u16) -> Option<&Denied<Endpoint>> {
        self.scope
            .denied
            .iter()
            .find(|denied| denied.what.is(host, port))
    }

    fn allows(&self, host: &str, its: IpAddr, port: u16, asked: &dyn Host) -> bool {
        let Some(allowed) = &self.scope.allowed else {
            return true;
        };
        if allowed.iter().any(|own| own.is(host, port)) || self.knows(its, port) {
            return true;
        }
        // What is allowed by name may be reached by its address.
        for own in allowed.iter().filter(|own| own.has(port)) {
            let first = own.address().is_none() && self.known().asked.insert(own.host.clone());
            if first && let Ok(found) = addresses(asked, &own.host, port) {
                self.learn(&own.host, &found);
            }
        }
        self.knows(its, port)
    }

    fn knows(&self, its: IpAddr, port: u16) -> bool {
        let known = self.known();
        known.allowed.contains(&(its, Some(port))) || known.allowed.contains(&(its, None))
    }

    /// Whether code may be reached at an address of the machine.
    ///
    /// # Errors
    /// When it may not.
    pub fn own_address(&self, host: &str, port: u16) -> Result<(), Refusal> {
        let everywhere = is_unspecified(host);
        let denied = self.scope.denied.iter().find(|denied| {
            let own = denied.what.address();
            let overlaps = everywhere && own.is_some_and(|own| own.is_loopback());
            denied.what.has(port) && (overlaps || denied.what.is_host(host))
        });
        let what = Endpoint {
            host: host.into(),
            port: (port != 0).then_some(port),
        };
        let subject = self.subject;
        let refused = |message| Refusal {
            access: Access::Net,
            what: what.to_string(),
            message,
        };
        if let Some(denied) = denied {
            return Err(refused(format!(
                "{subject} may not be reached at {host}: {} forbids it; leave that out to let it",
                denied.by
            )));
        }
        // By its text alone: an address for all of the machine's is more than one of them.
        let own = |its: &Endpoint| {
            its.has(port)
                && (its.is_any_host()
                    || (is_unspecified(&its.host) == everywhere) && its.is_host(host))
        };
        match &self.scope.allowed {
            Some(allowed) if !allowed.iter().any(own) => Err(refused(format!(
                "{subject} may not be reached at {host}; --allow-net={what} lets it"
            ))),
            _ => Ok(()),
        }
    }

    /// Whether a socket was given an address, or may be reached at all of them.
    ///
    /// # Errors
    /// When neither is so, or there is no such socket.
    pub fn has_address(&self, handle: Handle, asked: &dyn Host) -> Result<(), Stopped> {
        if self.scope.is_everything() || self.known().bound.contains(&handle) {
            return Ok(());
        }
        asked.call(Request::SocketState { handle })?;
        Ok(self.own_address("0.0.0.0", 0)?)
    }

    /// Whether multicast groups may be joined: a group is no host that could be named.
    ///
    /// # Errors
    /// When they may not.
    pub fn group(&self, group: &str) -> Result<(), Refusal> {
        let subject = self.subject;
        let refused = |message| Refusal {
            access: Access::Net,
            what: "*".into(),
            message,
        };
        let denied = self.scope.denied.iter().find(|its| its.what.is_host(group));
        if let Some(denied) = denied {
            return Err(refused(format!(
                "{subject} may not join the multicast group {group}: {} forbids it; leave that out to let it",
                denied.by
            )));
        }
        let any = |allowed: &Vec<Endpoint>| allowed.contains(&Endpoint::any());
        if self.scope.allowed.as_ref().is_none_or(any) {
            return Ok(());
        }
        Err(refused(format!(
            "{subject} may not join the multicast group {group}; --allow-net=* lets it"
        )))
    }

    /// Keeps which addresses a name has, for the connections to it.
    pub fn learn(&self, host: &str, found: &[String]) {
        let found: Vec<_> = found.iter().filter_map(|text| address(text)).collect();
        let mut known = self.known();
        for its in &found {
            known.names.entry(*its).or_insert_with(|| host.into());
        }
        let allowed = self.scope.allowed.iter().flatten();
        for its in allowed.filter(|its| !its.is_any_host() && its.is_host(host)) {
            known
                .allowed
                .extend(found.iter().map(|address| (*address, its.port)));
        }
    }

    /// A socket has an address of its own from now on.
    pub fn bound(&self, handle: Handle) {
        self.known().bound.insert(handle);
    }

    pub fn closed(&self, handle: Handle) {
        self.known().bound.remove(&handle);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forbidden(&self, host: &str, port: u16, denied: &Denied<Endpoint>) -> Refusal {
        let what = Endpoint::of(host, port).to_string();
        Refusal {
            message: format!(
                "{} may not connect to {what}: {} forbids it; leave that out to let it",
                self.subject, denied.by
            ),
            access: Access::Net,
            what,
        }
    }

    fn unreachable(&self, host: &str, port: u16) -> Refusal {
        // By the name it was looked up for, which says more and stays.
        let name = address(host).and_then(|its| self.known().names.get(&its).cloned());
        let what = Endpoint::of(name.as_deref().unwrap_or(host), port).to_string();
        Refusal {
            message: format!(
                "{} may not connect to {what}; --allow-net={what} lets it",
                self.subject
            ),
            access: Access::Net,
            what,
        }
    }
}

/// Whether what listens at one may be reached at the other: the machine's own addresses within itself are one place.
fn same_place(one: IpAddr, other: IpAddr) -> bool {
    one == other || one.is_loopback() && other.is_loopback()
}

fn is_unspecified(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok_and(|its| its.is_unspecified())
}

fn addresses(asked: &dyn Host, host: &str, port: u16) -> Result<Vec<String>, HostError> {
    match asked.call(Request::Resolve {
        host: host.into(),
        port,
    })? {
        Reply::Addresses(found) => Ok(found),
        _ => Err(unknown(host)),
    }
}

fn unknown(host: &str) -> HostError {
    HostError::new(
        ErrorKind::UnknownHost,
        format!("{host} has no address that this socket can reach"),
    )
}
