//! Who answers where: the names and addresses of the agent and of the devices beside it.

use std::net::IpAddr;

use super::{
    address::{AgentAddress, DEFAULT_PORT},
    network::NetworkError,
    station::Station,
};

/// Every address at which something answers.
#[derive(Debug)]
pub struct Hosts {
    agent: Vec<AgentAddress>,
    /// Where other devices answer, those of `sockets`.
    devices: Vec<AgentAddress>,
}

/// Who answers at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answering {
    Agent,
    /// A device, by its address.
    Device(String),
}

impl Hosts {
    /// The agent at these addresses and at those of its station; the devices of the station.
    pub fn new(addresses: impl IntoIterator<Item = (String, u16)>, station: &Station) -> Self {
        let mut agent: Vec<AgentAddress> = Vec::new();
        for address in addresses
            .into_iter()
            .map(|(host, port)| AgentAddress::new(&host, port))
            .chain(station.addresses.clone())
        {
            if !agent.contains(&address) {
                agent.push(address);
            }
        }
        let devices = station.equipment.sockets.keys();
        let devices = devices.filter_map(|address| address.parse().ok()).collect();
        Self { agent, devices }
    }

    fn everywhere(&self) -> impl Iterator<Item = &AgentAddress> {
        self.agent.iter().chain(&self.devices)
    }

    /// The hosts that have a name, each once; its place gives its IP address.
    fn names(&self) -> impl Iterator<Item = &str> {
        let hosts = self.everywhere().map(|address| address.host.as_str());
        let first = |(at, host): &(usize, &str)| {
            !self
                .everywhere()
                .take(*at)
                .any(|address| address.host == *host)
        };
        let named = |host: &str| host != "localhost" && host.parse::<IpAddr>().is_err();
        hosts
            .enumerate()
            .filter(first)
            .map(|(_, host)| host)
            .filter(move |host| named(host))
    }

    fn known(&self) -> String {
        let addresses: Vec<_> = self.everywhere().map(ToString::to_string).collect();
        if addresses.is_empty() {
            "no address at all".into()
        } else {
            addresses.join(", ")
        }
    }

    /// The IP address of a host; an IP address is its own. `port` is for the message only, 0 when unknown.
    ///
    /// # Errors
    /// When nobody has this name.
    pub fn resolve(&self, host: &str, port: u16) -> Result<String, NetworkError> {
        let host = AgentAddress::new(host, 0).host;
        if host.parse::<IpAddr>().is_ok() {
            return Ok(host);
        }
        if host == "localhost" {
            return Ok("127.0.0.1".into());
        }
        let known = self.names().position(|known| known == host).and_then(ip_of);
        known.ok_or_else(|| NetworkError::UnknownHost {
            asked: host,
            port: if port == 0 { DEFAULT_PORT } else { port },
            known: self.known(),
        })
    }

    /// Who answers at a host name or an IP address.
    ///
    /// # Errors
    /// When nobody does.
    pub fn find(&self, host: &str, port: u16) -> Result<Answering, NetworkError> {
        let asked = AgentAddress::new(host, port);
        let name = self
            .names()
            .enumerate()
            .find(|(at, _)| ip_of(*at).as_ref() == Some(&asked.host))
            .map(|(_, name)| name);
        let asked = AgentAddress {
            host: name.map_or(asked.host, String::from),
            port,
        };
        let is_local = |host: &str| ["localhost", "127.0.0.1", "::1"].contains(&host);
        let local = is_local(&asked.host);
        let answers = |address: &AgentAddress| *address == asked || (local && address.port == port);
        if self.agent.iter().any(answers) {
            return Ok(Answering::Agent);
        }
        let here = |device: &&AgentAddress| {
            **device == asked || (local && device.port == port && is_local(&device.host))
        };
        let device = self.devices.iter().find(here);
        let device = device.ok_or_else(|| NetworkError::NoSuchAddress {
            asked: asked.to_string(),
            known: self.known(),
        })?;
        Ok(Answering::Device(device.to_string()))
    }
}

/// The address a host gets by its place, from a block that RFC 5737 keeps free for documentation.
fn ip_of(place: usize) -> Option<String> {
    let last = u8::try_from(place).ok()?.checked_add(1)?;
    Some(format!("192.0.2.{last}"))
}
