//! The group `modules`: what can be loaded, what is, and the boards of the station.

use serde_json::{Value as Json, json};

use super::{
    super::{equipment::App, module::ModuleChange},
    body::Body,
    events::Change,
    firmware,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

// From the block that RFC 5737 keeps free for documentation: nobody's address.
const IP_V4: &str = "192.0.2.64";

impl Agent {
    pub(super) fn list_modules(&mut self, _: &Call) -> Answer {
        Ok(Reply::json(
            &self
                .bench
                .modules()
                .map(|module| module.settings.to_json())
                .collect::<Json>(),
        ))
    }

    pub(super) fn list_loaded_modules(&mut self, _: &Call) -> Answer {
        Ok(Reply::json(
            &self
                .bench
                .modules()
                .filter(|module| module.loaded)
                .map(|module| module.settings.to_json())
                .collect::<Json>(),
        ))
    }

    pub(super) fn load_module(&mut self, call: &Call) -> Answer {
        let change = change(call)?;
        self.bench.load(&change)?;
        self.note(call.now, format!("INFO module \"{}\" loaded", change.name));
        self.configured(Change::Added);
        Ok(Reply::nothing())
    }

    pub(super) fn unload_module(&mut self, call: &Call) -> Answer {
        let name = change(call)?.name;
        self.bench.unload(&name)?;
        self.note(call.now, format!("INFO module \"{name}\" unloaded"));
        self.configured(Change::Removed);
        Ok(Reply::nothing())
    }

    pub(super) fn configure_module(&mut self, call: &Call) -> Answer {
        self.bench.configure_module(&change(call)?)?;
        self.configured(Change::Changed);
        Ok(Reply::nothing())
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
        Ok(Reply::json(&json!({
            "host": host_name(call.host.unwrap_or_default()),
            "ethIpV4": IP_V4,
            "ethIpV6": "",
            "firmware": firmware::VERSION,
            "mac": "02:00:00:00:00:40",
            "modules": boards.collect::<Vec<_>>(),
            "networkInterfaces": {},
        })))
    }

    pub(super) fn list_apps(&mut self, _: &Call) -> Answer {
        Ok(self.apps(|_| true))
    }

    pub(super) fn list_licensed_apps(&mut self, _: &Call) -> Answer {
        Ok(self.apps(|app| app.licensed))
    }

    fn apps(&self, which: fn(&App) -> bool) -> Reply {
        let apps = self.bench.equipment().apps.iter();
        let shown = apps.filter(|app| which(app)).map(|app| {
            json!({"name": app.name, "key": app.key, "expires": app.expires, "type": app.kind})
        });
        Reply::json(&shown.collect::<Json>())
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
