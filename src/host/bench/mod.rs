//! The simulated bench: an Accordion agent inside the program, for runs without hardware (docs/bench.md).
//!
//! `file` reads bench.yaml into a `Station`; a `Bench` is a station at work; `Agent` answers HTTP requests about it; `BenchNetwork`
//! speaks HTTP's bytes over connections that never leave the program; `SimulatedBench` puts these before test code as a `Host`.

mod address;
mod agent;
#[expect(
    clippy::module_inception,
    reason = "the file bears the name of what it defines"
)]
mod bench;
mod channel;
mod channel_type;
mod direction;
mod error;
mod fault;
mod file;
mod form;
mod framing;
mod host;
mod i2c;
mod module;
mod network;
mod pin;
mod sockets;
mod station;
mod wiring;

pub use address::{AddressError, AgentAddress, DEFAULT_PORT};
pub use agent::Agent;
pub use bench::{Bench, ChannelChange, Reading};
pub use channel::{Channel, Source};
pub use channel_type::ChannelType;
pub use direction::Direction;
pub use error::BenchError;
pub use fault::{AgentFault, FaultKind};
pub use file::read;
pub use host::SimulatedBench;
pub use i2c::{I2cBus, I2cDevice};
pub use module::{Module, ModuleAddress, ModuleChange, ModuleDevice, ModuleSettings};
pub use network::{BenchNetwork, ConnectionId, NetworkError, Received};
pub use pin::Pin;
pub use station::{Application, Hardware, Station, default_station};
pub use wiring::Wiring;
