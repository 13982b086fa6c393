//! The station's services, its restart, its clock and its firmware.

use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::{
    client::Client,
    stream::{Event, Stream},
};

const SECOND: Duration = Duration::from_secs(1);

fn act(client: &mut Client, service: &str, action: &str) -> u16 {
    let path = format!("/api/system/services/{service}/{action}");
    client.request("POST", &path, "").status
}

fn service(client: &mut Client, id: &str) -> Json {
    let services = client.get("system/services");
    let mut services = services.as_array().unwrap().iter();
    services
        .find(|service| service["id"] == id)
        .unwrap()
        .clone()
}

fn state(client: &mut Client, id: &str) -> String {
    service(client, id)["activeState"].as_str().unwrap().into()
}

#[test]
fn there_are_three_services() {
    let mut client = Client::new();
    client
        .network
        .tell_time(Duration::from_secs(1_800_000_000), client.now);
    assert_eq!(
        service(&mut client, "webapi"),
        json!({
            "id": "webapi",
            "unit": "accordion-webapi.service",
            "description": "Accordion web API (simulated)",
            "installed": true,
            "activeState": "active",
            "subState": "running",
            "enabled": true,
            "since": "2027-01-15T08:00:00.000Z",
            "self": true,
            "actions": ["restart", "enable", "disable"],
        })
    );
    let mut broken = Client::with("agent: {connected: false}");
    assert_eq!(state(&mut broken, "hardware"), "failed");
    for (path, status, text) in [
        (
            "nothing/start",
            404,
            "service \"nothing\" not found: there are hardware, webapi and dashboard",
        ),
        (
            "webapi/stop",
            400,
            "service \"webapi\" has no action \"stop\": it has restart, enable, disable",
        ),
        (
            "hardware/explode",
            400,
            "service \"hardware\" has no action \"explode\": it has start, stop, restart, enable, disable",
        ),
    ] {
        let answer = client.request("POST", &format!("/api/system/services/{path}"), "");
        assert_eq!((answer.status, answer.error()), (status, text.into()));
    }
    client.ok("lease", r#"{"Owner": "somebody"}"#);
    assert_eq!(act(&mut client, "dashboard", "stop"), 423);
}

#[test]
fn without_the_hardware_service_the_agent_has_no_hardware() {
    let mut client = Client::with("resources: {A: 1}");
    let (mut stream, _) = Stream::open(&mut client);
    client.set("A", "2");
    assert_eq!(act(&mut client, "hardware", "stop"), 202);
    assert_eq!(state(&mut client, "hardware"), "deactivating");
    assert_eq!(client.request("GET", "/api/channels", "").status, 503);
    let why = "the hardware application does not run: it is stopping";
    assert_eq!(
        stream.take(&mut client)[0].of("connection"),
        &json!({"isConnected": false, "generation": 0, "lastError": why})
    );
    assert_eq!(
        client.get("connection/status"),
        json!({"isConnected": false, "lastError": why})
    );
    client.now += SECOND / 2;
    assert_eq!(state(&mut client, "hardware"), "inactive");
    assert_eq!(act(&mut client, "hardware", "start"), 202);
    assert_eq!(state(&mut client, "hardware"), "activating");
    client.now += SECOND / 2;
    assert_eq!(state(&mut client, "hardware"), "active");
    let events = stream.take(&mut client);
    assert_eq!(events[0].of("configuration")["generation"], 1);
    assert_eq!(
        events[1].of("connection"),
        &json!({"isConnected": true, "generation": 1, "lastError": null})
    );
    // The application has started anew.
    assert_eq!(
        (client.value("A"), client.value("Engine.Uptime")),
        ("1".into(), "0.000".into())
    );
    // The latest word counts.
    act(&mut client, "hardware", "stop");
    act(&mut client, "hardware", "restart");
    client.now += SECOND;
    assert_eq!(state(&mut client, "hardware"), "active");
}

#[test]
fn a_restart_of_the_web_api_ends_what_clients_have_open() {
    let mut client = Client::new();
    let (mut stream, _) = Stream::open(&mut client);
    assert_eq!(act(&mut client, "webapi", "restart"), 202);
    client.ok("lease", r#"{"Owner": "A"}"#);
    client.now += SECOND;
    assert_eq!(client.get("lease")["held"], false);
    assert_eq!(stream.take(&mut client).len(), 1);
    assert!(stream.has_ended());
    assert_eq!(client.value("Engine.Uptime"), "1.000");
}

#[test]
fn a_reboot_takes_the_station_down_for_a_moment_and_starts_it_anew() {
    let mut client = Client::with("resources: {A: 1}");
    client.set("A", "2");
    act(&mut client, "dashboard", "disable");
    let lease = client.ok("lease", r#"{"Owner": "A"}"#);
    let header = format!("X-Lease-Id: {}\r\n", lease["leaseId"].as_str().unwrap());
    let (mut stream, _) = Stream::open(&mut client);
    let answer = client.request_with("POST", "/api/system/reboot", &header, "");
    assert_eq!((answer.status, answer.body.as_str()), (202, ""));
    client.now += Duration::from_millis(999);
    assert_eq!(client.get("connection/status")["isConnected"], true);
    client.now += Duration::from_millis(1);
    assert_eq!(client.get("connection/status")["isConnected"], false);
    stream.take(&mut client);
    assert!(stream.has_ended());
    assert_eq!(client.get("lease")["held"], false);
    let (mut stream, hello) = Stream::open(&mut client);
    assert_eq!(hello["isConnected"], false);
    client.now += 2 * SECOND;
    let events = stream.take(&mut client);
    assert_eq!(events[1].of("connection")["isConnected"], true);
    assert_eq!(client.value("A"), "1");
    assert_eq!(state(&mut client, "hardware"), "active");
    assert_eq!(state(&mut client, "dashboard"), "inactive");
    let log = client.get("application/log");
    let last = log.as_array().unwrap().last().unwrap().as_str().unwrap();
    assert!(last.ends_with(" INFO simulated station started"), "{log}");
}

#[test]
fn hardware_that_is_disabled_stays_off_after_a_reboot() {
    let mut client = Client::new();
    act(&mut client, "hardware", "disable");
    client.request("POST", "/api/system/reboot", "");
    client.now += 3 * SECOND;
    assert_eq!(state(&mut client, "hardware"), "inactive");
    assert_eq!(client.request("GET", "/api/channels", "").status, 503);
    act(&mut client, "hardware", "start");
    client.now += SECOND;
    client.get("channels");
}

#[test]
fn the_clock_follows_the_time_of_the_bench_until_it_is_set() {
    let mut client = Client::new();
    client
        .network
        .tell_time(Duration::from_secs(1_800_000_000), client.now);
    client.now += Duration::from_millis(1250);
    let clock = |utc: &str, synchronized: bool| json!({"utc": utc, "timeZone": "Etc/UTC", "ntpEnabled": true, "ntpSynchronized": synchronized});
    assert_eq!(
        client.get("system/clock"),
        clock("2027-01-15T08:00:01.250Z", true)
    );
    let set = |client: &mut Client, body: &str| client.request("PUT", "/api/system/clock", body);
    let kept = set(
        &mut client,
        r#"{"utc": "2030-01-01T00:00:00.000+00:00", "force": false}"#,
    );
    assert_eq!(
        (kept.status, kept.error()),
        (
            409,
            "a time server keeps the clock: send \"force\": true to set it all the same".into()
        )
    );
    let forced = set(
        &mut client,
        r#"{"Utc": "2030-01-01T00:00:00.000+00:00", "Force": true}"#,
    );
    assert_eq!(forced.json(), clock("2030-01-01T00:00:00.000Z", false));
    client.now += SECOND;
    assert_eq!(
        client.get("system/clock")["utc"],
        "2030-01-01T00:00:01.000Z"
    );
    // Nobody keeps it now. It can go back, too, and what was written keeps its time.
    let back = set(&mut client, r#"{"utc": "2020-01-01T00:00:00Z"}"#);
    assert_eq!(back.json()["utc"], "2020-01-01T00:00:00.000Z");
    let log = client.get("application/log");
    let times: Vec<_> = log
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap().get(..24).unwrap())
        .collect();
    assert_eq!(
        times,
        [
            "2027-01-15T08:00:00.000Z",
            "2030-01-01T00:00:00.000Z",
            "2020-01-01T00:00:00.000Z"
        ]
    );
    for (body, text) in [
        ("{}", "field \"utc\" is missing"),
        (
            r#"{"utc": "2019-12-31T23:59:59.999Z", "force": true}"#,
            "field \"utc\" must be from 2020-01-01T00:00:00Z to 9999-12-30T22:00:00Z, not \"2019-12-31T23:59:59.999Z\"",
        ),
        (
            r#"{"utc": "9999-12-31T00:00:00.000Z", "force": true}"#,
            "field \"utc\" must be from 2020-01-01T00:00:00Z to 9999-12-30T22:00:00Z, not \"9999-12-31T00:00:00.000Z\"",
        ),
        (
            r#"{"utc": "2030-01-01"}"#,
            "field \"utc\" must be an ISO 8601 time with its offset, such as 2026-01-31T12:00:00.000Z, not \"2030-01-01\"",
        ),
    ] {
        let answer = set(&mut client, body);
        assert_eq!((answer.status, answer.error()), (400, text.into()));
    }
    client.request("POST", "/api/system/reboot", "");
    client.now += 3 * SECOND;
    assert_eq!(
        client.get("system/clock"),
        clock("2027-01-15T08:00:05.250Z", true)
    );
}

#[test]
fn a_clock_that_is_set_moves_no_lease() {
    let mut client = Client::new();
    client.ok("lease", r#"{"Owner": "A", "TtlMs": 5000}"#);
    let set = client.request(
        "PUT",
        "/api/system/clock",
        r#"{"utc": "2090-01-01T00:00:00Z", "force": true}"#,
    );
    assert_eq!(set.status, 423);
    client.now += 4 * SECOND;
    assert_eq!(client.get("lease")["expiresInMs"], 1000);
}

#[test]
fn firmware_is_shown_and_never_installed() {
    let mut client = Client::new();
    let source =
        json!({"kind": "url", "location": "https://releases.invalid/accordion", "isDefault": true});
    let idle = json!({"state": "idle", "version": null, "message": null, "bytes": null, "totalBytes": null, "time": null});
    assert_eq!(
        client.get("system/firmware"),
        json!({
            "current": "6.0.0-simulated",
            "source": source,
            "defaultSource": "https://releases.invalid/accordion",
            "supported": false,
            "minimumVersion": "6.0.0",
            "update": idle,
        })
    );
    assert_eq!(
        client.get("System/Firmware/releases?includeBeta=true"),
        json!({"source": source, "releases": [], "error": "the simulated bench looks for no releases"})
    );
    assert_eq!(client.get("system/firmware/update"), idle);
    assert_eq!(
        client
            .request("GET", "/api/system/firmware/update/log", "")
            .body,
        ""
    );
    let put = |client: &mut Client, body: &str| {
        client.request("PUT", "/api/system/firmware/source", body)
    };
    let folder = json!({"kind": "folder", "location": "/srv/releases", "isDefault": false});
    assert_eq!(
        put(&mut client, r#"{"location": "/srv/releases"}"#).json(),
        folder
    );
    assert_eq!(client.get("system/firmware")["source"], folder);
    let bad = put(&mut client, r#"{"location": "releases"}"#);
    assert_eq!(
        (bad.status, bad.error()),
        (400, "field \"location\" must be an http or https address or an absolute folder, not \"releases\"".into())
    );
    assert_eq!(put(&mut client, r#"{"location": null}"#).json(), source);
    let refused =
        "the simulated bench is no station: it installs no firmware and takes no packages";
    for (path, body) in [
        ("update", r#"{"version": "6.1.0", "includeBeta": false}"#),
        ("packages", "PK"),
    ] {
        let path = format!("system/firmware/{path}");
        assert_eq!(client.refused(&path, body), (501, refused.into()));
    }
    let gone = client.request("DELETE", "/api/system/firmware/packages/rel-6.0.0.zip", "");
    assert_eq!(
        (gone.status, gone.error()),
        (404, "package \"rel-6.0.0.zip\" not found".into())
    );
}

#[test]
fn the_system_needs_no_hardware_and_a_stream_wakes_for_its_jobs() {
    let mut client = Client::with("agent: {connected: false, last_error: cable}");
    let (mut stream, _) = Stream::open(&mut client);
    assert_eq!(act(&mut client, "hardware", "restart"), 202);
    client.now += SECOND;
    let events: Vec<Event> = stream.take(&mut client);
    assert_eq!(
        events.last().unwrap().of("connection"),
        &json!({"isConnected": false, "generation": 1, "lastError": "cable"})
    );
}
