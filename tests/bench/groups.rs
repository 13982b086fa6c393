//! Every group of the agent's API, and every kind of refusal.

use std::time::Duration;

use serde_json::json;

use crate::client::Client;

const I2C: &str = "0.ESH10000023.I2C09";

#[test]
fn the_default_station_is_what_clients_expect() {
    let mut client = Client::new();
    assert_eq!(
        client.get("connection/status"),
        json!({"isConnected": true, "lastError": null})
    );
    assert_eq!(client.get("application/name"), "Accordion Q2 (simulated)");
    assert_eq!(
        client.get("application/identification"),
        "Rehearsal simulated bench"
    );
    assert_eq!(client.get("application/status"), "OK");
    let system = client.get("modules/physical-system");
    assert_eq!(system["host"], "agent64");
    assert_eq!(
        system["modules"],
        json!([{"index": 0, "name": "AGENT Q2 Base", "productID": "ESH10000158", "revision": 1, "serialNumber": "SIM-0001"}])
    );
    assert_eq!(client.value("MON_3V3"), "3.301");
    assert_eq!(client.value("TempRegulator.CPU_TEMP"), "41.5");
    assert_eq!(client.value("Engine.FirmwareRev"), "6.0.0-simulated");
    assert_eq!(client.value("Engine.Uptime"), "0.000");
    client.now += Duration::from_millis(1500);
    assert_eq!(client.value("Engine.Uptime"), "1.500");
    let names = json!([
        "0.1.ESH10000158.MON_3V3",
        "Engine.Uptime",
        "Engine.FirmwareRev",
        "TempRegulator.CPU_TEMP"
    ]);
    assert_eq!(client.get("resources/names"), names);
    for (index, channel) in client
        .get("channels")
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
    {
        assert_eq!(channel["index"], index);
        assert_ne!(channel["alias"], "");
    }
    let app = json!({"name": "Simulated bench", "key": "SIM-0001", "expires": "9999-12-31", "type": "SoftwareModule"});
    assert_eq!(client.get("modules/apps"), json!([app]));
    assert_eq!(client.get("modules/apps/licensed"), json!([app]));
}

