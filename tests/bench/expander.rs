//! GPIO expanders and what they are wired to.

use crate::client::Client;

const BUS: &str = "0.ESH10000023.I2C09";

fn with(expander: &str, more: &str) -> Client {
    Client::with(&format!(
        "mpio: [{{prefix: P, count: 4}}]\n\
         resources: {{Relay: {{value: false, writable: false}}, Door: {{value: true, alias: DOOR}}, Rail: {{value: 5, unit: V}}}}\n\
         i2c: {{{BUS}: {{devices: [{{address: 0x20, expander: {expander}}}]}}}}\n{more}"
    ))
}

fn drive(client: &mut Client, name: &str, value: &str) {
    client.ok(
        "channels/channel/configure",
        &format!(r#"{{"NetName": "{name}", "Direction": "OUT"}}"#),
    );
    client.set(name, value);
}

#[test]
fn outputs_show_in_channels_and_channels_in_inputs() {
    let mut client = with(
        "{type: TCA9555, pins: {0: Relay, 1: DOOR, 2: Rail, 8: P00, 9: P01}}",
        "nets: [[P00, P02]]",
    );
    // All inputs with pull-ups at first: what nobody drives is high.
    assert_eq!(client.read_i2c(BUS, 0x20, "00", 2), "FFFF");
    assert_eq!(client.value("Relay"), "True");
    assert_eq!(client.value("P02"), "3.3");
    client.set("Door", "False");
    drive(&mut client, "P02", "1.6");
    drive(&mut client, "P01", "1.7");
    assert_eq!(client.read_i2c(BUS, 0x20, "00", 2), "FDFE");
    // Outputs: 0, 2 and 8.
    client.write_i2c(BUS, 0x20, "02FAFE");
    client.write_i2c(BUS, 0x20, "06FAFE");
    assert_eq!(client.value("Relay"), "False");
    assert_eq!(client.value("Rail"), "0");
    assert_eq!(client.value("P02"), "0");
    assert_eq!(client.read_i2c(BUS, 0x20, "00", 2), "F8FE");
    client.write_i2c(BUS, 0x20, "0205");
    assert_eq!(client.value("Relay"), "True");
    assert_eq!(client.value("Rail"), "3.3");
    // Released, the channel has what it was set to.
    client.write_i2c(BUS, 0x20, "06FFFF");
    assert_eq!(client.value("Rail"), "5");
    assert_eq!(client.value("P02"), "1.6");
}

#[test]
fn a_polarity_inverts_what_is_read() {
    let mut client = with("{type: TCA9534, pins: {1: Door}}", "");
    assert_eq!(client.read_i2c(BUS, 0x20, "00", 1), "02");
    client.write_i2c(BUS, 0x20, "0202");
    assert_eq!(client.read_i2c(BUS, 0x20, "00", 1), "00");
    // An output shows its level.
    client.write_i2c(BUS, 0x20, "0102");
    client.write_i2c(BUS, 0x20, "03FD");
    assert_eq!(client.read_i2c(BUS, 0x20, "00", 1), "02");
}

#[test]
fn a_quasi_bidirectional_pin_gives_way_to_what_pulls_low() {
    let mut client = with(
        "{type: PCF8574, supply: 5, pins: {0: Relay, 1: Door, 7: P00}}",
        "",
    );
    let receive = |client: &mut Client| {
        let fields = r#""Action": "Receive", "Address": "20", "NumberOfBytesToReceive": 1"#;
        client.transfer("i2c", BUS, fields)
    };
    assert_eq!(receive(&mut client), "FF");
    assert_eq!(client.value("Relay"), "True");
    assert_eq!(client.value("P00"), "5");
    client.set("Door", "False");
    drive(&mut client, "P00", "0");
    assert_eq!(receive(&mut client), "7D");
    client.write_i2c(BUS, 0x20, "FE");
    assert_eq!(client.value("Relay"), "False");
    assert_eq!(receive(&mut client), "7C");
    // A pin that is driven low hides what the channel holds.
    client.write_i2c(BUS, 0x20, "00");
    client.set("Door", "True");
    assert_eq!(client.value("Door"), "False");
    assert_eq!(receive(&mut client), "00");
}

#[test]
fn a_broken_wire_parts_pin_and_channel() {
    let mut client = with(
        "{type: MCP23017, pins: {0: P00, 8: P01}}",
        "faults: {opens: [P01]}",
    );
    client.write_i2c(BUS, 0x20, "000000");
    client.write_i2c(BUS, 0x20, "120101");
    assert_eq!(client.value("P00"), "3.3");
    assert_eq!(client.value("P01"), "0");
    // What a chip holds outlives a reset.
    client.ok("application/reset", "");
    assert_eq!(client.value("P00"), "3.3");
}

#[test]
fn a_module_brings_one_with_its_wires() {
    let mut client = Client::with(&format!(
        "mpio: [{{prefix: P, count: 1}}]\n\
         modules: [{{name: M, channels: [{{name: LED, value: false, writable: false}}], \
         devices: [{{bus: {BUS}, address: 0x20, expander: {{type: MCP23008, pins: {{0: P00, 1: M.LED}}}}}}]}}]"
    ));
    client.ok("modules/load", r#"{"Name": "M"}"#);
    client.write_i2c(BUS, 0x20, "00FC");
    client.write_i2c(BUS, 0x20, "0A03");
    assert_eq!(client.value("P00"), "3.3");
    assert_eq!(client.value("M.LED"), "True");
    client.ok("modules/unload", r#"{"Name": "M"}"#);
    assert_eq!(client.value("P00"), "0");
}
