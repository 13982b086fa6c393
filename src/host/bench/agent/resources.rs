//! The group `resources`: values by name, all of them text.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value as Json, json};

use super::{
    super::channel::Source,
    body::Body,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

impl Agent {
    pub(super) fn resource_names(&mut self, _: &Call) -> Answer {
        let values = self
            .bench
            .channels()
            .filter(|channel| channel.source != Source::None);
        Ok(Reply::json(
            &values
                .map(|channel| Json::from(channel.net_name.as_str()))
                .collect::<Json>(),
        ))
    }

    pub(super) fn get_value(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let value = self.bench.read(body.required_text("Name")?, call.now)?;
        Ok(Reply::json(&json!({ "value": value })))
    }

    pub(super) fn set_value(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        self.bench
            .write([(body.required_text("Name")?, body.required_text("Value")?)])?;
        Ok(Reply::nothing())
    }

    pub(super) fn get_values(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let names = body.required_texts("Names")?;
        let max_age = body
            .whole("MaxAgeMs", 1)?
            .map(|ms| Duration::from_millis(ms.unsigned_abs()));
        if max_age.is_none() {
            self.check_lease(call)?;
        }
        // One failed read fails them all, whatever its reason, as at the agent.
        let failed = |error: super::super::error::BenchError| {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
        };
        let mut values = Map::new();
        let mut ages = Map::new();
        for name in names {
            if let Some(max_age) = max_age {
                let reading = self
                    .bench
                    .read_cached(name, max_age, call.now)
                    .map_err(failed)?;
                values.insert(name.into(), reading.value.into());
                ages.insert(name.into(), milliseconds(reading.age));
            } else {
                values.insert(
                    name.into(),
                    self.bench.read(name, call.now).map_err(failed)?.into(),
                );
            }
        }
        Ok(Reply::json(&if max_age.is_some() {
            json!({"resources": values, "ageMs": ages})
        } else {
            json!({ "resources": values })
        }))
    }

    pub(super) fn set_values(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        self.bench.write(body.required_text_map("Resources")?)?;
        Ok(Reply::nothing())
    }

    pub(super) fn transact(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let name = body.required_text("Name")?;
        self.bench.write([(name, body.required_text("Value")?)])?;
        let value = self.bench.read(name, call.now)?;
        Ok(Reply::json(&json!({ "value": value })))
    }
}

pub fn milliseconds(age: Duration) -> Json {
    u64::try_from(age.as_millis()).unwrap_or(u64::MAX).into()
}
