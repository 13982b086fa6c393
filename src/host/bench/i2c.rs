//! An I2C bus and its devices.

use std::time::Duration;

use indexmap::IndexMap;

use super::{
    chips::{Access, Chip, Registers},
    error::BenchError,
};

/// Addresses a device may have; the others are reserved by the I2C specification.
pub const ADDRESSES: std::ops::RangeInclusive<u8> = 0x08..=0x77;

/// A chip on a bus.
#[derive(Clone, Debug, PartialEq)]
pub struct I2cDevice {
    pub name: String,
    /// Whether it answers at all.
    pub present: bool,
    pub chip: Chip,
}

impl I2cDevice {
    pub fn new(name: impl Into<String>, chip: Chip) -> Self {
        Self {
            name: name.into(),
            present: true,
            chip,
        }
    }

    /// The same, beginning now with what happens by itself.
    #[must_use]
    pub fn started(mut self, now: Duration) -> Self {
        if let Chip::Thermometer(thermometer) = &mut self.chip
            && let Some(ramp) = thermometer.ramp_mut()
        {
            ramp.start(now);
        }
        self
    }

    /// Plain registers of a byte each, all holding 0xFF.
    pub fn memory(name: impl Into<String>, size: usize) -> Self {
        Self::new(name, Chip::Registers(Registers::new(size, 1, 0xFF)))
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct I2cBus {
    pub name: String,
    /// By their first address.
    pub devices: IndexMap<u8, I2cDevice>,
}

impl I2cBus {
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            devices: IndexMap::new(),
        }
    }

    /// The addresses that answer, lowest first.
    pub fn scan(&self, now: Duration) -> Vec<u8> {
        let mut found: Vec<_> = self
            .devices
            .iter()
            .filter(|(_, device)| device.present && device.chip.answers(now))
            .flat_map(|(address, device)| *address..address.saturating_add(device.chip.addresses()))
            .collect();
        found.sort_unstable();
        found
    }

    /// The first address of the device that has this one, there or not.
    pub fn owner(&self, address: u8) -> Option<u8> {
        let has = |(first, device): &(&u8, &I2cDevice)| {
            (**first..first.saturating_add(device.chip.addresses())).contains(&address)
        };
        self.devices.iter().find(has).map(|(first, _)| *first)
    }

    /// The first address of a chip at this one that is taken already.
    pub fn clash(&self, address: u8, chip: &Chip) -> Option<u8> {
        (address..address.saturating_add(chip.addresses()))
            .find(|address| self.owner(*address).is_some())
    }

    /// The chip that acknowledges this address, and which of its addresses that is.
    ///
    /// # Errors
    /// `NAK` when nobody does.
    pub fn chip(&mut self, address: u8, now: Duration) -> Result<(u8, &mut Chip), BenchError> {
        let owner = self.owner(address);
        let device = owner.and_then(|first| Some((first, self.devices.get_mut(&first)?)));
        match device {
            Some((first, device)) if device.present && device.chip.answers(now) => {
                Ok((address - first, &mut device.chip))
            }
            _ => Err(BenchError::NoAcknowledge {
                bus: self.name.clone(),
                address,
            }),
        }
    }

    /// Sends bytes to a device; `stops` when nothing is read in the same transfer.
    ///
    /// # Errors
    /// `NAK` when nobody answers at the address, or the device takes no data.
    pub fn send(
        &mut self,
        address: u8,
        data: &[u8],
        stops: bool,
        now: Duration,
    ) -> Result<(), BenchError> {
        let (block, chip) = self.chip(address, now)?;
        if chip.write(data, Access { block, stops, now }) {
            return Ok(());
        }
        Err(BenchError::WriteRefused {
            bus: self.name.clone(),
            address,
        })
    }
}
