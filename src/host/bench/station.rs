//! What a simulated station consists of, before anything has happened to it.

use indexmap::IndexMap;
use serde_json::json;

use super::{
    address::AgentAddress,
    calibration::{CalibrationRow, CalibrationTable},
    channel::Channel,
    channel_type::ChannelType,
    equipment::{App, Equipment},
    fault::AgentFault,
    i2c::{I2cBus, I2cDevice},
    module::{Module, ModuleSettings},
    peer::Peer,
    sampler::{Sampler, Signal},
    spi::{SpiDevice, SpiKind},
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
    pub equipment: Equipment,
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
            equipment: Equipment::default(),
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
            .or_insert_with(|| Channel::valueless(name, ChannelType::I2C));
        self.buses
            .entry(name.into())
            .or_insert_with(|| I2cBus::new(name))
    }

    /// Adds a SPI bus with its device.
    pub fn add_spi(&mut self, name: &str, device: SpiDevice) {
        self.valueless(name, ChannelType::SPI);
        self.equipment.spi.insert(name.into(), device);
    }

    /// Adds a serial port with what is at its other end.
    pub fn add_uart(&mut self, name: &str, peer: Peer) {
        let channel = self.valueless(name, ChannelType::UART);
        let details = json!({"baudrate": 9600, "busType": "RS232", "terminationByte": "0A"});
        *channel = channel.clone().details(details);
        self.equipment.uarts.insert(name.into(), peer);
    }

    /// Adds a channel that samples others.
    pub fn add_sampler(&mut self, name: &str, sampler: Sampler) {
        let channel = self.valueless(name, ChannelType::NUMERIC_RESULT);
        let targets: Vec<_> = sampler.targets.keys().collect();
        let details = json!({
            "targetNetName": targets.first().map_or("", |name| name.as_str()),
            "possibleTargetNames": targets,
            "numberOfSamples": sampler.default_samples,
            "sampleRate": sampler.sample_rate,
            "reducedSet": true,
            "multiChannel": false,
        });
        *channel = channel.clone().details(details);
        self.equipment.samplers.insert(name.into(), sampler);
    }

    /// Adds a calibration channel with its table.
    pub fn add_calibration(&mut self, name: &str, table: CalibrationTable) {
        self.valueless(name, ChannelType::CALIBRATION);
        self.equipment.calibrations.insert(name.into(), table);
    }

    /// Adds an instrument: its name, its type, and the channel behind each of its capabilities.
    pub fn add_instrument(
        &mut self,
        net_name: &str,
        name: &str,
        kind: &str,
        functions: &IndexMap<String, String>,
    ) {
        let details =
            json!({"instrumentName": name, "instrumentType": kind, "functionMap": functions});
        let channel = self.valueless(net_name, ChannelType::INSTRUMENT);
        *channel = channel.clone().details(details);
    }

    /// The channel of this name, made without a value if there is none.
    pub fn valueless(&mut self, name: &str, kind: ChannelType) -> &mut Channel {
        self.channels
            .entry(name.into())
            .or_insert_with(|| Channel::valueless(name, kind))
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
        .insert(0x50, I2cDevice::memory("EEPROM", 256));
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
    equip(&mut station);
    station
}

/// One small thing for each group of the web API.
fn equip(station: &mut Station) {
    let rail = "0.1.ESH10000158.MON_3V3";
    station.add_uart("0.1.ESH10000158.UART1", Peer::echo());
    station.add_spi("0.1.ESH10000158.SPI1", SpiDevice::new(SpiKind::Echo, 0xFF));
    station.valueless("Engine.Socket", ChannelType::SOCKET);
    let scpi = IndexMap::from([(b"*IDN?".to_vec(), b"Rehearsal,Simulated,0,1\n".to_vec())]);
    let device = Peer::answering(scpi);
    station
        .equipment
        .sockets
        .insert("instrument.local:5025".into(), device);
    station.add_sampler(
        "0.1.ESH10000158.NUMERIC_RESULT",
        Sampler {
            targets: IndexMap::from([(rail.into(), Signal::default())]),
            sample_rate: 100_000,
            default_samples: 1000,
            result: None,
        },
    );
    station.add_calibration(
        "0.1.ESH10000158.CALIBRATION",
        CalibrationTable {
            product_id: "ESH10000158".into(),
            revision: "1".into(),
            serial_number: "SIM-0001".into(),
            rows: IndexMap::from([("MON_3V3".into(), CalibrationRow::default())]),
        },
    );
    station.add_instrument(
        "0.1.ESH10000158.VOLTMETER",
        "Rail monitor",
        "Voltmeter",
        &IndexMap::from([("VOLTAGE".into(), rail.into())]),
    );
    let equipment = &mut station.equipment;
    // Neither can fail: the names are file names, and there is room.
    let _ = equipment
        .config
        .put("default.config", b"The simulated station as it starts.\n");
    let _ = equipment
        .media
        .put("hello.txt", b"Hello from the simulated bench.\n");
    equipment.loaded.push("default.config".into());
    equipment.apps.push(App {
        name: "Simulated bench".into(),
        key: "SIM-0001".into(),
        expires: "9999-12-31".into(),
        kind: "SoftwareModule",
        licensed: true,
    });
}
