//! `instruments`, `calibration` and `apps`.

use indexmap::IndexMap;

use super::{
    super::{
        calibration::{CalibrationRow, CalibrationTable},
        channel_type::ChannelType,
        equipment::App,
    },
    Reader, entries,
};
use crate::{
    diagnostic::quoted,
    package::{
        fields::{self, Fields},
        model::Text,
    },
};

const APP_TYPES: [(&str, &str); 3] = [
    ("Unknown", "Unknown"),
    ("SoftwareModule", "SoftwareModule"),
    ("HardwareModule", "HardwareModule"),
];

impl Reader<'_> {
    pub(super) fn instruments(&mut self, f: &mut Fields) {
        let channels = entries(f, "instruments");
        for entry in channels.into_iter().flat_map(|channels| &channels.entries) {
            let name = &entry.key;
            if !self.claim(name, ChannelType::INSTRUMENT, f.problems) {
                continue;
            }
            let what = format!("instrument {}", quoted(&name.value));
            let Some(mut f) = Fields::of(&entry.value, what, f.problems) else {
                continue;
            };
            let kind = f.required_text("type").map(|text| text.value);
            let instrument = f.text("name").map(|text| text.value);
            let mut functions = IndexMap::new();
            let given = entries(&mut f, "functions");
            for function in given.into_iter().flat_map(|given| &given.entries) {
                let what = format!("function {}", quoted(&function.key.value));
                if let Some(target) = fields::text(&function.value, &what, f.problems) {
                    let target = self.net_name(&target, &what, f.problems);
                    functions.insert(function.key.value.clone(), target);
                }
            }
            self.station.channels.shift_remove(&name.value);
            self.station.add_instrument(
                &name.value,
                &instrument.unwrap_or_else(|| name.value.clone()),
                &kind.unwrap_or_default(),
                &functions,
            );
            self.describe(name, &mut f);
            f.finish();
        }
    }

    pub(super) fn calibration(&mut self, f: &mut Fields) {
        let channels = entries(f, "calibration");
        for entry in channels.into_iter().flat_map(|channels| &channels.entries) {
            let name = &entry.key;
            if !self.claim(name, ChannelType::CALIBRATION, f.problems) {
                continue;
            }
            let what = format!("calibration channel {}", quoted(&name.value));
            let Some(mut f) = Fields::of(&entry.value, what, f.problems) else {
                continue;
            };
            let mut text = |key| text(&mut f, key);
            let mut table = CalibrationTable {
                product_id: text("product_id"),
                revision: text("revision"),
                serial_number: text("serial_number"),
                rows: IndexMap::new(),
            };
            let rows = entries(&mut f, "rows");
            for row in rows.into_iter().flat_map(|rows| &rows.entries) {
                let what = format!("row {}", quoted(&row.key.value));
                if let Some(mut f) = Fields::of(&row.value, what, f.problems) {
                    let default = CalibrationRow::default();
                    let gain = f.number("gain").map(|gain| gain.value);
                    let offset = f.number("offset").map(|offset| offset.value);
                    f.finish();
                    table.rows.insert(
                        row.key.value.clone(),
                        CalibrationRow {
                            gain: gain.unwrap_or(default.gain),
                            offset: offset.unwrap_or(default.offset),
                        },
                    );
                }
            }
            self.station.add_calibration(&name.value, table);
            self.describe(name, &mut f);
            f.finish();
        }
    }

    pub(super) fn apps(&mut self, f: &mut Fields) {
        for item in f.list("apps").unwrap_or_default() {
            let Some(mut f) = Fields::of(item, "an item of `apps`", f.problems) else {
                continue;
            };
            let name = f.required_text("name");
            let app = App {
                name: name
                    .as_ref()
                    .map(|name| name.value.clone())
                    .unwrap_or_default(),
                key: text(&mut f, "key"),
                expires: text(&mut f, "expires"),
                kind: f
                    .one_of("type", &APP_TYPES)
                    .map_or("SoftwareModule", |kind| kind.value),
                licensed: f.boolean("licensed").is_none_or(|licensed| licensed.value),
            };
            f.finish();
            let apps = &mut self.station.equipment.apps;
            apps.retain(|other| other.name != app.name);
            apps.extend(name.map(|_: Text| app));
        }
    }
}

fn text(f: &mut Fields, key: &'static str) -> String {
    f.text(key).map(|text| text.value).unwrap_or_default()
}
