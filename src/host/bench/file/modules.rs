//! `modules`: what the agent can load.

use super::{
    super::module::{Module, ModuleAddress, ModuleDevice, ModuleSettings},
    Reader,
    devices::address,
    twice,
};
use crate::{
    diagnostic::{Diagnostic, quoted},
    package::{
        fields::{self, Fields, nearest},
        model::Text,
        node::Node,
    },
};

impl Reader<'_> {
    pub(super) fn modules(&mut self, f: &mut Fields) {
        for item in f.list("modules").unwrap_or_default() {
            let Some(mut f) = Fields::of(item, "an item of `modules`", f.problems) else {
                continue;
            };
            let name = f.required_text("name");
            if let Some(name) = &name {
                f.call_it(format!("module {}", quoted(&name.value)));
                if let Some(first) = self.modules.insert(name.value.clone(), name.at) {
                    f.problems.push(twice(
                        &format!("module {}", quoted(&name.value)),
                        name.at,
                        first,
                    ));
                }
            }
            let mut module = Module::new(settings(name.as_ref(), &mut f));
            module.loaded = f.boolean("loaded").is_some_and(|loaded| loaded.value);
            self.module_channels(&mut module, &mut f);
            self.module_devices(&mut module, &mut f);
            f.finish();
            if name.is_some() {
                self.station.add_module(module);
            }
        }
    }

    fn module_channels(&mut self, module: &mut Module, f: &mut Fields) {
        for item in f.list("channels").unwrap_or_default() {
            let what = format!("a channel of module {}", quoted(&module.settings.name));
            let Some(mut f) = Fields::of(item, what, f.problems) else {
                continue;
            };
            let name = f.required_text("name");
            let unnamed = Text {
                value: String::new(),
                at: f.at(),
            };
            let channel = self.channel(name.as_ref().unwrap_or(&unnamed), &mut f, None, true);
            if let Some(name) = &name {
                let full = format!("{}.{}", module.settings.name, name.value);
                if self.name_channel(&full, name.at, f.problems) {
                    module.channels.extend(channel);
                }
            }
            f.finish();
        }
    }

    fn module_devices(&mut self, module: &mut Module, f: &mut Fields) {
        for item in f.list("devices").unwrap_or_default() {
            let what = format!("a device of module {}", quoted(&module.settings.name));
            let Some(mut f) = Fields::of(item, what, f.problems) else {
                continue;
            };
            let bus = f.required_text("bus");
            if let Some(bus) = &bus
                && !self.station.buses.contains_key(&bus.value)
            {
                let problem =
                    Diagnostic::error(format!("unknown I2C bus {}", quoted(&bus.value))).at(bus.at);
                let buses = || self.station.buses.keys().map(String::as_str);
                let hint = match nearest(&bus.value, buses()) {
                    Some(near) => format!("did you mean {}?", quoted(near)),
                    None => format!("one of: {}", buses().collect::<Vec<_>>().join(", ")),
                };
                f.problems.push(problem.hint(hint));
            }
            let address = module_address(&mut f);
            let device = self.device(&mut f);
            if let (Some(bus), Some(address)) = (bus, address) {
                module.devices.push(ModuleDevice {
                    bus: bus.value,
                    address,
                    device,
                });
            }
            f.finish();
        }
    }
}

fn settings(name: Option<&Text>, f: &mut Fields) -> ModuleSettings {
    let mut text = |key| f.text(key).map(|text| text.value).unwrap_or_default();
    let mut settings = ModuleSettings {
        class_name: text("class_name"),
        assembly_path: text("assembly_path"),
        namespace: text("namespace"),
        image_name: text("image_name"),
        ..ModuleSettings::new(name.map(|name| name.value.clone()).unwrap_or_default())
    };
    settings.enabled = f.boolean("enabled").is_none_or(|enabled| enabled.value);
    settings.initial_data = f
        .scalars("initial_data")
        .into_iter()
        .map(|(key, scalar)| (key, scalar.text))
        .collect();
    settings
}

/// An address, or `${Key}` for that in the initial data.
fn module_address(f: &mut Fields) -> Option<ModuleAddress> {
    let node: &Node = f.required("address")?;
    let scalar = fields::scalar(node, "`address`", f.problems)?;
    match scalar
        .text
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some(key) => Some(ModuleAddress::InitialData(key.into())),
        None => address(&scalar, f.problems).map(|address| ModuleAddress::Fixed(address.value)),
    }
}
