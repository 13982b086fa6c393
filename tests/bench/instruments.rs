//! Instruments, calibration tables, applications, and what a simulated agent has not.

use serde_json::json;

use crate::client::Client;

#[test]
fn instruments_name_the_channels_behind_them() {
    let mut client = Client::with(
        "resources: {VSET: 5}\n\
         instruments: {Supply.CH1: {type: PowerSupply, name: Lab supply, group: CH1, description: d, alias: supply, \
         functions: {OUTPUT_VOLTAGE: VSET, INPUT: MON_3V3, TEMPERATURE: TempRegulator.CPU_TEMP}}}",
    );
    let rail = json!({
        "netName": "0.1.ESH10000158.VOLTMETER", "alias": "0.1.ESH10000158.VOLTMETER", "groupName": "", "description": "",
        "instrumentName": "Rail monitor", "type": "Voltmeter", "functionMap": {"VOLTAGE": "0.1.ESH10000158.MON_3V3"},
    });
    let supply = json!({
        "netName": "Supply.CH1", "alias": "supply", "groupName": "CH1", "description": "d", "instrumentName": "Lab supply",
        "type": "PowerSupply", "functionMap": {"OUTPUT_VOLTAGE": "VSET", "INPUT": "0.1.ESH10000158.MON_3V3", "TEMPERATURE": "TempRegulator.CPU_TEMP"},
    });
    assert_eq!(client.get("instruments"), json!([rail, supply]));
    let channel = client.ok("channels/channel", r#"{"Alias": "supply"}"#);
    assert_eq!(channel["channelType"], "Instrument");
    assert_eq!(channel["details"]["instrumentType"], "PowerSupply");
}

#[test]
fn a_calibration_table_is_kept_and_applied_to_nothing() {
    let mut client = Client::with(
        "calibration: {CAL: {alias: cal, product_id: P, revision: 2, serial_number: S, \
         rows: {ADC0: {gain: 2.5, offset: -0.5}, ADC1: {}}}}",
    );
    assert_eq!(
        client.get("calibration/channels"),
        json!([
            {"netName": "0.1.ESH10000158.CALIBRATION", "alias": "0.1.ESH10000158.CALIBRATION"},
            {"netName": "CAL", "alias": "cal"},
        ])
    );
    let table = json!({
        "productId": "P", "revision": "2", "serialNumber": "S",
        "calData": [{"key": "ADC0", "gain": 2.5, "offset": -0.5}, {"key": "ADC1", "gain": 1.0, "offset": 0.0}],
    });
    assert_eq!(client.get("calibration/table?channel=cal"), table);
    let written = r#"{"ProductId": "P", "Revision": "3", "SerialNumber": "S", "CalData": [{"key": "MON_3V3", "gain": 2, "offset": 0}]}"#;
    client.ok(
        "calibration/table",
        &format!(r#"{{"ChannelNetName": "CAL", "Table": {written}}}"#),
    );
    client.ok("application/reset", "");
    let read = client.get("calibration/table?Channel=CAL");
    assert_eq!(read["revision"], "3");
    assert_eq!(
        read["calData"],
        json!([{"key": "MON_3V3", "gain": 2.0, "offset": 0.0}])
    );
    assert_eq!(client.value("MON_3V3"), "3.301");
    for (body, status, text) in [
        (
            r#"{"ChannelNetName": "X", "Table": {}}"#,
            404,
            "Calibration channel \"X\" not found: no such net name or alias",
        ),
        (
            r#"{"ChannelNetName": "CAL"}"#,
            400,
            "field \"Table\" is missing",
        ),
        (
            r#"{"ChannelNetName": "CAL", "Table": {"CalData": [{"gain": 1}]}}"#,
            400,
            "field \"key\" is missing",
        ),
        (
            r#"{"ChannelNetName": "CAL", "Table": {"CalData": [{"key": "a"}, {"key": "a"}]}}"#,
            400,
            "field \"CalData\" has two rows with the key \"a\"",
        ),
        (
            r#"{"ChannelNetName": "CAL", "Table": {"CalData": [{"key": "a", "gain": "1"}]}}"#,
            400,
            "field \"gain\" must be a number, not text",
        ),
    ] {
        assert_eq!(
            client.refused("calibration/table", body),
            (status, text.into())
        );
    }
    assert_eq!(client.get("calibration/table?channel=CAL"), read);
}

#[test]
fn applications_may_be_licensed() {
    let mut client = Client::with(
        "apps: [{name: A, key: k, expires: 2030-01-01, type: HardwareModule, licensed: false}]",
    );
    let all = client.get("modules/apps");
    assert_eq!(
        all[1],
        json!({"name": "A", "key": "k", "expires": "2030-01-01", "type": "HardwareModule"})
    );
    assert_eq!(client.get("modules/apps/licensed"), json!([all[0]]));
}
