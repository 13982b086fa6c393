//! The groups `connection` and `application`.

use serde_json::json;

use super::server::{Agent, Answer, Call};

impl Agent {
    pub(super) fn connection_status(&mut self, _: &Call) -> Answer {
        let application = &self.bench.station().application;
        Ok(Some(
            json!({"isConnected": application.connected, "lastError": application.last_error}),
        ))
    }

    pub(super) fn application_name(&mut self, _: &Call) -> Answer {
        Ok(Some(json!(self.bench.station().application.name)))
    }

    pub(super) fn application_identification(&mut self, _: &Call) -> Answer {
        Ok(Some(json!(self.bench.station().application.identification)))
    }

    pub(super) fn application_status(&mut self, _: &Call) -> Answer {
        Ok(Some(json!(self.bench.station().application.status)))
    }

    pub(super) fn application_reset(&mut self, call: &Call) -> Answer {
        self.bench.reset(call.now)?;
        Ok(None)
    }
}
