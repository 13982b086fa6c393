//! `modules`.

use indexmap::IndexMap;
use schemars::JsonSchema;

use super::{
    super::value::{Flag, ModuleAddress, Name, Scalar, Text},
    buses::AnyI2cDevice,
    channels::Channel,
    equipment::given,
};

/// A module the agent can load.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Module {
    /// What it is called.
    pub name: Name,
    /// Its class, by which it can be loaded under another name. Default: empty.
    pub class_name: Option<Text>,
    /// Where its code is. Default: empty.
    pub assembly_path: Option<Text>,
    /// Namespace of its class. Default: empty.
    pub namespace: Option<Text>,
    /// Its picture. Default: empty.
    pub image_name: Option<Text>,
    /// Whether it can be used. Default: true.
    #[schemars(extend("default" = true))]
    pub enabled: Option<Flag>,
    /// Whether it is loaded from the start. Default: false, test code has to load it.
    #[schemars(extend("default" = false))]
    pub loaded: Option<Flag>,
    /// Values that channels and devices below may use as ${Name}.
    #[schemars(extend("examples" = [{"I2CAddress": "0x20"}]))]
    pub initial_data: Option<IndexMap<String, Scalar>>,
    /// Channels that exist as MODULE.CHANNEL while it is loaded.
    pub channels: Option<Vec<ModuleChannel>>,
    /// I2C devices that answer while it is loaded.
    pub devices: Option<Vec<ModuleDevice>>,
}

/// A channel of a module.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("anyOf" = [given("value"), given("ramp")]))]
pub struct ModuleChannel {
    /// Its name without the module's.
    pub name: Name,
    #[schemars(flatten)]
    pub channel: Channel,
}

/// An I2C device of a module.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ModuleDevice {
    /// Name of the I2C bus.
    pub bus: Name,
    /// Its 7 bits, 0x08 to 0x77, or ${Name} for an entry of the initial data.
    pub address: ModuleAddress,
    #[schemars(flatten)]
    pub any: AnyI2cDevice,
}
