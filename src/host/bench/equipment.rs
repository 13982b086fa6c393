//! What a station has beside channels, I2C buses and modules: the far ends of its other buses, sampling, tables, files.

use indexmap::IndexMap;

use super::{
    calibration::CalibrationTable, peer::Peer, sampler::Sampler, shelf::Shelf, spi::SpiDevice,
};

/// What is by name is by net name, and has a channel of that name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Equipment {
    pub spi: IndexMap<String, SpiDevice>,
    pub uarts: IndexMap<String, Peer>,
    /// By `host:port`.
    pub sockets: IndexMap<String, Peer>,
    pub samplers: IndexMap<String, Sampler>,
    pub calibrations: IndexMap<String, CalibrationTable>,
    pub media: Shelf,
    pub config: Shelf,
    /// The config files that are loaded, in that order.
    pub loaded: Vec<String>,
    pub apps: Vec<App>,
    /// The most bytes a transfer on this I2C or SPI bus receives.
    pub short_reads: IndexMap<String, usize>,
}

/// Where a peer is: at a serial port by its net name, or at a `host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FarEnd {
    Uart(String),
    Socket(String),
}

/// An application and its licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    pub name: String,
    pub key: String,
    /// As text, as the agent gives it.
    pub expires: String,
    /// `Unknown`, `SoftwareModule` or `HardwareModule`.
    pub kind: &'static str,
    pub licensed: bool,
}

impl Equipment {
    /// Puts back what a restart of the application puts back: `initial` is how it started. What is stored in files, tables and
    /// devices stays.
    pub fn reset(&mut self, initial: &Self) {
        for sampler in self.samplers.values_mut() {
            sampler.result = None;
        }
        self.loaded.clone_from(&initial.loaded);
    }

    /// What is at this end of a line.
    pub fn peer_mut(&mut self, end: &FarEnd) -> Option<&mut Peer> {
        match end {
            FarEnd::Uart(name) => self.uarts.get_mut(name),
            FarEnd::Socket(address) => self.sockets.get_mut(address),
        }
    }

    /// Whatever is at the end of a line.
    pub fn peers(&self) -> impl Iterator<Item = (FarEnd, &Peer)> {
        let uarts = self.uarts.iter();
        let uarts = uarts.map(|(name, peer)| (FarEnd::Uart(name.clone()), peer));
        let sockets = self.sockets.iter();
        uarts.chain(sockets.map(|(address, peer)| (FarEnd::Socket(address.clone()), peer)))
    }

    /// Cuts off what a bus with the fault `short_reads` does not deliver.
    pub fn shorten(&self, bus: &str, received: &mut Vec<u8>) {
        if let Some(most) = self.short_reads.get(bus) {
            received.truncate(*most);
        }
    }
}
