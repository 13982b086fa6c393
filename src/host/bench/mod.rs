//! The simulated bench: an Accordion agent inside the program, for runs without hardware (docs/bench.md).
//!
//! `file` reads bench.yaml into a `Station`; a `Bench` is a station at work; `Agent` answers HTTP requests about it, and `FaultyAgent`
//! goes wrong where the station says so; `BenchNetwork` speaks HTTP's bytes over connections that never leave the program;
//! `SimulatedBench` puts these, or another `Network`, before test code as a `Host`. What serves a station to other programs is in [`crate::agent`].

mod address;
mod agent;
#[expect(
    clippy::module_inception,
    reason = "the file bears the name of what it defines"
)]
mod bench;
mod calibration;
mod channel;
mod channel_type;
mod chips;
mod connection;
mod converter;
mod direction;
mod equipment;
mod error;
mod fault;
mod faulty_agent;
mod file;
mod form;
mod framing;
mod host;
mod hosts;
mod i2c;
mod levels;
mod line;
mod module;
mod network;
mod noise;
mod pattern;
mod peer;
mod pin;
mod progress;
mod ramp;
mod response;
mod sampler;
mod scpi;
mod script;
mod shelf;
mod sockets;
mod spi;
mod station;
mod statistics;
mod talk;
mod transfer;
mod wiring;

pub use address::{AddressError, AgentAddress, DEFAULT_PORT};
pub use agent::{Agent, Delay, Events, Problem, StreamId};
pub use bench::{Bench, ChannelChange, Reading};
pub use calibration::{CalibrationRow, CalibrationTable};
pub use channel::{Channel, Source};
pub use channel_type::ChannelType;
pub use chips::Chip;
pub use converter::Converter;
pub use direction::Direction;
pub use equipment::{App, Equipment, FarEnd};
pub use error::BenchError;
pub use fault::{AgentFault, FaultKind};
pub use faulty_agent::{FaultyAgent, Treatment};
pub use file::{read, read_beside};
pub use framing::{Frame, Framed, Framing, body_too_large, check_head};
pub use host::SimulatedBench;
pub use i2c::{I2cBus, I2cDevice};
pub use line::{Incoming, Line};
pub use module::{Module, ModuleAddress, ModuleChange, ModuleDevice, ModuleSettings};
pub use network::{BenchNetwork, ConnectionId, IDLE_LIMIT, Network, NetworkError, Received};
pub use peer::Peer;
pub use pin::Pin;
pub use ramp::{Pace, Ramp};
pub use response::{encode, encode_head, half, is_stream};
pub use sampler::{Measurement, Sampler, Signal};
pub use scpi::Instrument;
pub use script::Script;
pub use shelf::{Shelf, ShelfError};
pub use spi::{SpiDevice, SpiKind};
pub use station::{Application, Hardware, Station, default_station};
pub use statistics::Statistics;
pub use wiring::Wiring;
