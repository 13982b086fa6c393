//! bench.yaml as a whole, and the agent on it.

use indexmap::IndexMap;
use schemars::JsonSchema;

use super::{
    super::{
        value::{Flag, Name, Text, Whole},
        word::AgentStatus,
    },
    buses::{I2cBus, Line, Socket, SpiBus},
    channels::{Pins, Resource},
    equipment::{App, Calibration, ConfigFile, Instrument, MediaFile, NumericResult},
    faults::{Faults, Wire},
    modules::Module,
};

/// The simulated bench of a package, for rehearse run --simulate and rehearse agent. What is not named is as in the default station.
#[derive(JsonSchema)]
#[schemars(title = "bench.yaml of Rehearsal", deny_unknown_fields)]
#[schemars(extend("type" = ["object", "null"]))]
pub struct Bench {
    /// Where all noise begins: another seed, other noise. Default: 0.
    #[schemars(extend("default" = 0))]
    pub seed: Option<Whole<0, { u64::MAX }>>,
    /// Where the agent answers beside the address in cfg.AGENT_HOST, each as HOST:PORT.
    #[schemars(extend("examples" = [["agent72.local:5000"]]))]
    pub addresses: Option<Vec<Text>>,
    /// The agent itself.
    pub agent: Option<Agent>,
    /// Boards beside the base module; one with index 0 replaces it.
    pub hardware: Option<Vec<Board>>,
    /// Channels: name and value, or name and a map.
    pub resources: Option<IndexMap<String, Resource>>,
    /// I2C buses by name, and the devices on them.
    pub i2c: Option<IndexMap<String, Option<I2cBus>>>,
    /// SPI buses by name, and the device on each.
    pub spi: Option<IndexMap<String, Option<SpiBus>>>,
    /// Serial ports by name, and what is at the other end.
    pub uart: Option<IndexMap<String, Option<Line>>>,
    /// TCP connections by HOST:PORT, and what is at the other end.
    pub sockets: Option<IndexMap<String, Socket>>,
    /// Multi-purpose I/O channels, 0 to 5 V.
    pub mpio: Option<Vec<Pins>>,
    /// What the agent can load.
    pub modules: Option<Vec<Module>>,
    /// NumericResult channels by name, and what they sample.
    pub numeric_results: Option<IndexMap<String, NumericResult>>,
    /// Instruments by the names of their channels.
    pub instruments: Option<IndexMap<String, Instrument>>,
    /// Calibration channels by name, and their tables.
    pub calibration: Option<IndexMap<String, Calibration>>,
    /// Applications of the agent.
    pub apps: Option<Vec<App>>,
    /// Media files of the agent: name and text, or name and a map.
    pub media: Option<IndexMap<String, MediaFile>>,
    /// Config files of the agent: name and text, or name and a map.
    pub config: Option<IndexMap<String, ConfigFile>>,
    /// How the board is wired: lists of MPIO channels that are joined. Of several that drive one net the lowest voltage wins.
    pub nets: Option<Vec<Wire>>,
    /// What is wrong with the board and the agent, on purpose.
    pub faults: Option<Faults>,
}

/// The agent itself.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Agent {
    /// Name of its application. Default: Accordion Q2 (simulated).
    pub name: Option<Name>,
    /// Its identification. Default: Rehearsal simulated bench.
    pub identification: Option<Name>,
    /// Its status. Default: OK.
    #[schemars(extend("default" = "OK"))]
    pub status: Option<AgentStatus>,
    /// Whether it has its hardware; without it most requests are answered 503. Default: true.
    #[schemars(extend("default" = true))]
    pub connected: Option<Flag>,
    /// The reason it gives with its connection's status. Default: none.
    pub last_error: Option<Text>,
}

/// A board the physical system lists.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Board {
    /// Its place, 0 to 255; 0 is the base module.
    pub index: Whole<0, 255>,
    /// What it is called.
    pub name: Name,
    /// Its product.
    pub product_id: Name,
    /// Revision of the product. Default: 0.
    #[schemars(extend("default" = 0))]
    pub revision: Option<Whole<0, 9999>>,
    /// Its serial number. Default: empty.
    pub serial_number: Option<Text>,
}
