//! The group `subscriptions`: values that a stream gets at intervals.

use std::{ops::RangeInclusive, time::Duration};

use http::StatusCode;
use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::{
    super::{
        bench::{Bench, Reading},
        channel_type::ChannelType,
    },
    body::Body,
    events::StreamId,
    problem::Problem,
    reply::{Answer, Reply},
    resources::milliseconds,
    server::{Agent, Call},
};

/// A subscription ends so long after it was made or renewed.
const LIFE: Duration = Duration::from_secs(60);
/// Milliseconds.
const INTERVAL: RangeInclusive<i64> = 100..=60_000;
const DEFAULT_INTERVAL: i64 = 1000;
/// The most subscriptions at a time, of all streams.
const MOST_SUBSCRIPTIONS: usize = 256;

/// What is never read for a subscription: reading uses it up, or there is nothing to read.
const NEVER_SERVED: [ChannelType; 6] = [
    ChannelType::UART,
    ChannelType::SPI,
    ChannelType::I2C,
    ChannelType::BYTE_STREAM,
    ChannelType::NUMERIC_RESULT,
    ChannelType::NUMERIC_RESULTS,
];

/// By id.
#[derive(Clone, Debug, Default)]
pub struct Subscriptions(IndexMap<String, Subscription>);

#[derive(Clone, Debug)]
struct Subscription {
    stream: StreamId,
    wanted: Wanted,
    /// When the values are read next.
    next: Duration,
    expires: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    channels: Vec<String>,
    interval: Duration,
}

/// What happens to a subscription, by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    Ends(String),
    Values(String),
}

impl Subscriptions {
    /// What happens next, to one stream's subscriptions or to all.
    pub fn next(&self, of: Option<StreamId>) -> Option<(Duration, Turn)> {
        let all = self.0.iter();
        let ours = all.filter(|(_, one)| of.is_none_or(|of| of == one.stream));
        let (id, one) = ours.min_by_key(|(_, one)| one.expires.min(one.next))?;
        Some(if one.expires <= one.next {
            (one.expires, Turn::Ends(id.clone()))
        } else {
            (one.next, Turn::Values(id.clone()))
        })
    }

    /// Ends those of a stream.
    pub fn forget(&mut self, stream: StreamId) {
        self.0.retain(|_, one| one.stream != stream);
    }

    pub fn end(&mut self, id: &str) {
        self.0.shift_remove(id);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl Wanted {
    fn of(body: &Body) -> Result<Self, Problem> {
        let channels = body.required_texts("Channels")?;
        if channels.is_empty() {
            return Err(Problem::bad_request(
                "field \"Channels\" is empty: name the channels to read",
            ));
        }
        let interval = body.whole("IntervalMs", *INTERVAL.start())?;
        let interval = interval.unwrap_or(DEFAULT_INTERVAL);
        if interval > *INTERVAL.end() {
            return Err(Problem::bad_request(format!(
                "field \"IntervalMs\" must be at most {}, not {interval}",
                INTERVAL.end()
            )));
        }
        Ok(Self {
            channels: channels.into_iter().map(String::from).collect(),
            interval: Duration::from_millis(interval.unsigned_abs()),
        })
    }
}

impl Agent {
    pub(super) fn subscribe(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let name = body.required_text("StreamId")?;
        let wanted = Wanted::of(&body)?;
        let stream = self.streams.by_name(name).ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_FOUND,
                format!("event stream \"{name}\" not found: open one by GET /api/events, its first event has the id"),
            )
        })?;
        if self.subscriptions.0.len() >= MOST_SUBSCRIPTIONS {
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                format!("there are {MOST_SUBSCRIPTIONS} subscriptions already: delete one first"),
            ));
        }
        let id = self.unique_id(call.now);
        let subscription = Subscription {
            stream,
            wanted,
            next: call.now,
            expires: call.now.saturating_add(LIFE),
        };
        self.subscriptions.0.insert(id.clone(), subscription);
        self.streams.stir();
        Ok(renewed(&id))
    }

    /// Renews a subscription. One that wants the same as before keeps its pace, any other begins anew.
    pub(super) fn update_subscription(&mut self, call: &Call) -> Answer {
        let wanted = Wanted::of(&Body::parse(call.body)?)?;
        let one = self
            .subscriptions
            .0
            .get_mut(call.parameter)
            .ok_or_else(|| ended(call))?;
        one.expires = call.now.saturating_add(LIFE);
        if one.wanted != wanted {
            one.wanted = wanted;
            one.next = call.now;
        }
        self.streams.stir();
        Ok(renewed(call.parameter))
    }

    pub(super) fn unsubscribe(&mut self, call: &Call) -> Answer {
        let gone = self.subscriptions.0.shift_remove(call.parameter);
        gone.map(|_| Reply::no_content()).ok_or_else(|| ended(call))
    }

    /// Reads the values of a subscription and puts them on its stream.
    pub(super) fn serve_subscription(&mut self, id: &str, now: Duration) {
        let lost = self.lost();
        let Some(one) = self.subscriptions.0.get_mut(id) else {
            return;
        };
        one.next = now.saturating_add(one.wanted.interval);
        let (mut values, mut ages, mut errors) = (Map::new(), Map::new(), Map::new());
        for name in &one.wanted.channels {
            let read = match &lost {
                Some(why) => Err(why.clone()),
                None => read(&mut self.bench, name, one.wanted.interval, now),
            };
            match read {
                Ok(reading) => {
                    values.insert(name.clone(), reading.value.into());
                    ages.insert(name.clone(), milliseconds(reading.age));
                }
                Err(why) => {
                    errors.insert(name.clone(), why.into());
                }
            }
        }
        let mut data = json!({"subscription": id, "values": values, "ageMs": ages});
        if let (false, Json::Object(data)) = (errors.is_empty(), &mut data) {
            data.insert("errors".into(), errors.into());
        }
        self.streams.tell(Some(one.stream), "values", &data);
    }
}

/// What several subscriptions want is read once in an interval.
fn read(
    bench: &mut Bench,
    name: &str,
    interval: Duration,
    now: Duration,
) -> Result<Reading, String> {
    let (_, channel) = bench.channel(name).map_err(|error| error.to_string())?;
    if NEVER_SERVED.contains(&channel.kind) {
        return Err(format!(
            "{name} is never read for a subscription: its type is {}",
            channel.kind
        ));
    }
    let max_age = interval.saturating_sub(Duration::from_millis(1));
    let reading = bench.read_cached(name, max_age, now);
    reading.map_err(|error| error.to_string())
}

fn renewed(id: &str) -> Reply {
    Reply::json(&json!({"id": id, "expiresInMs": milliseconds(LIFE)}))
}

fn ended(call: &Call) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        format!(
            "subscription \"{}\" not found: it has ended",
            call.parameter
        ),
    )
}
