//! Transfers on I2C buses.

use super::{
    bench::Bench,
    channel_type::ChannelType,
    chips::{Chip, Thermometer},
    error::BenchError,
    i2c::I2cBus,
};

impl Bench {
    /// The addresses on a bus that answer, lowest first.
    ///
    /// # Errors
    /// When there is no bus of this net name.
    pub(super) fn scan(&mut self, bus: &str) -> Result<Vec<u8>, BenchError> {
        let now = self.now;
        Ok(self.bus(bus)?.scan(now))
    }

    /// Sends bytes to a device, then reads `count` bytes.
    ///
    /// # Errors
    /// `NAK` when nobody answers at the address, or the device takes no data; when there is no bus of this net name.
    pub(super) fn transfer(
        &mut self,
        bus: &str,
        address: u8,
        send: Option<&[u8]>,
        count: Option<usize>,
    ) -> Result<Vec<u8>, BenchError> {
        let now = self.now;
        let (_, chip) = self.bus(bus)?.chip(address, now)?;
        let falls_asleep = match (&chip, send) {
            (Chip::Thermometer(thermometer), Some(data)) => thermometer.falls_asleep(data),
            _ => false,
        };
        if falls_asleep {
            self.measure(bus, address)?;
        }
        if let Some(data) = send {
            self.bus(bus)?.send(address, data, count.is_none(), now)?;
            self.cache.clear();
            self.follow();
        }
        let Some(count) = count else {
            return Ok(Vec::new());
        };
        self.sense(bus, address)?;
        let (_, chip) = self.bus(bus)?.chip(address, now)?;
        Ok(chip.read(count))
    }

    /// Tells a chip what there is for it to see.
    fn sense(&mut self, bus: &str, address: u8) -> Result<(), BenchError> {
        let now = self.now;
        let (_, chip) = self.bus(bus)?.chip(address, now)?;
        match chip {
            Chip::Registers(_) | Chip::Eeprom(_) => {}
            Chip::Thermometer(thermometer) => {
                if thermometer.measures() {
                    self.measure(bus, address)?;
                }
            }
            Chip::Expander(expander) => {
                let seen = expander.clone();
                let levels: Vec<bool> = (0..seen.pins())
                    .map(|pin| self.level_at(&seen, pin))
                    .collect();
                if let (_, Chip::Expander(expander)) = self.bus(bus)?.chip(address, now)? {
                    expander.sense(|pin| levels.get(usize::from(pin)).copied().unwrap_or_default());
                }
            }
        }
        Ok(())
    }

    /// Has a sensor measure.
    fn measure(&mut self, bus: &str, address: u8) -> Result<(), BenchError> {
        let now = self.now;
        let (_, Chip::Thermometer(thermometer)) = self.bus(bus)?.chip(address, now)? else {
            return Ok(());
        };
        let sensor = thermometer.clone();
        // Of a channel that is not there it keeps what it knows.
        if let (Some(celsius), (_, Chip::Thermometer(thermometer))) = (
            self.temperature_at(&sensor),
            self.bus(bus)?.chip(address, now)?,
        ) {
            thermometer.measure(celsius);
        }
        Ok(())
    }

    /// The temperature where a sensor is, in °C; none while its channel is not there.
    fn temperature_at(&self, sensor: &Thermometer) -> Option<f64> {
        match sensor.temperature(self.now) {
            Ok(celsius) => Some(celsius),
            Err(channel) => self.number(channel),
        }
    }

    /// Has each sensor that knows no temperature yet take one.
    pub(super) fn begin_measuring(&mut self) {
        let mut found = Vec::new();
        for (bus, on_it) in &self.buses {
            for (address, device) in &on_it.devices {
                if let Chip::Thermometer(sensor) = &device.chip
                    && sensor.is_new()
                    && let Some(celsius) = self.temperature_at(sensor)
                {
                    found.push((bus.clone(), *address, celsius));
                }
            }
        }
        for (bus, address, celsius) in found {
            let bus = self.buses.get_mut(&bus);
            let device = bus.and_then(|bus| bus.devices.get_mut(&address));
            if let Some(Chip::Thermometer(sensor)) = device.map(|device| &mut device.chip) {
                sensor.begin(celsius);
            }
        }
    }

    fn bus(&mut self, net_name: &str) -> Result<&mut I2cBus, BenchError> {
        let bus = self.buses.get_mut(net_name);
        bus.ok_or_else(|| BenchError::UnknownDevice {
            kind: ChannelType::I2C,
            name: net_name.into(),
        })
    }
}
