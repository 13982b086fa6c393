//! Hosts and ports that may be reached, and addresses where code may be.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{Access, Denied, Refusal, Resolver, Scope, Subject, judge::Stopped};
use crate::{
    endpoint::{Endpoint, address},
    host::{ErrorKind, Family, Handle, Host, HostError, Reply, Request},
};

/// How long an address counts as that of a name.
const FRESH: Duration = Duration::from_secs(30);

/// The permissions that are about the network. Names and addresses are compared by what the names stand for: what is denied by its name cannot be
/// reached by its address, nor the other way round.
pub struct Reach {
    subject: Subject,
    scope: Scope<Endpoint>,
    resolver: Resolver,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// Addresses that an allowed name turned out to have, with its port.
    allowed: BTreeSet<(IpAddr, Option<u16>)>,
    /// Names of the permissions that were looked up, with their addresses, and when.
    looked_up: BTreeMap<String, (Instant, Vec<IpAddr>)>,
    /// Which name an address was looked up for.
    names: BTreeMap<IpAddr, String>,
    /// Sockets with an address of their own.
    bound: BTreeSet<Handle>,
}

impl Reach {
    pub fn new(scope: Scope<Endpoint>, subject: Subject, resolver: Resolver) -> Self {
        Self {
            subject,
            scope,
            resolver,
            known: Mutex::default(),
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
        if let Some(its) = address(host) {
            self.check_address(its, host, port)?;
            return match self.allows(host, its, port)? {
                true => Ok(None),
                false => Err(self.unreachable(host, port).into()),
            };
        }
        let by_name = |allowed: &Vec<Endpoint>| allowed.iter().any(|its| its.is(host, port));
        if !self.scope.allowed.as_ref().is_none_or(by_name) {
            return Err(self.unreachable(host, port).into());
        }
        match (self.scope.denied.is_empty(), &self.resolver) {
            // Where nobody can be asked, there is nobody else to be reached.
            (true, _) | (_, None) => Ok(None),
            (false, Some(resolver)) => {
                let resolver = resolver.clone();
                self.looked_up(host, port, handle, asked, &*resolver)
                    .map(Some)
            }
        }
    }

    /// The address of a name that a socket can connect to, when none of the name's addresses is denied.
    fn looked_up(
        &self,
        host: &str,
        port: u16,
        handle: Handle,
        asked: &dyn Host,
        resolver: &dyn Host,
    ) -> Result<String, Stopped> {
        let found = addresses(resolver, host, port)?;
        for its in found.iter().filter_map(|text| address(text)) {
            self.check_address(its, host, port)?;
        }
        let Reply::Socket(state) = asked.call(Request::SocketState { handle })? else {
            return Err(unknown(host).into());
        };
        let fits = |text: &String| (state.family == Family::V6) == text.contains(':');
        let found = found.into_iter().find(fits);
        found.ok_or_else(|| unknown(host).into())
    }

    fn check_address(&self, its: IpAddr, host: &str, port: u16) -> Result<(), Stopped> {
        for denied in self.scope.denied.iter().filter(|its| its.what.has(port)) {
            if self.stands_for(&denied.what, its)? {
                return Err(self.forbidden(host, port, denied).into());
            }
        }
        Ok(())
    }

    /// Whether what was denied is reached at an address.
    fn stands_for(&self, named: &Endpoint, its: IpAddr) -> Result<bool, HostError> {
        if let Some(own) = named.address() {
            return Ok(same_place(own, its));
        }
        if named.is_any_host() {
            return Ok(true);
        }
        let own = self.addresses_of(&named.host)?;
        Ok(own.into_iter().any(|own| same_place(own, its)))
    }

    /// The addresses that a name of the permissions has now; none when nobody knows it.
    fn addresses_of(&self, name: &str) -> Result<Vec<IpAddr>, HostError> {
        let Some(resolver) = &self.resolver else {
            return Ok(Vec::new());
        };
        if let Some((when, found)) = self.known().looked_up.get(name)
            && when.elapsed() < FRESH
        {
            return Ok(found.clone());
        }
        let found = match addresses(&**resolver, name, 0) {
            Ok(found) => found.iter().filter_map(|text| address(text)).collect(),
            Err(error) if error.kind == ErrorKind::UnknownHost => Vec::new(),
            Err(error) => return Err(error),
        };
        let entry = (Instant::now(), found.clone());
        self.known().looked_up.insert(name.into(), entry);
        Ok(found)
    }

    fn denies(&self, host: &str, port: u16) -> Option<&Denied<Endpoint>> {
        self.scope
            .denied
            .iter()
            .find(|denied| denied.what.is(host, port))
    }

    fn allows(&self, host: &str, its: IpAddr, port: u16) -> Result<bool, HostError> {
        let Some(allowed) = &self.scope.allowed else {
            return Ok(true);
        };
        if allowed.iter().any(|own| own.is(host, port)) || self.knows(its, port) {
            return Ok(true);
        }
        // What is allowed by name may be reached by its address.
        for own in allowed.iter().filter(|own| own.has(port)) {
            if own.address().is_none() && self.addresses_of(&own.host)?.contains(&its) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn knows(&self, its: IpAddr, port: u16) -> bool {
        let known = self.known();
        known.allowed.contains(&(its, Some(port))) || known.allowed.contains(&(its, None))
    }

    /// Whether code may be reached at an address of the machine.
    ///
    /// # Errors
    /// When it may not.
    pub fn own_address(&self, host: &str, port: u16) -> Result<(), Stopped> {
        let everywhere = is_unspecified(host);
        let own: Vec<IpAddr> = match (host.parse::<IpAddr>(), &self.resolver) {
            (Ok(own), _) => vec![own.to_canonical()],
            (Err(_), Some(resolver)) if !self.scope.is_everything() => {
                let found = addresses(&**resolver, host, port)?;
                found.iter().filter_map(|text| address(text)).collect()
            }
            _ => Vec::new(),
        };
        let mut denied = None;
        for its in self.scope.denied.iter().filter(|its| its.what.has(port)) {
            let mut overlaps = its.what.is_host(host);
            for own in &own {
                let own = match own.is_unspecified() {
                    // Of all addresses the one within the machine is one.
                    true => std::net::Ipv4Addr::LOCALHOST.into(),
                    false => *own,
                };
                overlaps |= self.stands_for(&its.what, own)?;
            }
            if overlaps {
                denied = Some(its);
                break;
            }
        }
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
            ))
            .into());
        }
        // By its text alone: an address for all of the machine's is more than one of them.
        let own = |its: &Endpoint| {
            let named = || {
                let mut own = own.iter();
                own.any(|own| its.address().is_some_and(|its| its == *own))
            };
            its.has(port)
                && (its.is_any_host()
                    || is_unspecified(&its.host) == everywhere && (its.is_host(host) || named()))
        };
        match &self.scope.allowed {
            Some(allowed) if !allowed.iter().any(own) => Err(refused(format!(
                "{subject} may not be reached at {host}; --allow-net={what} lets it"
            ))
            .into()),
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
        self.own_address("0.0.0.0", 0)
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

    /// A socket has a second handle.
    pub fn duplicated(&self, handle: Handle, second: Handle) {
        let mut known = self.known();
        if known.bound.contains(&handle) {
            known.bound.insert(second);
        }
    }

    pub fn closed(&self, handle: Handle) {
        self.known().bound.remove(&handle);
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn forbidden(&self, host: &str, port: u16, denied: &Denied<Endpoint>) -> Refusal {
        let what = endpoint(host, port);
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
        let what = endpoint(name.as_deref().unwrap_or(host), port);
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

/// As a switch takes it; who only looks a name up has no port in mind.
fn endpoint(host: &str, port: u16) -> String {
    let mut endpoint = Endpoint::of(host, port);
    endpoint.port = endpoint.port.filter(|port| *port != 0);
    endpoint.to_string()
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
