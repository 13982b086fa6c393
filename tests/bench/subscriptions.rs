//! Values that a stream gets at intervals.

use std::time::Duration;

use rehearsal::host::bench::Network as _;
use serde_json::{Value as Json, json};

use crate::{
    client::Client,
    stream::{Event, Stream},
};

const SECOND: Duration = Duration::from_secs(1);
const BENCH: &str = "resources: {A: \"1.5\", B: {value: true, alias: Ready}}";

fn subscribe(client: &mut Client, stream: &Stream, channels: &Json, interval: u64) -> String {
    let body = json!({"StreamId": stream.name, "Channels": channels, "IntervalMs": interval});
    let made = client.ok("subscriptions", &body.to_string());
    assert_eq!(made["expiresInMs"], 60_000);
    made["id"].as_str().unwrap().into()
}

/// The values told up to now, in their order.
fn values(client: &mut Client, stream: &mut Stream) -> Vec<Json> {
    let events = stream.take(client);
    let told = events.iter().filter(|event| **event != Event::Ping);
    told.map(|event| event.of("values").clone()).collect()
}

#[test]
fn values_come_at_once_and_then_each_interval_changed_or_not() {
    let mut client = Client::with(BENCH);
    let (mut stream, _) = Stream::open(&mut client);
    let id = subscribe(&mut client, &stream, &json!(["A", "Ready"]), 250);
    let told = |a: &str| json!({"subscription": id, "values": {"A": a, "Ready": "True"}, "ageMs": {"A": 0, "Ready": 0}});
    assert_eq!(values(&mut client, &mut stream), [told("1.5")]);
    let from = client.network.readable_from(stream.connection, client.now);
    assert_eq!(from, Ok(Some(client.now + Duration::from_millis(250))));
    client.now += Duration::from_millis(249);
    assert!(values(&mut client, &mut stream).is_empty());
    client.set("A", "2.5");
    client.now += Duration::from_millis(1);
    assert_eq!(values(&mut client, &mut stream), [told("2.5")]);
    // Each at its time, however late they are read.
    client.now += Duration::from_millis(100);
    client.set("A", "3.5");
    client.now += Duration::from_millis(400);
    client.set("A", "4.5");
    assert_eq!(values(&mut client, &mut stream), [told("3.5"), told("3.5")]);
}

#[test]
fn values_are_those_of_their_time_when_a_device_is_spoken_to_before_they_are_read() {
    let mut client = Client::with(
        "{resources: {T: {ramp: {from: 0, to: 60, over_ms: 60000}}}, sockets: {\"a:7\": {echo: true}}}",
    );
    let (mut stream, _) = Stream::open(&mut client);
    subscribe(&mut client, &stream, &json!(["T"]), 10_000);
    client.now += 25 * SECOND;
    let device = client.network.connect("a", 7, client.now).unwrap();
    client.network.send(device, b"x", client.now).unwrap();
    let told = values(&mut client, &mut stream);
    let told: Vec<_> = told.iter().map(|told| &told["values"]["T"]).collect();
    assert_eq!(told, ["0", "10", "20"]);
}

#[test]
fn what_was_read_within_the_interval_is_not_read_again() {
    let mut client = Client::with(BENCH);
    let (mut stream, _) = Stream::open(&mut client);
    subscribe(&mut client, &stream, &json!(["A"]), 1000);
    values(&mut client, &mut stream);
    client.now += Duration::from_millis(600);
    client.value("A");
    client.now += Duration::from_millis(400);
    assert_eq!(values(&mut client, &mut stream)[0]["ageMs"]["A"], 400);
    client.now += SECOND;
    assert_eq!(values(&mut client, &mut stream)[0]["ageMs"]["A"], 0);
}

#[test]
fn channels_that_cannot_be_read_come_as_errors() {
    let mut client = Client::with("resources: {A: 1, Off: {value: 1, enabled: false}}");
    let (mut stream, _) = Stream::open(&mut client);
    let bus = "0.1.ESH10000158.UART1";
    let sampler = "0.1.ESH10000158.NUMERIC_RESULT";
    let channels = json!(["A", "no", bus, sampler, "Off"]);
    subscribe(&mut client, &stream, &channels, 1000);
    let told = values(&mut client, &mut stream);
    assert_eq!(told[0]["values"], json!({"A": "1"}));
    assert_eq!(
        told[0]["errors"],
        json!({
            "no": "channel \"no\" not found: no such net name or alias",
            bus: format!("{bus} is never read for a subscription: its type is UART"),
            sampler: format!("{sampler} is never read for a subscription: its type is NumericResult"),
            "Off": "Off is disabled",
        })
    );
}

