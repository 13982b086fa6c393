//! The group `channels`: what channels there are, and how they are configured.

use serde_json::Value as Json;

use super::{
    super::{bench::ChannelChange, channel_type::ChannelType, direction::Direction},
    body::{self, Body},
    events::Change,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

impl Agent {
    pub(super) fn list_channels(&mut self, _: &Call) -> Answer {
        Ok(Reply::json(
            &self
                .bench
                .channels()
                .enumerate()
                .map(|(index, channel)| channel.to_json(index))
                .collect::<Json>(),
        ))
    }

    pub(super) fn find_channel(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let name = body.text("NetName")?;
        let name = name.or(body.text("Alias")?).ok_or_else(nameless)?;
        let (index, channel) = self.bench.channel(name)?;
        Ok(Reply::json(&channel.to_json(index)))
    }

    pub(super) fn configure_channel(&mut self, call: &Call) -> Answer {
        let change = change(&Body::parse(call.body)?)?;
        self.bench.configure(&[change])?;
        self.configured(Change::Changed);
        Ok(Reply::nothing())
    }

    pub(super) fn configure_channels(&mut self, call: &Call) -> Answer {
        let Json::Array(items) = body::parse(call.body)? else {
            return Err(Problem::bad_request(
                "the body must be a list of channel configurations",
            ));
        };
        let changes: Vec<_> = items
            .into_iter()
            .map(|item| change(&Body::of(item)?))
            .collect::<Result<_, _>>()?;
        self.bench.configure(&changes)?;
        self.configured(Change::Changed);
        Ok(Reply::nothing())
    }
}

fn nameless() -> Problem {
    Problem::bad_request("field \"NetName\" or \"Alias\" is missing")
}

pub fn change(body: &Body) -> Result<ChannelChange, Problem> {
    let change = ChannelChange {
        net_name: body.owned_text("NetName")?,
        alias: body.owned_text("Alias")?,
        enabled: body.boolean("Enabled")?,
        direction: body.flags("Direction", |text| text.parse().ok(), Direction::from_bits)?,
        kind: body.flags(
            "ChannelType",
            |text| text.parse().ok(),
            ChannelType::from_bits,
        )?,
        description: body.owned_text("Description")?,
        unit: body.owned_text("Unit")?,
        group: body.owned_text("GroupName")?,
        device: body.owned_text("DeviceName")?,
        details: body.object("Details")?.cloned().unwrap_or_default(),
    };
    if change.net_name.is_none() && change.alias.is_none() {
        return Err(nameless());
    }
    Ok(change)
}