#[test]
fn a_channel_is_shown_with_all_its_fields() {
    let mut client = Client::new();
    let channel = client.ok("channels/channel", r#"{"Alias": "MON_3V3"}"#);
    let shown = json!({
        "channelIndex": 0, "index": 0, "enabled": true, "usage": "UserAllocatable", "deviceName": "",
        "channelType": "Analog", "channelTypeCapability": "Analog", "alias": "MON_3V3",
        "netName": "0.1.ESH10000158.MON_3V3", "groupName": "", "capability": "IN", "direction": "IN",
        "defaultDirection": "IN", "directionChanged": false, "description": "", "unit": "V", "isVirtual": false,
        "details": null,
    });
    assert_eq!(channel, shown);
    // The net name wins.
    let bus = client.ok(
        "channels/channel",
        &format!(r#"{{"netname": "{I2C}", "alias": "MON_3V3"}}"#),
    );
    assert_eq!(
        (&bus["channelType"], &bus["usage"]),
        (&json!("I2C"), &json!("BusSignal"))
    );
}

#[test]
fn values_are_read_and_set_one_by_one_and_together() {
    let mut client = Client::with("resources: {A: 1, B: {value: true, alias: Bee}, C: text}");
    client.set("A", "2.50");
    client.set("Bee", "false");
    let read = client.ok("resources/values/get", r#"{"names": ["A", "Bee", "C"]}"#);
    assert_eq!(
        read,
        json!({"resources": {"A": "2.50", "Bee": "False", "C": "text"}})
    );
    client.ok(
        "resources/values/set",
        r#"{"Resources": {"A": "3", "C": ""}}"#,
    );
    assert_eq!(client.value("C"), "");
    assert_eq!(
        client.ok("resources/transact", r#"{"Name": "B", "Value": "1"}"#),
        json!({"value": "True"})
    );
    // All or none.
    let bad = client.refused(
        "resources/values/set",
        r#"{"Resources": {"A": "4", "B": "maybe"}}"#,
    );
    assert_eq!(
        bad,
        (
            400,
            "\"maybe\" is no value for B: it takes \"True\" or \"False\"".into()
        )
    );
    assert_eq!(client.value("A"), "3");
}

#[test]
fn a_cached_value_has_an_age_and_a_change_forgets_it() {
    let mut client = Client::new();
    let body = r#"{"Names": ["Engine.Uptime"], "MaxAgeMs": 1000}"#;
    let first = client.ok("resources/values/get", body);
    assert_eq!(
        first,
        json!({"resources": {"Engine.Uptime": "0.000"}, "ageMs": {"Engine.Uptime": 0}})
    );
    client.now += Duration::from_millis(1000);
    let cached = client.ok("resources/values/get", body);
    assert_eq!(
        cached,
        json!({"resources": {"Engine.Uptime": "0.000"}, "ageMs": {"Engine.Uptime": 1000}})
    );
    client.now += Duration::from_millis(1);
    assert_eq!(
        client.ok("resources/values/get", body)["resources"]["Engine.Uptime"],
        "1.001"
    );
    client.now += Duration::from_millis(9);
    client.ok(
        "channels/channel/configure",
        r#"{"NetName": "Engine.Uptime", "Unit": "seconds"}"#,
    );
    assert_eq!(
        client.ok("resources/values/get", body)["resources"]["Engine.Uptime"],
        "1.010"
    );
}

#[test]
fn refused_values_say_why() {
    let mut client = Client::with("resources: {A: 1, OFF: {value: 2, enabled: false}}");
    for (path, body, status, text) in [
        (
            "resources/value/get",
            r#"{"Name": "X"}"#,
            404,
            "channel \"X\" not found: no such net name or alias",
        ),
        (
            "resources/values/get",
            r#"{"Names": ["A", "X"]}"#,
            500,
            "channel \"X\" not found: no such net name or alias",
        ),
        (
            "resources/values/get",
            r#"{"Names": "A"}"#,
            400,
            "field \"Names\" must be a list of text, not text",
        ),
        (
            "resources/values/get",
            r#"{"Names": ["A"], "MaxAgeMs": 0}"#,
            400,
            "field \"MaxAgeMs\" must be at least 1, not 0",
        ),
        (
            "resources/values/get",
            r#"{"Names": ["A"], "MaxAgeMs": 1.5}"#,
            400,
            "field \"MaxAgeMs\" must be a whole number, not 1.5",
        ),
        (
            "resources/value/get",
            r#"{"Name": "OFF"}"#,
            500,
            "OFF is disabled",
        ),
        (
            "resources/value/get",
            &format!(r#"{{"Name": "{I2C}"}}"#),
            400,
            "0.ESH10000023.I2C09 is a bus and has no value: use comm/i2c",
        ),
        (
            "resources/value/get",
            r#"{"Name": 5}"#,
            400,
            "field \"Name\" must be text, not a number",
        ),
        (
            "resources/value/get",
            "{}",
            400,
            "field \"Name\" is missing",
        ),
        (
            "resources/value/get",
            r#"["A"]"#,
            400,
            "the body must be a JSON object, not a list",
        ),
        (
            "resources/value/get",
            "",
            400,
            "the request has no body: JSON is expected",
        ),
        (
            "resources/value/get",
            "{",
            400,
            "the body is no JSON: EOF while parsing an object at line 1 column 1",
        ),
        (
            "resources/value/set",
            r#"{"Name": "A", "Value": 5}"#,
            400,
            "field \"Value\" must be text, not a number",
        ),
        (
            "resources/value/set",
            r#"{"Name": "A", "Value": "5,0"}"#,
            400,
            "\"5,0\" is no value for A: it takes a decimal number",
        ),
        (
            "resources/value/set",
            r#"{"Name": "MON_3V3", "Value": "5"}"#,
            400,
            "0.1.ESH10000158.MON_3V3 is read-only",
        ),
        (
            "resources/values/set",
            r#"{"Resources": {"A": 5}}"#,
            400,
            "field \"Resources.A\" must be text, not a number",
        ),
        (
            "channels/channel",
            r#"{"Alias": "X"}"#,
            404,
            "channel \"X\" not found: no such net name or alias",
        ),
        (
            "channels/channel",
            "{}",
            400,
            "field \"NetName\" or \"Alias\" is missing",
        ),
        (
            "channels/configure",
            "{}",
            400,
            "the body must be a list of channel configurations",
        ),
        (
            "channels/channel/configure",
            r#"{"NetName": "A", "Enabled": 1}"#,
            400,
            "field \"Enabled\" must be true or false, not a number",
        ),
        (
            "channels/channel/configure",
            r#"{"NetName": "A", "Direction": "UP"}"#,
            400,
            "field \"Direction\" cannot be \"UP\"",
        ),
        (
            "channels/channel/configure",
            r#"{"NetName": "A", "ChannelType": "I2C"}"#,
            400,
            "ChannelType \"I2C\" is not possible for A, which can be one of \"Analog\"",
        ),
        (
            "channels/channel/configure",
            r#"{"NetName": "A", "Alias": "MON_3V3"}"#,
            400,
            "Alias \"MON_3V3\" is taken by 0.1.ESH10000158.MON_3V3",
        ),
        (
            "channels/channel/configure",
            r#"{"NetName": "A", "Details": {"vh": 1}}"#,
            400,
            "Details: A has no detail \"vh\"",
        ),
        (
            "channels/channel/configure",
            r#"{"NetName": "MON_3V3", "Direction": "OUT"}"#,
            400,
            "Direction \"OUT\" is not possible for 0.1.ESH10000158.MON_3V3, which can be \"IN\"",
        ),
    ] {
        assert_eq!(
            client.refused(path, body),
            (status, text.into()),
            "{path} {body}"
        );
    }
}

#[test]
fn channels_are_configured_all_or_none_and_reset() {
    let mut client = Client::with("resources: {A: {value: 1, details: {gain: 1.0}}, B: 2}");
    let first = r#"{"NetName": "A", "Alias": "a", "Direction": 1, "Description": "d", "Details": {"Gain": 2.5}}"#;
    let bad = client.refused(
        "channels/configure",
        &format!(r#"[{first}, {{"Alias": "X"}}]"#),
    );
    assert_eq!(
        bad,
        (
            404,
            "channel \"X\" not found: no such net name or alias".into()
        )
    );
    assert_eq!(
        client.ok("channels/channel", r#"{"NetName": "A"}"#)["alias"],
        "A"
    );
    // The second change finds the channel by the alias of the first.
    client.ok(
        "channels/configure",
        &format!(r#"[{first}, {{"Alias": "a", "Unit": "mA", "Enabled": null}}]"#),
    );
    let channel = client.ok("channels/channel", r#"{"Alias": "a"}"#);
    assert_eq!(channel["direction"], "IN");
    assert_eq!(channel["directionChanged"], true);
    assert_eq!(channel["unit"], "mA");
    assert_eq!(channel["details"], json!({"gain": 2.5}));
    let input = client.refused("resources/value/set", r#"{"Name": "A", "Value": "2"}"#);
    assert_eq!(
        input,
        (
            400,
            "A is an input: configure its direction as OUT before setting it".into()
        )
    );
    let bad = client.refused(
        "channels/channel/configure",
        r#"{"NetName": "A", "Details": {"gain": "much"}}"#,
    );
    assert_eq!(bad, (400, "Details: \"gain\" of A must be a number".into()));
    client.set("B", "7");
    client.now += Duration::from_secs(5);
    assert_eq!(client.ok("application/reset", ""), serde_json::Value::Null);
    assert_eq!(client.value("B"), "2");
    assert_eq!(client.value("Engine.Uptime"), "0.000");
    assert_eq!(
        client.ok("channels/channel", r#"{"NetName": "A"}"#)["directionChanged"],
        false
    );
}

#[test]
fn paths_and_methods_are_checked() {
    let mut client = Client::new();
    let answer = client.request("GET", "/api/nothing", "");
    assert_eq!(
        (answer.status, answer.error()),
        (
            404,
            "path /api/nothing not found on the simulated bench".into()
        )
    );
    assert_eq!(client.request("GET", "/nothing", "").status, 404);
    assert_eq!(
        client
            .request("GET", "/API/Application/Name/?x=1", "")
            .status,
        200
    );
    let answer = client.request("GET", "/api/resources/value/get", "");
    assert_eq!(
        (answer.status, answer.error()),
        (405, "method GET is not allowed here, only POST".into())
    );
    assert!(
        answer.head.contains("\r\nAllow: POST\r\n"),
        "{}",
        answer.head
    );
    let answer = client.request("DELETE", "/api/channels", "");
    assert_eq!(
        (answer.status, answer.error()),
        (
            405,
            "method DELETE is not allowed here, only GET, HEAD".into()
        )
    );
}

#[test]
fn an_agent_without_hardware_answers_503() {
    let mut client =
        Client::with("agent: {name: N, status: Error, connected: false, last_error: cable}");
    assert_eq!(
        client.get("connection/status"),
        json!({"isConnected": false, "lastError": "cable"})
    );
    let answer = client.request("GET", "/api/application/name", "");
    assert_eq!(
        (answer.status, answer.error()),
        (
            503,
            "the agent is not connected to its hardware: cable".into()
        )
    );
}