#[test]
fn a_subscription_ends_60_s_after_its_last_renewal() {
    let mut client = Client::with(BENCH);
    let (mut stream, _) = Stream::open(&mut client);
    let id = subscribe(&mut client, &stream, &json!(["A"]), 60_000);
    let path = format!("/api/subscriptions/{id}");
    let renew = |client: &mut Client| {
        client.request("PUT", &path, r#"{"Channels": ["A"], "IntervalMs": 60000}"#)
    };
    values(&mut client, &mut stream);
    client.now += 59 * SECOND;
    assert_eq!(
        renew(&mut client).json(),
        json!({"id": id, "expiresInMs": 60_000})
    );
    // What stays as it was keeps its pace.
    assert!(values(&mut client, &mut stream).is_empty());
    client.now += SECOND;
    assert_eq!(values(&mut client, &mut stream).len(), 1);
    client.now += 59 * SECOND;
    let late = renew(&mut client);
    assert_eq!(
        (late.status, late.error()),
        (
            404,
            format!("subscription \"{id}\" not found: it has ended")
        )
    );
    client.now += 600 * SECOND;
    assert!(values(&mut client, &mut stream).is_empty());
}

#[test]
fn a_subscription_can_be_changed_and_deleted() {
    let mut client = Client::with(BENCH);
    let (mut stream, _) = Stream::open(&mut client);
    let id = subscribe(&mut client, &stream, &json!(["A"]), 1000);
    values(&mut client, &mut stream);
    let path = format!("/api/subscriptions/{id}");
    client.now += Duration::from_millis(500);
    client.request("PUT", &path, r#"{"Channels": ["B"], "IntervalMs": 100}"#);
    let told = values(&mut client, &mut stream);
    assert_eq!(told[0]["values"], json!({"B": "True"}));
    assert_eq!(client.request("DELETE", &path, "").status, 204);
    assert_eq!(client.request("DELETE", &path, "").status, 404);
    client.now += SECOND;
    assert!(values(&mut client, &mut stream).is_empty());
}

#[test]
fn a_subscription_needs_a_stream_channels_and_an_interval_within_bounds() {
    let mut client = Client::with(BENCH);
    let (stream, _) = Stream::open(&mut client);
    let name = &stream.name;
    for (body, status, text) in [
        (
            json!({"Channels": ["A"]}),
            400,
            "field \"StreamId\" is missing",
        ),
        (
            json!({"StreamId": "x", "Channels": ["A"]}),
            404,
            "event stream \"x\" not found: open one by GET /api/events, its first event has the id",
        ),
        (
            json!({"StreamId": name}),
            400,
            "field \"Channels\" is missing",
        ),
        (
            json!({"StreamId": name, "Channels": []}),
            400,
            "field \"Channels\" is empty: name the channels to read",
        ),
        (
            json!({"StreamId": name, "Channels": ["A"], "IntervalMs": 99}),
            400,
            "field \"IntervalMs\" must be at least 100, not 99",
        ),
        (
            json!({"StreamId": name, "Channels": ["A"], "IntervalMs": 60001}),
            400,
            "field \"IntervalMs\" must be at most 60000, not 60001",
        ),
    ] {
        assert_eq!(
            client.refused("subscriptions", &body.to_string()),
            (status, text.into())
        );
    }
}

#[test]
fn the_lease_of_another_stops_no_subscription_and_lost_hardware_shows() {
    let mut client = Client::with(BENCH);
    let (mut stream, _) = Stream::open(&mut client);
    client.ok("lease", r#"{"Owner": "somebody"}"#);
    stream.take(&mut client);
    subscribe(&mut client, &stream, &json!(["A"]), 1000);
    assert_eq!(values(&mut client, &mut stream)[0]["values"]["A"], "1.5");
    client.now += 30 * SECOND;
    stream.take(&mut client);
    client.request("POST", "/api/system/services/hardware/stop", "");
    stream.take(&mut client);
    client.now += SECOND;
    let told = values(&mut client, &mut stream);
    assert_eq!(told[0]["values"], json!({}));
    assert_eq!(
        told[0]["errors"]["A"],
        "the agent is not connected to its hardware: the hardware application does not run: it is stopped; \
         start it by POST /api/system/services/hardware/start"
    );
}

#[test]
fn there_are_no_more_than_256_subscriptions() {
    let mut client = Client::with(BENCH);
    let (stream, _) = Stream::open(&mut client);
    for _ in 0..256 {
        subscribe(&mut client, &stream, &json!(["A"]), 60_000);
    }
    let body = json!({"StreamId": stream.name, "Channels": ["A"]});
    assert_eq!(
        client.refused("subscriptions", &body.to_string()),
        (
            503,
            "there are 256 subscriptions already: delete one first".into()
        )
    );
}
