//! The groups `media` and `application/config`: files the agent keeps, and the channel settings in some of them.

use http::StatusCode;
use serde_json::{Value as Json, json};

use super::{
    super::bench::ChannelChange,
    body::Body,
    channels::change,
    events::Change,
    multipart,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

/// What tells a file of saved settings from one whose content the simulation does not know.
const FORMAT: &str = "rehearsal channel settings";

impl Agent {
    pub(super) fn list_media(&mut self, _: &Call) -> Answer {
        let names: Json = self.bench.equipment().media.names().collect();
        Ok(Reply::json(&names))
    }

    pub(super) fn upload_media(&mut self, call: &Call) -> Answer {
        let upload = multipart::file(call.content_type, call.body)?;
        let media = &mut self.bench.equipment_mut().media;
        media.upload(&upload.name, upload.bytes, call.now)?;
        self.note(
            call.now,
            format!("INFO media file \"{}\" stored", upload.name),
        );
        Ok(Reply::nothing())
    }

    pub(super) fn download_media(&mut self, call: &Call) -> Answer {
        let media = &self.bench.equipment().media;
        Ok(Reply::bytes(media.get(call.parameter)?))
    }

    pub(super) fn delete_media(&mut self, call: &Call) -> Answer {
        self.bench.equipment_mut().media.remove(call.parameter)?;
        self.note(
            call.now,
            format!("INFO media file \"{}\" deleted", call.parameter),
        );
        Ok(Reply::nothing())
    }

    pub(super) fn list_configs(&mut self, _: &Call) -> Answer {
        let names: Json = self.bench.equipment().config.names().collect();
        Ok(Reply::json(&names))
    }

    pub(super) fn list_loaded_configs(&mut self, _: &Call) -> Answer {
        Ok(Reply::json(&json!(self.bench.equipment().loaded)))
    }

    pub(super) fn load_config(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let name = body.required_text("FileName")?;
        let settings = settings(self.bench.equipment().config.get(name)?);
        self.apply(settings.unwrap_or_default())
            .map_err(|problem| {
                let text = problem.text;
                Problem::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    format!("config file \"{name}\" does not fit the station: {text}"),
                )
            })?;
        let loaded = &mut self.bench.equipment_mut().loaded;
        loaded.retain(|other| other != name);
        loaded.push(name.into());
        self.note(call.now, format!("INFO config file \"{name}\" loaded"));
        self.configured(Change::Changed);
        Ok(Reply::nothing())
    }

    /// Configures channels, all or none, as a file of saved settings says.
    pub(super) fn apply(&mut self, settings: Vec<Json>) -> Result<(), Problem> {
        let changes: Vec<_> = settings
            .into_iter()
            .map(|item| change(&Body::of(item)?))
            .collect::<Result<_, _>>()?;
        // Every alias is given back first, so that two channels can have changed theirs.
        let freed = changes.iter().map(|change| ChannelChange {
            net_name: change.net_name.clone(),
            alias: change.net_name.clone(),
            ..ChannelChange::default()
        });
        let changes: Vec<_> = freed.chain(changes.clone()).collect();
        Ok(self.bench.configure(&changes)?)
    }

    pub(super) fn save_config(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let name = body.required_text("FileName")?;
        let channels: Vec<_> = self
            .bench
            .channels()
            .map(|channel| channel.settings())
            .collect();
        let text = format!("{:#}\n", json!({"format": FORMAT, "channels": channels}));
        self.store_config(name, text.as_bytes(), call)
    }

    pub(super) fn upload_config(&mut self, call: &Call) -> Answer {
        let upload = multipart::file(call.content_type, call.body)?;
        self.store_config(&upload.name, upload.bytes, call)
    }

    fn store_config(&mut self, name: &str, bytes: &[u8], call: &Call) -> Answer {
        let config = &mut self.bench.equipment_mut().config;
        config.upload(name, bytes, call.now)?;
        self.note(call.now, format!("INFO config file \"{name}\" stored"));
        Ok(Reply::nothing())
    }

    pub(super) fn download_config(&mut self, call: &Call) -> Answer {
        let config = &self.bench.equipment().config;
        Ok(Reply::bytes(config.get(call.parameter)?))
    }

    pub(super) fn delete_config(&mut self, call: &Call) -> Answer {
        self.bench.equipment_mut().config.remove(call.parameter)?;
        self.note(
            call.now,
            format!("INFO config file \"{}\" deleted", call.parameter),
        );
        Ok(Reply::nothing())
    }
}

/// The channel configurations in a file that was saved here.
pub fn settings(bytes: &[u8]) -> Option<Vec<Json>> {
    let Ok(Json::Object(mut file)) = serde_json::from_slice(bytes) else {
        return None;
    };
    if file.get("format")? != FORMAT {
        return None;
    }
    match file.remove("channels") {
        Some(Json::Array(channels)) => Some(channels),
        _ => None,
    }
}
