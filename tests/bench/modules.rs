//! Modules that are loaded and unloaded.

use serde_json::json;

use crate::client::Client;

const MODULES: &str = r#"
i2c: {BUS: {devices: [{address: 0x50}]}}
modules:
  - name: Forwarder
    class_name: I2cForwarder
    initial_data: {I2CAddress: "0x20", Mode: fast}
    channels:
      - {name: ENABLE, type: Digital, value: "False"}
      - {name: MODE, value: "${Mode}!"}
    devices:
      - {bus: BUS, address: 0x11}
      - {bus: BUS, address: "${I2CAddress}"}
"#;

fn scan(client: &mut Client) -> String {
    let reply = client.ok(
        "comm/i2c",
        r#"{"DeviceName": "BUS", "Action": "Scan", "Address": "00"}"#,
    );
    assert_eq!(
        reply["numberOfBytesReceived"].as_u64().unwrap() * 2,
        reply["received"].as_str().unwrap().len() as u64
    );
    reply["received"].as_str().unwrap().into()
}

#[test]
fn a_loaded_module_brings_channels_and_devices() {
    let mut client = Client::with(MODULES);
    assert_eq!(scan(&mut client), "50");
    let settings = client.get("modules")[1].clone();
    let shown = json!({
        "name": "Forwarder", "enabled": true, "className": "I2cForwarder", "assemblyPath": "", "namespace": "",
        "imageName": "", "initialData": {"I2CAddress": "0x20", "Mode": "fast"},
    });
    assert_eq!(settings, shown);
    assert_eq!(client.get("modules/loaded").as_array().unwrap().len(), 1);
    client.ok("modules/load", &settings.to_string());
    assert_eq!(client.get("modules/loaded")[1], settings);
    assert_eq!(client.value("Forwarder.ENABLE"), "False");
    assert_eq!(client.value("Forwarder.MODE"), "fast!");
    assert_eq!(scan(&mut client), "112050");
    let twice = client.refused("modules/load", r#"{"Name": "Forwarder"}"#);
    assert_eq!(
        twice,
        (409, "module \"Forwarder\" is already loaded".into())
    );
    client.ok(
        "modules/configure",
        r#"{"Name": "Forwarder", "InitialData": {"I2CAddress": 33}}"#,
    );
    assert_eq!(scan(&mut client), "112150");
    client.ok("modules/unload", r#"{"name": "Forwarder"}"#);
    assert_eq!(scan(&mut client), "50");
    assert_eq!(
        client
            .refused("resources/value/get", r#"{"Name": "Forwarder.MODE"}"#)
            .0,
        404
    );
    let unloaded = client.refused("modules/unload", r#"{"Name": "Forwarder"}"#);
    assert_eq!(unloaded, (409, "module \"Forwarder\" is not loaded".into()));
}

#[test]
fn a_module_can_be_loaded_under_another_name() {
    let mut client = Client::with(MODULES);
    let unknown = client.refused("modules/load", r#"{"Name": "F2"}"#);
    assert_eq!(unknown, (404, "module \"F2\" not found".into()));
    client.ok(
        "modules/load",
        r#"{"Name": "F2", "ClassName": "I2cForwarder", "InitialData": {"Mode": "slow"}}"#,
    );
    assert_eq!(client.value("F2.MODE"), "slow!");
    // Its address 0x11 is fixed, so both cannot be there.
    let clash = client.refused("modules/load", r#"{"Name": "Forwarder"}"#);
    assert_eq!(
        clash,
        (
            409,
            "module \"Forwarder\" cannot be loaded: there is a device at 0x11 on BUS already"
                .into()
        )
    );
    client.ok("application/reset", "");
    assert_eq!(client.get("modules").as_array().unwrap().len(), 2);
    assert_eq!(scan(&mut client), "50");
    let bad = client.refused(
        "modules/load",
        r#"{"Name": "Forwarder", "InitialData": {"I2CAddress": "0x99"}}"#,
    );
    assert_eq!(
        bad,
        (400, "\"0x99\" in InitialData of module \"Forwarder\" is no I2C address: it must be from 0x08 to 0x77".into())
    );
}
