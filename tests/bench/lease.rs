//! The lease: who may change the station.

use std::time::Duration;

use serde_json::json;

use crate::client::{Answer, Client};

/// A request of whoever holds the lease with this id.
fn with_lease(client: &mut Client, id: &str, method: &str, path: &str, body: &str) -> Answer {
    let header = format!("X-Lease-Id: {id}\r\n");
    client.request_with(method, &format!("/api/{path}"), &header, body)
}

fn acquire(client: &mut Client, body: &str) -> String {
    let lease = client.ok("lease", body);
    lease["leaseId"].as_str().unwrap().into()
}

#[test]
fn one_client_at_a_time_holds_the_lease() {
    let mut client = Client::new();
    client.network.tell_time(
        Duration::from_secs(1_800_000_000),
        client.now - Duration::from_secs(5),
    );
    let free = json!({"held": false, "owner": null, "expiresInMs": 0, "since": null});
    assert_eq!(client.get("lease"), free);
    let lease = client.ok("lease", r#"{"Owner": "station 3", "TtlMs": 10000}"#);
    let id = lease["leaseId"].as_str().unwrap().to_owned();
    assert_eq!(
        lease,
        json!({"leaseId": id, "owner": "station 3", "expiresInMs": 10000})
    );
    client.now += Duration::from_millis(1500);
    let held = json!({
        "held": true, "owner": "station 3", "expiresInMs": 8500, "since": "2027-01-15T08:00:05.000Z",
    });
    assert_eq!(client.get("lease"), held);
    assert_eq!(
        client.refused("lease", r#"{"owner": "me"}"#),
        (
            409,
            "the lease is held by \"station 3\" for another 8500 ms: wait until it ends, or send its id as X-Lease-Id".into()
        )
    );
    // Whoever holds it may ask again.
    let again = with_lease(
        &mut client,
        &id,
        "POST",
        "lease",
        r#"{"Owner": "still me"}"#,
    );
    assert_eq!(
        again.json(),
        json!({"leaseId": id, "owner": "still me", "expiresInMs": 30000})
    );
    let renewed = client.request("PUT", &format!("/api/lease/{id}"), r#"{"TtlMs": 5000}"#);
    assert_eq!(renewed.json()["expiresInMs"], 5000);
    client.now += Duration::from_millis(4999);
    // Without a new one it keeps its time.
    let renewed = client.request("PUT", &format!("/api/lease/{id}"), "{}");
    assert_eq!(renewed.json()["expiresInMs"], 5000);
    let other = client.request("DELETE", "/api/lease/other", "");
    assert_eq!(
        (other.status, other.error()),
        (404, "lease \"other\" not found: it has ended".into())
    );
    let released = client.request("DELETE", &format!("/api/lease/{id}"), "");
    assert_eq!((released.status, released.body.as_str()), (204, ""));
    assert!(
        !released.head.contains("Content-Length"),
        "{}",
        released.head
    );
    assert_eq!(client.get("lease"), free);
    assert_ne!(acquire(&mut client, r#"{"Owner": "next"}"#), id);
}

#[test]
fn a_lease_ends_by_itself() {
    let mut client = Client::new();
    let id = acquire(&mut client, r#"{"Owner": "A", "TtlMs": 1000}"#);
    client.now += Duration::from_millis(999);
    assert_eq!(client.post("application/reset", "").status, 423);
    client.now += Duration::from_millis(1);
    assert_eq!(client.post("application/reset", "").status, 200);
    let late = client.request("PUT", &format!("/api/lease/{id}"), "{}");
    assert_eq!(late.status, 404);
    // The id of a lease that has ended does no harm while nobody holds one.
    assert_eq!(
        with_lease(&mut client, &id, "POST", "application/reset", "").status,
        200
    );
    acquire(&mut client, r#"{"Owner": "B"}"#);
    assert_eq!(
        with_lease(&mut client, &id, "POST", "application/reset", "").status,
        423
    );
}

#[test]
fn the_lease_of_another_stops_changes_and_forced_reads_only() {
    let mut client = Client::new();
    let id = acquire(&mut client, r#"{"Owner": "A"}"#);
    for (method, path) in [
        ("POST", "application/reset"),
        ("POST", "application/config/load"),
        ("POST", "application/config/save"),
        ("POST", "application/config/upload"),
        ("DELETE", "application/config/x"),
        ("POST", "media/upload"),
        ("DELETE", "media/x"),
        ("POST", "resources/value/get"),
        ("POST", "resources/value/set"),
        ("POST", "resources/values/set"),
        ("POST", "resources/transact"),
        ("POST", "channels/channel/configure"),
        ("POST", "channels/configure"),
        ("POST", "calibration/table"),
        ("POST", "modules/load"),
        ("POST", "modules/unload"),
        ("POST", "modules/configure"),
        ("POST", "comm/i2c"),
        ("POST", "comm/spi"),
        ("POST", "comm/uart"),
        ("POST", "comm/socket"),
        ("POST", "numeric-results/measure"),
        ("POST", "numeric-results/acquire"),
    ] {
        let answer = client.request(method, &format!("/api/{path}"), "{}");
        assert_eq!(answer.status, 423, "{method} {path}");
        let answer = with_lease(&mut client, &id, method, path, "{}");
        assert_ne!(answer.status, 423, "{method} {path}");
    }
    let read = r#"{"Names": ["MON_3V3"]}"#;
    assert_eq!(client.post("resources/values/get", read).status, 423);
    for (path, body) in [
        (
            "resources/values/get",
            r#"{"Names": ["MON_3V3"], "MaxAgeMs": 5}"#,
        ),
        ("channels/channel", r#"{"Alias": "MON_3V3"}"#),
    ] {
        assert_eq!(client.post(path, body).status, 200, "{path}");
    }
    for path in [
        "connection/status",
        "capabilities",
        "application/name",
        "application/log",
        "application/config/list",
        "audit/log",
        "media",
        "media/hello.txt",
        "resources/names",
        "channels",
        "instruments",
        "calibration/channels",
        "calibration/table?channel=0.1.ESH10000158.CALIBRATION",
        "modules",
        "numeric-results/channels",
        "lease",
    ] {
        assert_eq!(
            client.request("GET", &format!("/api/{path}"), "").status,
            200,
            "{path}"
        );
    }
}

#[test]
fn a_lease_needs_an_owner_and_a_time_within_limits() {
    let mut client = Client::new();
    for (body, text) in [
        ("{}", "field \"Owner\" is missing"),
        (r#"{"Owner": " "}"#, "field \"Owner\" is empty"),
        (
            r#"{"Owner": "A", "TtlMs": 999}"#,
            "field \"TtlMs\" must be at least 1000, not 999",
        ),
        (
            r#"{"Owner": "A", "TtlMs": 600001}"#,
            "field \"TtlMs\" must be at most 600000, not 600001",
        ),
    ] {
        assert_eq!(client.refused("lease", body), (400, text.into()));
    }
}

#[test]
fn the_lease_needs_no_hardware() {
    let mut client = Client::with("agent: {connected: false}");
    acquire(&mut client, r#"{"Owner": "A"}"#);
    assert_eq!(client.get("lease")["held"], true);
    assert_eq!(client.get("capabilities")["apiVersion"], 1);
    assert_eq!(client.request("GET", "/api/media", "").status, 503);
}
