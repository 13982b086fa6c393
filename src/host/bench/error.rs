//! What the bench refuses to do, as the agent's caller reads it.

use super::{channel_type::ChannelType, direction::Direction};

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BenchError {
    #[error("channel \"{0}\" not found: no such net name or alias")]
    UnknownChannel(String),
    #[error("{kind} device \"{name}\" not found: no such net name")]
    UnknownDevice { kind: ChannelType, name: String },
    #[error("{kind} channel \"{name}\" not found: no such net name or alias")]
    UnknownChannelOf { kind: ChannelType, name: String },
    #[error("module \"{0}\" not found")]
    UnknownModule(String),
    #[error("\"{value}\" is no value for {channel}: it takes {wanted}")]
    BadValue {
        channel: String,
        value: String,
        wanted: &'static str,
    },
    #[error("{0} is read-only")]
    ReadOnly(String),
    #[error("{0} is an input: configure its direction as OUT before setting it")]
    SetInput(String),
    #[error("{0} is disabled")]
    Disabled(String),
    #[error("{channel} is {what} and has no value: use {instead}")]
    NoValue {
        channel: String,
        what: &'static str,
        instead: &'static str,
    },
    #[error(
        "Direction \"{direction}\" is not possible for {channel}, which can be \"{capability}\""
    )]
    BadDirection {
        channel: String,
        direction: Direction,
        capability: Direction,
    },
    #[error(
        "ChannelType \"{kind}\" is not possible for {channel}, which can be one of \"{kinds}\""
    )]
    BadType {
        channel: String,
        kind: ChannelType,
        kinds: ChannelType,
    },
    #[error("Details: {channel} has no detail \"{key}\"")]
    UnknownDetail { channel: String, key: String },
    #[error("Details: \"{key}\" of {channel} must be {wanted}")]
    BadDetail {
        channel: String,
        key: String,
        wanted: &'static str,
    },
    #[error("Alias \"{alias}\" is taken by {owner}")]
    AliasTaken { alias: String, owner: String },
    #[error("NAK: no device acknowledged address 0x{address:02X} on {bus}")]
    NoAcknowledge { bus: String, address: u8 },
    #[error("NAK: the device at 0x{address:02X} on {bus} cannot be written")]
    WriteRefused { bus: String, address: u8 },
    #[error("module \"{0}\" is already loaded")]
    AlreadyLoaded(String),
    #[error("module \"{0}\" is not loaded")]
    NotLoaded(String),
    #[error("module \"{module}\" cannot be loaded: {what}")]
    NotLoadable { module: String, what: String },
    #[error("module \"{module}\" needs \"{key}\" in InitialData")]
    MissingInitialData { module: String, key: String },
    #[error(
        "\"{value}\" in InitialData of module \"{module}\" is no I2C address: it must be from 0x08 to 0x77"
    )]
    BadModuleAddress { module: String, value: String },
}
