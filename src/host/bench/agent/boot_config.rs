//! boot.config: what the station applies when it starts.

use std::{net::Ipv4Addr, time::Duration};

use serde_json::{Value as Json, json};

use super::{super::shelf::is_file_name, body::Body, problem::Problem, system::ServiceId};

/// What cannot be turned off: the units of the hardware app and of the web API.
const PROTECTED: [ServiceId; 2] = [ServiceId::Hardware, ServiceId::WebApi];
/// Characters of a Wi-Fi password, as WPA wants them.
const PASSWORD: std::ops::RangeInclusive<usize> = 8..=63;
/// The longest name of a network, in bytes.
const MOST_SSID: usize = 32;
/// The longest name of an interface that Linux takes.
const MOST_INTERFACE: usize = 15;

/// boot.config as it was written last. A Wi-Fi password is not kept, only that there is one.
#[derive(Clone, Debug, Default)]
pub struct Boot {
    pub enabled: bool,
    /// When it was written, no two times the same.
    pub written: Duration,
    pub modified: String,
    description: Option<String>,
    wifi: Wifi,
    disable_usb_ports: bool,
    enable_media_devices: bool,
    pub alias_files: Vec<AliasFile>,
    pub modules: Vec<BootModule>,
    addresses: Vec<Address>,
    services: Vec<BootService>,
}

#[derive(Clone, Debug, Default)]
struct Wifi {
    enabled: bool,
    ssid: String,
    password_set: bool,
}

#[derive(Clone, Debug)]
pub struct AliasFile {
    pub path: String,
    pub enabled: bool,
}

#[derive(Clone, Debug)]
pub struct BootModule {
    pub name: String,
    pub assembly_path: String,
    pub class_name: String,
    pub namespace: String,
    pub enabled: bool,
}

#[derive(Clone, Debug)]
struct Address {
    interface: String,
    static_ip: String,
    enabled: bool,
}

#[derive(Clone, Debug)]
struct BootService {
    name: String,
    unit: String,
    enabled: bool,
}

impl Boot {
    /// The units that are started and enabled, or stopped and disabled, at each start.
    pub fn services(&self) -> impl Iterator<Item = (&str, bool)> {
        let services = self.services.iter();
        services.map(|service| (service.unit.as_str(), service.enabled))
    }

    pub fn to_json(&self) -> Json {
        let aliases = self.alias_files.iter().enumerate();
        json!({
            "enabled": self.enabled,
            "modified": self.modified,
            "description": self.description,
            "wifi": {
                "enabled": self.wifi.enabled,
                "ssid": self.wifi.ssid,
                "passwordSet": self.wifi.password_set,
            },
            "disableUsbPorts": self.disable_usb_ports,
            "enableMediaDevices": self.enable_media_devices,
            "aliasFiles": aliases.map(|(order, file)| {
                json!({"path": file.path, "enabled": file.enabled, "order": order})
            }).collect::<Json>(),
            "modules": self.modules.iter().map(|module| json!({
                "name": module.name,
                "assemblyPath": module.assembly_path,
                "className": module.class_name,
                "namespace": module.namespace,
                "enabled": module.enabled,
            })).collect::<Json>(),
            "ipConfigurations": self.addresses.iter().map(|address| json!({
                "interface": address.interface,
                "staticIp": address.static_ip,
                "enabled": address.enabled,
            })).collect::<Json>(),
            "services": self.services.iter().map(|service| json!({
                "name": service.name,
                "serviceFile": service.unit,
                "enabled": service.enabled,
            })).collect::<Json>(),
            "protectedServices": PROTECTED.map(ServiceId::unit),
        })
    }

    /// Takes over the sections that a request has.
    pub fn change(&mut self, body: &Body) -> Result<(), Problem> {
        self.enabled = body.boolean("enabled")?.unwrap_or(self.enabled);
        if let Some(description) = body.owned_text("description")? {
            self.description = Some(description);
        }
        if let Some(wifi) = body.section("wifi")? {
            self.wifi.change(&wifi)?;
        }
        let usb = body.boolean("disableUsbPorts")?;
        self.disable_usb_ports = usb.unwrap_or(self.disable_usb_ports);
        let media = body.boolean("enableMediaDevices")?;
        self.enable_media_devices = media.unwrap_or(self.enable_media_devices);
        replace(&mut self.alias_files, body, "aliasFiles", AliasFile::read)?;
        replace(&mut self.modules, body, "modules", BootModule::read)?;
        replace(&mut self.addresses, body, "ipConfigurations", Address::read)?;
        replace(&mut self.services, body, "services", BootService::read)
    }
}

