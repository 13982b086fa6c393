//! The agent's logs.

use std::{net::IpAddr, time::Duration};

use http::Request;
use rehearsal::host::bench::{Agent, default_station};
use serde_json::json;

use crate::client::Client;

#[test]
fn the_system_log_says_what_the_agent_did() {
    let mut client = Client::new();
    client
        .network
        .tell_time(Duration::from_secs(1_800_000_000), client.now);
    client.ok("modules/unload", r#"{"Name": "TempRegulator"}"#);
    client.now += Duration::from_millis(1250);
    client.ok("lease", r#"{"Owner": "A\nB"}"#);
    client.now += Duration::from_secs(30);
    client.ok("application/reset", "");
    let body = r#"{"DeviceName": "0.ESH10000023.I2C09", "Action": "Receive", "Address": "51"}"#;
    client.refused("comm/i2c", body);
    let log = json!([
        "2027-01-15T08:00:00.000Z INFO simulated agent started",
        "2027-01-15T08:00:00.000Z INFO module \"TempRegulator\" unloaded",
        "2027-01-15T08:00:01.250Z INFO lease taken by \"A B\"",
        "2027-01-15T08:00:31.250Z INFO lease of \"A B\" ran out",
        "2027-01-15T08:00:31.250Z INFO application reset",
        "2027-01-15T08:00:31.250Z ERROR comm/i2c: NAK: no device acknowledged address 0x51 on 0.ESH10000023.I2C09",
    ]);
    assert_eq!(client.get("application/log"), log);
    assert_eq!(client.get("application/log?tail=0"), log);
    assert_eq!(client.get("application/log?tail=1"), json!([log[5]]));
    for tail in ["-1", "x", ""] {
        let answer = client.request("GET", &format!("/api/application/log?tail={tail}"), "");
        assert_eq!(
            (answer.status, answer.error()),
            (
                400,
                format!("tail must be a whole number of lines, 0 for all of them, not \"{tail}\"")
            )
        );
    }
}

#[test]
fn the_audit_log_says_who_asked_for_what() {
    let mut agent = Agent::new(default_station(), Duration::ZERO).unwrap();
    let mut ask = |method: &str, path: &str, client: Option<&str>| {
        let mut request = Request::new(Vec::new());
        *request.method_mut() = method.parse().unwrap();
        *request.uri_mut() = path.parse().unwrap();
        if let Some(client) = client {
            request
                .extensions_mut()
                .insert(client.parse::<IpAddr>().unwrap());
        }
        let response = agent.handle(&request, Duration::from_millis(5));
        String::from_utf8(response.into_body()).unwrap()
    };
    ask("GET", "/api/media?x=y", Some("192.0.2.7"));
    ask("POST", "/api/nothing", Some("::1"));
    ask("DELETE", "/api/media/hello.txt", None);
    let lines: Vec<String> =
        serde_json::from_str(&ask("GET", "/api/audit/log?tail=2", None)).unwrap();
    assert_eq!(
        lines,
        [
            "1970-01-01T00:00:00.005Z ::1 POST /api/nothing 404 0ms",
            "1970-01-01T00:00:00.005Z - DELETE /api/media/hello.txt 200 0ms",
        ]
    );
    let lines: Vec<String> = serde_json::from_str(&ask("GET", "/api/audit/log", None)).unwrap();
    assert_eq!(
        (lines.len(), lines[0].as_str()),
        (
            4,
            "1970-01-01T00:00:00.005Z 192.0.2.7 GET /api/media 200 0ms"
        )
    );
}

#[test]
fn a_log_keeps_its_newest_lines() {
    let mut agent = Agent::new(default_station(), Duration::ZERO).unwrap();
    let request = Request::get("/api/nothing").body(Vec::new()).unwrap();
    for second in 0..20_005 {
        agent.handle(&request, Duration::from_secs(second));
    }
    let request = Request::get("/api/audit/log?tail=0")
        .body(Vec::new())
        .unwrap();
    let response = agent.handle(&request, Duration::from_secs(0));
    let lines: Vec<String> = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(lines.len(), 20_000);
    assert!(lines[0].starts_with("1970-01-01T00:00:05"), "{}", lines[0]);
}
