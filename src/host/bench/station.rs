//! What a simulated station consists of, before anything has happened to it.

use indexmap::IndexMap;

use super::{
    address::AgentAddress,
    channel::Channel,
    channel_type::ChannelType,
    fault::AgentFault,
    i2c::{I2cBus, I2cDevice},
    module::{Module, ModuleSettings},
    wiring::Wiring,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Station {
    /// Where the agent answers, beside the address the run is configured with.
    pub addresses: Vec<AgentAddress>,
    pub application: Application,
    pub hardware: Vec<Hardware>,
    /// By net name.
    pub channels: IndexMap<String, Channel>,
    /// By net name; each has a channel, too.
    pub buses: IndexMap<String, I2cBus>,
    /// By name.
    pub modules: IndexMap<String, Module>,
    pub wiring: Wiring,
    pub fault: Option<AgentFault>,
}

/// What the agent says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub name: String,
    pub identification: String,
    pub status: String,
    /// Whether it has its hardware.
    pub connected: bool,
    pub last_error: Option<String>,
}

/// A board of the physical system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hardware {
    pub index: u32,
    pub name: String,
    pub product_id: String,
    pub revision: u32,
    pub serial_number: String,
}

impl Default for Application {
    fn default() -> Self {
        Self {
            name: "Accordion Q2 (simulated)".into(),
            identification: "Rehearsal simulated bench".into(),
            status: "OK".into(),
            connected: true,
            last_error: None,
        }
    }
}

impl Station {
    /// A station with nothing on it.
    pub fn empty() -> Self {
        Self {
            addresses: Vec::new(),
            application: Application::default(),
            hardware: Vec::new(),
            channels: IndexMap::new(),
            buses: IndexMap::new(),
            modules: IndexMap::new(),
            wiring: Wiring::default(),
            fault: None,
        }
    }

    /// Adds a channel, in place of one of the same name.
    pub fn add_channel(&mut self, channel: Channel) {
        self.channels.insert(channel.net_name.clone(), channel);
    }

    /// The bus of this name, made if there is none.
    pub fn bus(&mut self, name: &str) -> &mut I2cBus {
        self.channels
            .entry(name.into())
            .or_insert_with(|| Channel::bus(name));
        self.buses
            .entry(name.into())
            .or_insert_with(|| I2cBus::new(name))
    }

    /// Adds a module, in place of one of the same name.
    pub fn add_module(&mut self, module: Module) {
        self.modules.insert(module.settings.name.clone(), module);
    }
}

/// The station there is without a bench.yaml, and the one a bench.yaml adds to (docs/bench.md).
pub fn default_station() -> Station {
    let mut station = Station::empty();
    station.hardware.push(Hardware {
        index: 0,
        name: "AGENT Q2 Base".into(),
        product_id: "ESH10000158".into(),
        revision: 1,
        serial_number: "SIM-0001".into(),
    });
    station.add_channel(
        Channel::stored("0.1.ESH10000158.MON_3V3", ChannelType::ANALOG, "3.301")
            .unit("V")
            .alias("MON_3V3")
            .read_only(),
    );
    station.add_channel(Channel::uptime("Engine.Uptime"));
    station.add_channel(
        Channel::stored(
            "Engine.FirmwareRev",
            ChannelType::REGISTER,
            "6.0.0-simulated",
        )
        .read_only(),
    );
    station
        .bus("0.ESH10000023.I2C09")
        .devices
        .insert(0x50, I2cDevice::new(256, 1, 0xFF).named("EEPROM"));
    let mut regulator = Module::new(ModuleSettings {
        class_name: "TempRegulator".into(),
        ..ModuleSettings::new("TempRegulator")
    });
    regulator.loaded = true;
    regulator.channels.push(
        Channel::stored("CPU_TEMP", ChannelType::TEMPERATURE, "41.5")
            .unit("°C")
            .read_only(),
    );
    station.add_module(regulator);
    station
}