/// Reads a list in the place of what was there; a request without it leaves that.
fn replace<T>(
    items: &mut Vec<T>,
    body: &Body,
    name: &str,
    read: fn(&Body) -> Result<T, Problem>,
) -> Result<(), Problem> {
    if let Some(sections) = body.sections(name)? {
        *items = sections.iter().map(read).collect::<Result<_, _>>()?;
    }
    Ok(())
}

impl Wifi {
    fn change(&mut self, body: &Body) -> Result<(), Problem> {
        let enabled = body.boolean("enabled")?.unwrap_or_default();
        let ssid = body.owned_text("ssid")?.unwrap_or_default();
        if ssid.len() > MOST_SSID || (enabled && ssid.is_empty()) {
            return Err(Problem::bad_request(format!(
                "field \"ssid\" must have 1 to {MOST_SSID} bytes, not {}",
                ssid.len()
            )));
        }
        let length = body.text("password")?.map(|text| text.chars().count());
        if let Some(length) = length.filter(|length| *length > 0 && !PASSWORD.contains(length)) {
            return Err(Problem::bad_request(format!(
                "field \"password\" must have {} to {} characters, not {length}",
                PASSWORD.start(),
                PASSWORD.end()
            )));
        }
        *self = Self {
            enabled,
            ssid,
            password_set: length.map_or(self.password_set, |length| length > 0),
        };
        Ok(())
    }
}

impl AliasFile {
    fn read(body: &Body) -> Result<Self, Problem> {
        let path = body.required_text("path")?;
        if !is_file_name(path) {
            return Err(Problem::bad_request(format!(
                "field \"path\" must be a file name in the alias folder, not \"{path}\""
            )));
        }
        Ok(Self {
            path: path.into(),
            enabled: body.boolean("enabled")?.unwrap_or(true),
        })
    }
}

impl BootModule {
    fn read(body: &Body) -> Result<Self, Problem> {
        let name = body.required_text("name")?;
        if name.trim().is_empty() {
            return Err(Problem::bad_request("field \"name\" of a module is empty"));
        }
        let text = |name| body.owned_text(name).map(Option::unwrap_or_default);
        Ok(Self {
            name: name.into(),
            assembly_path: text("assemblyPath")?,
            class_name: text("className")?,
            namespace: text("namespace")?,
            enabled: body.boolean("enabled")?.unwrap_or_default(),
        })
    }
}

impl Address {
    fn read(body: &Body) -> Result<Self, Problem> {
        let interface = body.required_text("interface")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
        if !(1..=MOST_INTERFACE).contains(&interface.len()) || !interface.chars().all(plain) {
            return Err(Problem::bad_request(format!(
                "\"{interface}\" is no name of a network interface"
            )));
        }
        let static_ip = body.required_text("staticIp")?;
        let parts = static_ip.split_once('/');
        let good = parts.is_some_and(|(address, bits)| {
            address.parse::<Ipv4Addr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 32)
        });
        if !good {
            return Err(Problem::bad_request(format!(
                "field \"staticIp\" must be an IPv4 address with its prefix, such as 192.0.2.7/24, not \"{static_ip}\""
            )));
        }
        Ok(Self {
            interface: interface.into(),
            static_ip: static_ip.into(),
            enabled: body.boolean("enabled")?.unwrap_or_default(),
        })
    }
}

impl BootService {
    fn read(body: &Body) -> Result<Self, Problem> {
        let file = body.required_text("serviceFile")?;
        let stem = file.strip_suffix(".service").unwrap_or(file);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.@:".contains(c);
        if stem.is_empty() || !stem.chars().all(plain) {
            return Err(Problem::bad_request(format!(
                "field \"serviceFile\" must be a systemd unit, such as logger.service, not \"{file}\""
            )));
        }
        let unit = format!("{stem}.service");
        let enabled = body.boolean("enabled")?.unwrap_or(true);
        if !enabled && PROTECTED.map(ServiceId::unit).contains(&unit.as_str()) {
            return Err(Problem::bad_request(format!(
                "service \"{unit}\" cannot be turned off: the station needs it"
            )));
        }
        Ok(Self {
            name: body.owned_text("name")?.unwrap_or_default(),
            unit,
            enabled,
        })
    }
}
