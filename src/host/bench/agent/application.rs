//! The groups `connection` and `application`, and `capabilities`.

use serde_json::json;

use super::{
    reply::{Answer, Reply},
    server::{Agent, Call},
};

impl Agent {
    pub(super) fn connection_status(&mut self, _: &Call) -> Answer {
        Ok(Reply::json(&json!({
            "isConnected": self.lost().is_none(),
            "lastError": self.last_error(),
        })))
    }

    pub(super) fn capabilities(&mut self, _: &Call) -> Answer {
        Ok(Reply::json(&json!({
            "apiVersion": 1,
            "webApiVersion": "5.28.1-simulated",
            // Encoded channels are not among the features.
            "codecVersion": 0,
            "features": ["events", "instruments"],
        })))
    }

    pub(super) fn application_name(&mut self, _: &Call) -> Answer {
        Ok(Reply::json(&json!(self.bench.station().application.name)))
    }

    pub(super) fn application_identification(&mut self, _: &Call) -> Answer {
        let application = &self.bench.station().application;
        Ok(Reply::json(&json!(application.identification)))
    }

    pub(super) fn application_status(&mut self, _: &Call) -> Answer {
        Ok(Reply::json(&json!(self.bench.station().application.status)))
    }

    pub(super) fn application_reset(&mut self, call: &Call) -> Answer {
        self.restart_bench(call.now)?;
        self.note(call.now, "INFO application reset");
        Ok(Reply::nothing())
    }
}
