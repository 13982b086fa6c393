//! Several clients at once.

use std::{
    thread::{scope, sleep},
    time::{Duration, Instant},
};

use serde_json::{Value as Json, json};

use crate::{
    client::{Answer, Client},
    serving::Serving,
};

const CLIENTS: usize = 8;
const ROUNDS: usize = 25;

fn ask(client: &mut Client, method: &str, path: &str, lease: &str, body: &Json) -> Answer {
    let body = body.to_string();
    client.ask(format!(
        "{method} /api/{path} HTTP/1.1\r\nHost: a\r\n{lease}Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

fn json(answer: &Answer) -> Json {
    serde_json::from_str(&answer.body).expect("JSON")
}

/// Takes the lease, adds one, and gives it back.
fn add_one(client: &mut Client, owner: usize, end: Instant) {
    let lease = loop {
        let wanted = json!({"Owner": format!("client {owner}"), "TtlMs": 60_000});
        let answer = ask(client, "POST", "lease", "", &wanted);
        match answer.status {
            200 => break json(&answer)["leaseId"].as_str().expect("an id").to_owned(),
            status => assert_eq!(status, 409),
        }
        assert!(Instant::now() < end, "no turn");
        sleep(Duration::from_millis(1));
    };
    let header = format!("X-Lease-Id: {lease}\r\n");
    let read = ask(
        client,
        "POST",
        "resources/value/get",
        &header,
        &json!({"Name": "A"}),
    );
    assert_eq!(read.status, 200, "{}", read.body);
    let value: u64 = json(&read)["value"]
        .as_str()
        .expect("text")
        .parse()
        .expect("a number");
    let more = json!({"Name": "A", "Value": (value + 1).to_string()});
    assert_eq!(
        ask(client, "POST", "resources/value/set", &header, &more).status,
        200
    );
    let gone = format!("DELETE /api/lease/{lease} HTTP/1.1\r\nHost: a\r\n\r\n");
    client.send(gone);
    assert_eq!(client.status_without_body(), 204);
}

#[test]
fn eight_clients_with_leases_lose_no_update() {
    let serving = Serving::bench("resources: {A: \"0\"}");
    let end = Instant::now() + Duration::from_secs(120);
    scope(|scope| {
        for owner in 0..CLIENTS {
            let serving = &serving;
            scope.spawn(move || {
                let mut client = Client::of(serving);
                for _ in 0..ROUNDS {
                    add_one(&mut client, owner, end);
                }
            });
        }
    });
    let mut client = Client::of(&serving);
    let read = ask(
        &mut client,
        "POST",
        "resources/value/get",
        "",
        &json!({"Name": "A"}),
    );
    assert_eq!(json(&read)["value"], (CLIENTS * ROUNDS).to_string());
}
