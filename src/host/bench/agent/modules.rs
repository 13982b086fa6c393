//! The group `modules`: what can be loaded, what is, and the boards of the station.

use serde_json::{Value as Json, json};

use super::{
    super::module::ModuleChange,
    body::Body,
    problem::Problem,
    server::{Agent, Answer, Call},
};

// From the block that RFC 5737 keeps free for documentation: nobody's address.
const IP_V4: &str = "192.0.2.64";

impl Agent {
    pub(super) fn list_modules(&mut self, _: &Call) -> Answer {
        Ok(Some(
            self.bench
                .modules()
                .map(|module| module.settings.to_json())
                .collect(),
        ))
    }

    pub(super) fn list_loaded_modules(&mut self, _: &Call) -> Answer {
        Ok(Some(
            self.bench
                .modules()
                .filter(|module| module.loaded)
                .map(|module| module.settings.to_json())
                .collect(),
        ))
    }

    pub(super) fn load_module(&mut self, call: &Call) -> Answer {
        self.bench.load(&change(call)?)?;
        Ok(None)
    }

    pub(super) fn unload_module(&mut self, call: &Call) -> Answer {
        self.bench.unload(&change(call)?.name)?;
        Ok(None)
    }

    pub(super) fn configure_module(&mut self, call: &Call) -> Answer {
        self.bench.configure_module(&change(call)?)?;
        Ok(None)
    }

    pub(super) fn physical_system(&mut self, call: &Call) -> Answer {
        let boards = self.bench.station().hardware.iter().map(|board| {
            json!({
                "index": board.index,
                "name": board.name,
                "productID": board.product_id,
                "revision": board.revision,
                "serialNumber": board.serial_number,
            })
        });
        Ok(Some(json!({
            "host": host_name(call.host.unwrap_or_default()),
            "ethIpV4": IP_V4,
            "ethIpV6": "",
            "firmware": "6.0.0-simulated",
            "mac": "02:00:00:00:00:40",
            "modules": boards.collect::<Vec<_>>(),
            "networkInterfaces": {},
        })))
    }

    pub(super) fn list_apps(&mut self, _: &Call) -> Answer {
        Ok(Some(Json::Array(Vec::new())))
    }
}

/// The Host header without its port and without ".local".
fn host_name(host: &str) -> &str {
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    match host
        .len()
        .checked_sub(".local".len())
        .and_then(|at| host.split_at_checked(at))
    {
        Some((name, local)) if local.eq_ignore_ascii_case(".local") => name,
        _ => host,
    }
}

fn change(call: &Call) -> Result<ModuleChange, Problem> {
    let body = Body::parse(call.body)?;
    Ok(ModuleChange {
        name: body.required_text("Name")?.into(),
        enabled: body.boolean("Enabled")?,
        class_name: body.owned_text("ClassName")?,
        assembly_path: body.owned_text("AssemblyPath")?,
        namespace: body.owned_text("Namespace")?,
        image_name: body.owned_text("ImageName")?,
        initial_data: body.plain_map("InitialData")?,
    })
}
