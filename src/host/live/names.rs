//! Looking up host names, on a thread of its own where that may block.

use std::{
    io,
    net::{IpAddr, SocketAddr, SocketAddrV6, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::Instant,
};

use rehearsal_python::interrupt::Interrupt;

use super::error::{from_io, interrupted, timed_out};
use crate::host::{Address, ErrorKind, Family, HostError};

/// All addresses of a host. A lookup that outlives its time, or the run, is left behind with its thread.
///
/// # Errors
/// `UnknownHost`, `TimedOut`, `Interrupted`.
pub fn resolve(
    host: &str,
    port: u16,
    until: Option<Instant>,
    interrupt: &Interrupt,
) -> Result<Vec<SocketAddr>, HostError> {
    if let Some(address) = numeric(host, port) {
        return Ok(vec![address]);
    }
    if interrupt.pending() {
        return Err(interrupted());
    }
    let (sender, receiver) = mpsc::channel();
    let waker = sender.clone();
    let waking = interrupt.on_raise(move || drop(waker.send(None)));
    let name = host.to_owned();
    thread::Builder::new()
        .name("network".into())
        .spawn(move || {
            let found = (name.as_str(), port).to_socket_addrs();
            sender.send(Some(found.map(Vec::from_iter)))
        })
        .map_err(|error| from_io(&error))?;
    let answer = match until {
        Some(until) => receiver
            .recv_timeout(until.saturating_duration_since(Instant::now()))
            .ok(),
        None => receiver.recv().ok(),
    };
    drop(waking);
    match answer {
        Some(Some(Ok(found))) if !found.is_empty() => Ok(found),
        // The operating systems report an unknown name each in a way of its own.
        Some(Some(_)) => Err(unknown()),
        Some(None) => Err(interrupted()),
        None => Err(timed_out()),
    }
}

/// The first address of a host that a socket of this family can use.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_one(
    host: &str,
    port: u16,
    family: Family,
    until: Option<Instant>,
    interrupt: &Interrupt,
) -> Result<SocketAddr, HostError> {
    resolve(host, port, until, interrupt)?
        .into_iter()
        .find(|address| address.is_ipv6() == (family == Family::V6))
        .ok_or_else(unknown)
}

fn unknown() -> HostError {
    HostError::new(ErrorKind::UnknownHost, "Name or service not known")
}

fn numeric(host: &str, port: u16) -> Option<SocketAddr> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Some((ip, port).into());
    }
    let zoned = format!("[{host}]:{port}").parse::<SocketAddrV6>();
    zoned.ok().map(SocketAddr::V6)
}

/// An address as test code sees it.
pub fn shown(address: SocketAddr) -> Address {
    let ip = match address {
        SocketAddr::V6(six) if six.scope_id() != 0 => format!("{}%{}", six.ip(), six.scope_id()),
        _ => address.ip().to_string(),
    };
    Address {
        ip,
        port: address.port(),
    }
}

/// The address, or nothing for one end of a pair.
///
/// # Errors
/// The operating system's.
pub fn shown_or_empty(address: io::Result<socket2::SockAddr>) -> io::Result<Address> {
    Ok(address?.as_socket().map(shown).unwrap_or_default())
}
