//! The event stream: what it tells, when, and how it ends.

use std::time::Duration;

use rehearsal::host::bench::{Network as _, NetworkError, Received};
use serde_json::json;

use crate::{
    client::Client,
    stream::{Event, Stream},
};

const SECOND: Duration = Duration::from_secs(1);

fn next(client: &mut Client, stream: &Stream) -> Option<Duration> {
    let from = client.network.readable_from(stream.connection, client.now);
    from.unwrap().map(|at| at.saturating_sub(client.now))
}

#[test]
fn a_stream_begins_with_hello_and_capabilities_say_there_are_events() {
    let mut client = Client::new();
    let features = client.get("capabilities")["features"].clone();
    assert_eq!(features, json!(["events", "instruments"]));
    let (first, hello) = Stream::open(&mut client);
    assert_eq!(
        hello,
        json!({"isConnected": true, "generation": 0, "apiVersion": 1, "streamId": first.name})
    );
    let (second, _) = Stream::open(&mut client);
    assert_ne!(first.name, second.name);
    client.ok("modules/unload", r#"{"Name": "TempRegulator"}"#);
    assert_eq!(Stream::open(&mut client).1["generation"], 1);
    let mut client = Client::with("agent: {connected: false}");
    assert_eq!(Stream::open(&mut client).1["isConnected"], false);
}

#[test]
fn a_reader_knows_when_the_next_ping_comes() {
    let mut client = Client::new();
    let (mut stream, _) = Stream::open(&mut client);
    assert_eq!(next(&mut client, &stream), Some(10 * SECOND));
    client.now += 9 * SECOND;
    assert_eq!(stream.take(&mut client), []);
    assert_eq!(next(&mut client, &stream), Some(SECOND));
    client.now += SECOND;
    assert_eq!(next(&mut client, &stream), Some(Duration::ZERO));
    assert_eq!(stream.take(&mut client), [Event::Ping]);
    // Long silence of the code is none of the agent; one ping is as good as many, however long it was.
    for silence in [605, 1_000_000_005, 4_000_000_005] {
        client.now += silence * SECOND;
        assert_eq!(stream.take(&mut client), [Event::Ping]);
        assert_eq!(next(&mut client, &stream), Some(5 * SECOND));
        client.now += 5 * SECOND;
        assert_eq!(stream.take(&mut client), [Event::Ping]);
        assert_eq!(next(&mut client, &stream), Some(10 * SECOND));
    }
    assert!(!stream.has_ended());
}

#[test]
fn changes_of_channels_and_modules_are_told_with_their_generation_and_rising_ids() {
    let mut client = Client::with("config: {a: text}");
    let (mut stream, _) = Stream::open(&mut client);
    let (mut other, _) = Stream::open(&mut client);
    client.ok("modules/unload", r#"{"Name": "TempRegulator"}"#);
    client.ok("modules/load", r#"{"Name": "TempRegulator"}"#);
    client.ok("modules/configure", r#"{"Name": "TempRegulator"}"#);
    let unit = r#"{"NetName": "MON_3V3", "Unit": "mV"}"#;
    client.refused("channels/channel/configure", r#"{"NetName": "no"}"#);
    client.ok(
        "channels/channel/configure",
        &unit.replace("MON", "0.1.ESH10000158.MON"),
    );
    client.ok("application/config/load", r#"{"FileName": "a"}"#);
    client.ok("application/reset", "");
    // What only reads or sets changes no configuration.
    client.value("MON_3V3");
    let events = stream.take(&mut client);
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            let Event::Event { id, .. } = event else {
                panic!("{event:?}")
            };
            let data = event.of("configuration");
            (
                *id,
                data["changeType"].as_str().unwrap(),
                data["generation"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (2, "Removed", 1),
            (3, "Added", 2),
            (4, "Changed", 3),
            (5, "Changed", 4),
            (6, "Changed", 5),
            (7, "Changed", 6),
        ]
    );
    assert_eq!(other.take(&mut client), events);
}

#[test]
fn a_lease_is_told_when_it_is_taken_released_and_has_run_out_at_that_very_time() {
    let mut client = Client::new();
    let (mut stream, _) = Stream::open(&mut client);
    let lease = client.ok("lease", r#"{"Owner": "A", "TtlMs": 5000}"#);
    let id = lease["leaseId"].as_str().unwrap();
    let held = json!({"held": true, "owner": "A", "expiresInMs": 5000, "since": client.get("lease")["since"]});
    assert_eq!(stream.take(&mut client)[0].of("lease"), &held);
    client.request("DELETE", &format!("/api/lease/{id}"), "");
    let free = json!({"held": false, "owner": null, "expiresInMs": 0, "since": null});
    assert_eq!(stream.take(&mut client)[0].of("lease"), &free);
    client.ok("lease", r#"{"Owner": "B", "TtlMs": 3000}"#);
    stream.take(&mut client);
    assert_eq!(next(&mut client, &stream), Some(3 * SECOND));
    client.now += 3 * SECOND;
    assert_eq!(stream.take(&mut client)[0].of("lease"), &free);
    assert_eq!(next(&mut client, &stream), Some(7 * SECOND));
}

#[test]
fn what_nobody_reads_is_bounded_and_the_ids_say_what_was_lost() {
    let mut client = Client::with(&format!("resources: {{A: {}}}", "x".repeat(100_000)));
    let (mut stream, _) = Stream::open(&mut client);
    let body = format!(
        r#"{{"StreamId": "{}", "Channels": ["A"], "IntervalMs": 100}}"#,
        stream.name
    );
    client.ok("subscriptions", &body);
    // 500 events of 100 kB.
    client.now += 50 * SECOND;
    let events = stream.take(&mut client);
    let size: usize = events.iter().map(|event| format!("{event:?}").len()).sum();
    assert!((900_000..1_200_000).contains(&size), "{size}");
    let Some(Event::Event { id: last, .. }) = events.iter().rfind(|event| **event != Event::Ping)
    else {
        panic!("{}", events.len())
    };
    client.now += Duration::from_millis(100);
    let events = stream.take(&mut client);
    let Event::Event { id, .. } = events[0] else {
        panic!("{events:?}")
    };
    assert!(id > last + 400, "{last} {id}");
}

#[test]
fn a_stream_ends_with_its_connection_and_its_connection_with_it() {
    let mut client = Client::new();
    let subscribe = |client: &mut Client, name: &str| {
        let body = format!(r#"{{"StreamId": "{name}", "Channels": ["MON_3V3"]}}"#);
        client.post("subscriptions", &body).status
    };
    let (stream, _) = Stream::open(&mut client);
    assert_eq!(subscribe(&mut client, &stream.name), 200);
    client.network.close(stream.connection).unwrap();
    assert_eq!(subscribe(&mut client, &stream.name), 404);
    let (stream, _) = Stream::open(&mut client);
    client
        .network
        .shutdown(stream.connection, false, true)
        .unwrap();
    assert_eq!(subscribe(&mut client, &stream.name), 404);
    let (mut stream, _) = Stream::open(&mut client);
    client.request("POST", "/api/system/reboot", "");
    client.now += SECOND;
    assert_eq!(stream.take(&mut client), []);
    assert!(stream.has_ended());
    assert_eq!(
        client.network.send(stream.connection, b"x", client.now),
        Err(NetworkError::BrokenPipe)
    );
}

#[test]
fn a_connection_with_a_stream_answers_nothing_else() {
    let mut client = Client::new();
    let (mut stream, _) = Stream::open(&mut client);
    let request = b"GET /api/channels HTTP/1.1\r\nHost: a\r\n\r\n";
    for _ in 0..100 {
        client
            .network
            .send(stream.connection, request, client.now)
            .unwrap();
    }
    assert_eq!(stream.take(&mut client), []);
}

#[test]
fn there_are_no_more_than_64_streams() {
    let mut client = Client::new();
    let mut streams: Vec<_> = (0..64).map(|_| Stream::open(&mut client).0).collect();
    let answer = client.request("GET", "/api/events", "");
    assert_eq!(
        (answer.status, answer.error()),
        (
            503,
            "there are 64 event streams already: close one first".into()
        )
    );
    let first = streams.remove(0);
    client.network.close(first.connection).unwrap();
    Stream::open(&mut client);
}

#[test]
fn asking_for_the_head_opens_no_stream() {
    let mut client = Client::new();
    for _ in 0..100 {
        let answer = client.request("HEAD", "/api/events", "");
        assert_eq!(answer.status, 200);
        assert!(
            answer.head.contains("\r\nContent-Type: text/event-stream")
                && !answer.head.contains("\r\nContent-Length:"),
            "{}",
            answer.head
        );
    }
}

#[test]
fn a_client_of_http_1_0_gets_events_without_chunks() {
    let mut client = Client::new();
    client.send("GET /api/events HTTP/1.0\r\n\r\n");
    let (text, closed) = client.receive();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(!closed && head.ends_with("\r\nConnection: close"), "{head}");
    assert!(body.starts_with("id: 1\nevent: hello\ndata: {"), "{body}");
    client.now += 10 * SECOND;
    assert_eq!(client.receive(), (": ping\n\n".into(), false));
}

#[test]
fn faults_reach_streams() {
    let open = "GET /api/events HTTP/1.1\r\nHost: a\r\n\r\n";
    let ping = "GET /api/capabilities HTTP/1.1\r\nHost: a\r\n\r\n";
    let broken = |fault: &str| Client::with(&format!("faults: {{agent: {fault}}}"));
    // An agent that refuses ends them.
    let mut client = broken("{kind: refuse, after: 2}");
    let (mut stream, _) = Stream::open(&mut client);
    client.send(ping);
    assert_eq!(stream.take(&mut client), []);
    assert!(stream.has_ended());
    let mut client = broken("{kind: refuse, after: 1}");
    client.send(open);
    let (text, closed) = client.receive();
    assert!(
        closed && text.contains("event: hello") && text.ends_with("\r\n0\r\n\r\n"),
        "{text}"
    );
    // One that stalls is silent.
    let mut client = broken("{kind: stall, after: 2, times: 1}");
    let (mut stream, _) = Stream::open(&mut client);
    client.send(ping);
    client.now += 30 * SECOND;
    assert_eq!(next(&mut client, &stream), None);
    assert_eq!(stream.take(&mut client), []);
    client.send(ping);
    assert_eq!(stream.take(&mut client), [Event::Ping]);
    // The others strike the request that opens it.
    let mut client = broken("{kind: slow, delay_ms: 2500}");
    client.send(open);
    let ready = client.now + Duration::from_millis(2500);
    let receive = |client: &mut Client| {
        client
            .network
            .receive(client.connection, 1000, false, client.now)
    };
    assert_eq!(receive(&mut client), Ok(Received::WouldBlock(Some(ready))));
    client.now = ready;
    let (text, _) = client.receive();
    assert!(text.contains("event: hello"), "{text}");
    let mut client = broken("{kind: half_reply}");
    client.send(open);
    let (text, closed) = client.receive();
    assert!(
        closed && text.starts_with("HTTP/1.1 200 ") && !text.contains("streamId"),
        "{text}"
    );
    let mut client = broken("{kind: reset}");
    client.send(open);
    assert_eq!(receive(&mut client), Err(NetworkError::Reset));
}
