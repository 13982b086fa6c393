//! A module the agent can load: its settings, and the channels and I2C devices it brings.

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::{
    channel::{Channel, Source},
    error::BenchError,
    i2c::{ADDRESSES, I2cDevice},
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleSettings {
    pub name: String,
    pub enabled: bool,
    pub class_name: String,
    pub assembly_path: String,
    pub namespace: String,
    pub image_name: String,
    pub initial_data: IndexMap<String, String>,
}

impl ModuleSettings {
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            enabled: true,
            class_name: String::new(),
            assembly_path: String::new(),
            namespace: String::new(),
            image_name: String::new(),
            initial_data: IndexMap::new(),
        }
    }

    /// The settings as the agent shows them.
    pub fn to_json(&self) -> Json {
        json!({
            "name": self.name,
            "enabled": self.enabled,
            "className": self.class_name,
            "assemblyPath": self.assembly_path,
            "namespace": self.namespace,
            "imageName": self.image_name,
            "initialData": self.initial_data,
        })
    }
}

/// The settings a caller sends; what it leaves out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleChange {
    pub name: String,
    pub enabled: Option<bool>,
    pub class_name: Option<String>,
    pub assembly_path: Option<String>,
    pub namespace: Option<String>,
    pub image_name: Option<String>,
    /// Added to the initial data there are.
    pub initial_data: IndexMap<String, String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    pub settings: ModuleSettings,
    pub loaded: bool,
    /// Named without the module's name.
    pub channels: Vec<Channel>,
    pub devices: Vec<ModuleDevice>,
}

/// An I2C device that answers while its module is loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct ModuleDevice {
    pub bus: String,
    pub address: ModuleAddress,
    pub device: I2cDevice,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModuleAddress {
    Fixed(u8),
    /// The value of this entry of the initial data.
    InitialData(String),
}

impl Module {
    pub fn new(settings: ModuleSettings) -> Self {
        Self {
            settings,
            loaded: false,
            channels: Vec::new(),
            devices: Vec::new(),
        }
    }

    /// Takes over what the caller sent.
    pub fn change(&mut self, change: &ModuleChange) {
        let settings = &mut self.settings;
        let set = |field: &mut String, text: &Option<String>| {
            if let Some(text) = text {
                field.clone_from(text);
            }
        };
        settings.name.clone_from(&change.name);
        settings.enabled = change.enabled.unwrap_or(settings.enabled);
        set(&mut settings.class_name, &change.class_name);
        set(&mut settings.assembly_path, &change.assembly_path);
        set(&mut settings.namespace, &change.namespace);
        set(&mut settings.image_name, &change.image_name);
        settings.initial_data.extend(change.initial_data.clone());
    }

    /// The channels with their full names and the initial data filled in.
    pub fn live_channels(&self) -> Result<Vec<Channel>, BenchError> {
        self.channels
            .iter()
            .map(|channel| self.live_channel(channel))
            .collect()
    }

    fn live_channel(&self, channel: &Channel) -> Result<Channel, BenchError> {
        let full = |name: &str| format!("{}.{name}", self.settings.name);
        let mut live = channel.clone();
        live.net_name = full(&channel.net_name);
        if channel.alias == channel.net_name {
            live.alias.clone_from(&live.net_name);
        }
        if let Source::Stored(text) = &channel.source {
            let filled = self.fill_in(text)?;
            let value = channel.kind.form().normalise(&filled);
            live.source = Source::Stored(value.map_err(|wanted| BenchError::BadValue {
                channel: live.net_name.clone(),
                value: filled,
                wanted,
            })?);
        }
        Ok(live)
    }

    /// Replaces each `${Key}` by the initial data.
    fn fill_in(&self, text: &str) -> Result<String, BenchError> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((key, after)) = after.split_once('}') else {
                break;
            };
            filled.push_str(before);
            filled.push_str(self.initial(key)?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn initial(&self, key: &str) -> Result<&str, BenchError> {
        let missing = || BenchError::MissingInitialData {
            module: self.settings.name.clone(),
            key: key.into(),
        };
        self.settings
            .initial_data
            .get(key)
            .map(String::as_str)
            .ok_or_else(missing)
    }

    /// Bus, address and device of each device it brings.
    pub fn live_devices(&self) -> Result<Vec<(String, u8, I2cDevice)>, BenchError> {
        self.devices
            .iter()
            .map(|device| {
                Ok((
                    device.bus.clone(),
                    self.address(&device.address)?,
                    device.device.clone(),
                ))
            })
            .collect()
    }

    fn address(&self, address: &ModuleAddress) -> Result<u8, BenchError> {
        match address {
            ModuleAddress::Fixed(address) => Ok(*address),
            ModuleAddress::InitialData(key) => {
                let value = self.initial(key)?;
                parse_address(value).ok_or_else(|| BenchError::BadModuleAddress {
                    module: self.settings.name.clone(),
                    value: value.into(),
                })
            }
        }
    }
}

/// Reads a 7-bit address a device may have: `0x20`, or decimal.
fn parse_address(text: &str) -> Option<u8> {
    let text = text.trim();
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let address = match hex {
        Some(hex) => u8::from_str_radix(hex, 16),
        None => text.parse(),
    };
    address.ok().filter(|address| ADDRESSES.contains(address))
}
