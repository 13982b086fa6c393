//! The group `system/firmware`: a simulated station has one version, and installs nothing.

use http::StatusCode;
use serde_json::{Value as Json, json};

use super::{
    body::Body,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

pub const VERSION: &str = "6.0.0-simulated";
const MINIMUM_VERSION: &str = "6.0.0";
const DEFAULT_SOURCE: &str = "https://releases.invalid/accordion";

/// Where releases would come from.
#[derive(Clone, Debug, Default)]
pub struct Firmware {
    /// None: the default.
    source: Option<String>,
}

impl Firmware {
    fn source(&self) -> Json {
        let location = self.source.as_deref().unwrap_or(DEFAULT_SOURCE);
        json!({
            "kind": if is_url(location) { "url" } else { "folder" },
            "location": location,
            "isDefault": self.source.is_none(),
        })
    }
}

fn is_url(location: &str) -> bool {
    let lower = location.to_ascii_lowercase();
    let after = ["http://", "https://"]
        .iter()
        .find_map(|scheme| lower.strip_prefix(scheme));
    after.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
}

fn not_installed() -> Problem {
    Problem::new(
        StatusCode::NOT_IMPLEMENTED,
        "the simulated bench is no station: it installs no firmware and takes no packages",
    )
}

fn idle() -> Json {
    json!({
        "state": "idle",
        "version": null,
        "message": null,
        "bytes": null,
        "totalBytes": null,
        "time": null,
    })
}

impl Agent {
    pub(super) fn show_firmware(&mut self, _: &Call) -> Answer {
        Ok(Reply::json(&json!({
            "current": VERSION,
            "source": self.system.firmware.source(),
            "defaultSource": DEFAULT_SOURCE,
            "supported": false,
            "minimumVersion": MINIMUM_VERSION,
            "update": idle(),
        })))
    }

    pub(super) fn list_releases(&mut self, _: &Call) -> Answer {
        Ok(Reply::json(&json!({
            "source": self.system.firmware.source(),
            "releases": [],
            "error": "the simulated bench looks for no releases",
        })))
    }

    pub(super) fn set_firmware_source(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let location = body.owned_text("location")?;
        if let Some(location) = &location
            && !is_url(location)
            && !location.starts_with('/')
        {
            return Err(Problem::bad_request(format!(
                "field \"location\" must be an http or https address or an absolute folder, not \"{location}\""
            )));
        }
        self.system.firmware.source = location;
        Ok(Reply::json(&self.system.firmware.source()))
    }

    pub(super) fn show_update(&mut self, _: &Call) -> Answer {
        Ok(Reply::json(&idle()))
    }

    pub(super) fn show_update_log(&mut self, _: &Call) -> Answer {
        Ok(Reply::text(String::new()))
    }

    pub(super) fn start_update(&mut self, _: &Call) -> Answer {
        Err(not_installed())
    }

    pub(super) fn upload_package(&mut self, _: &Call) -> Answer {
        Err(not_installed())
    }

    pub(super) fn delete_package(&mut self, call: &Call) -> Answer {
        Err(Problem::new(
            StatusCode::NOT_FOUND,
            format!("package \"{}\" not found", call.parameter),
        ))
    }
}
