//! The groups `calibration` and `instruments`.

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::{
    super::{
        calibration::{CalibrationRow, CalibrationTable},
        channel_type::ChannelType,
        error::BenchError,
    },
    body::Body,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

impl Agent {
    pub(super) fn list_instruments(&mut self, _: &Call) -> Answer {
        let instruments = self
            .bench
            .channels()
            .filter(|channel| channel.kind == ChannelType::INSTRUMENT);
        let shown = instruments.map(|channel| {
            let detail = |key| channel.details.get(key).cloned();
            json!({
                "netName": channel.net_name,
                "alias": channel.alias,
                "groupName": channel.group,
                "description": channel.description,
                "instrumentName": detail("instrumentName").unwrap_or_else(|| "".into()),
                "type": detail("instrumentType").unwrap_or_else(|| "".into()),
                "functionMap": detail("functionMap").unwrap_or_else(|| json!({})),
            })
        });
        Ok(Reply::json(&shown.collect::<Json>()))
    }

    pub(super) fn list_calibrations(&mut self, _: &Call) -> Answer {
        let tables = &self.bench.equipment().calibrations;
        let channels = self
            .bench
            .channels()
            .filter(|channel| tables.contains_key(&channel.net_name))
            .map(|channel| json!({"netName": channel.net_name, "alias": channel.alias}));
        Ok(Reply::json(&channels.collect::<Json>()))
    }

    pub(super) fn show_calibration(&mut self, call: &Call) -> Answer {
        let name = call.required_query("channel")?;
        let table = self.calibration(&name)?;
        let rows: Vec<_> = table
            .rows
            .iter()
            .map(|(key, row)| json!({"key": key, "gain": row.gain, "offset": row.offset}))
            .collect();
        Ok(Reply::json(&json!({
            "productId": table.product_id,
            "revision": table.revision,
            "serialNumber": table.serial_number,
            "calData": rows,
        })))
    }

    /// Replaces the table; texts left out are empty.
    pub(super) fn set_calibration(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let name = body.required_text("ChannelNetName")?;
        let table = body
            .object("Table")?
            .ok_or_else(|| Problem::bad_request("field \"Table\" is missing"))?;
        let table = Body::of(Json::Object(table.clone()))?;
        let mut rows = IndexMap::new();
        for row in table.list("CalData")? {
            let row = Body::of(row.clone())?;
            let key = row.required_text("key")?;
            let default = CalibrationRow::default();
            let values = CalibrationRow {
                gain: row.number("gain")?.unwrap_or(default.gain),
                offset: row.number("offset")?.unwrap_or(default.offset),
            };
            if rows.insert(key.into(), values).is_some() {
                return Err(Problem::bad_request(format!(
                    "field \"CalData\" has two rows with the key \"{key}\""
                )));
            }
        }
        let text = |name| Ok::<_, Problem>(table.owned_text(name)?.unwrap_or_default());
        let new = CalibrationTable {
            product_id: text("ProductId")?,
            revision: text("Revision")?,
            serial_number: text("SerialNumber")?,
            rows,
        };
        *self.calibration(name)? = new;
        self.note(
            call.now,
            format!("INFO calibration table of \"{name}\" written"),
        );
        Ok(Reply::nothing())
    }

    /// The table of a channel, by its net name or alias.
    fn calibration(&mut self, name: &str) -> Result<&mut CalibrationTable, BenchError> {
        let channel = self.bench.channel(name).ok();
        let net_name = channel.map(|(_, channel)| channel.net_name.clone());
        net_name
            .and_then(|name| self.bench.equipment_mut().calibrations.get_mut(&name))
            .ok_or_else(|| BenchError::UnknownChannelOf {
                kind: ChannelType::CALIBRATION,
                name: name.into(),
            })
    }
}
