//! `nets` and `faults`.

use indexmap::IndexMap;
use schemars::JsonSchema;

use super::super::{
    value::{Text, Whole},
    word::FaultKind,
};

/// MPIO channels that are joined, at least two.
#[derive(JsonSchema)]
#[schemars(inline)]
pub struct Wire(#[schemars(length(min = 2))] pub Vec<Text>);

/// What is wrong with the board and the agent, on purpose.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Faults {
    /// MPIO channels that are cut off from their nets and shorts.
    pub opens: Option<Vec<Text>>,
    /// Lists of MPIO channels that are joined though they should not be.
    pub shorts: Option<Vec<Wire>>,
    /// I2C and SPI buses, and the most bytes a transfer on each receives.
    pub short_reads: Option<IndexMap<String, Whole<0, 65536>>>,
    /// What goes wrong with the agent itself.
    pub agent: Option<AgentFault>,
}

/// What goes wrong with the agent itself.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct AgentFault {
    /// refuse: no connections. reset: the connection breaks instead of an answer. stall: no answer. half_reply: the answer breaks off. slow: it comes late.
    pub kind: FaultKind,
    /// How many requests are let through first. Default: 0.
    #[schemars(extend("default" = 0))]
    pub after: Option<Whole<0, { u64::MAX }>>,
    /// How often it strikes. Default: for ever.
    pub times: Option<Whole<1, { u64::MAX }>>,
    /// slow: how late the answer comes, in milliseconds. Default: 1000.
    pub delay_ms: Option<Whole<0, 3_600_000>>,
}
