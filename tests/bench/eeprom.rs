//! Serial EEPROMs on an I2C bus.

use std::time::Duration;

use crate::client::Client;

const BUS: &str = "0.ESH10000023.I2C09";

fn with(devices: &str) -> Client {
    Client::with(&format!("i2c: {{{BUS}: {{devices: [{devices}]}}}}"))
}

fn scan(client: &mut Client) -> String {
    client.transfer("i2c", BUS, r#""Action": "Scan""#)
}

#[test]
fn a_write_is_acknowledged_and_then_nothing_until_it_is_stored() {
    let mut client = with("{address: 0x50, eeprom: {type: 24C02, write_ms: 10}}");
    client.write_i2c(BUS, 0x50, "10AABB");
    let read = r#""Action": "SendReceive", "Address": "50", "DataToSend": "10", "NumberOfBytesToReceive": 2"#;
    let write = r#""Action": "Send", "Address": "50", "DataToSend": "20CC""#;
    let busy = "NAK: no device acknowledged address 0x50 on 0.ESH10000023.I2C09";
    client.now += Duration::from_micros(9_999);
    for fields in [read, write] {
        let answer = client.transferred("i2c", BUS, fields);
        assert_eq!((answer.status, answer.error().as_str()), (500, busy));
    }
    assert_eq!(scan(&mut client), "");
    client.now += Duration::from_micros(1);
    assert_eq!(scan(&mut client), "50");
    assert_eq!(client.read_i2c(BUS, 0x50, "10", 2), "AABB");
    // Naming an address stores nothing, and takes no time.
    client.write_i2c(BUS, 0x50, "20");
    assert_eq!(client.read_i2c(BUS, 0x50, "20", 1), "FF");
}

#[test]
fn five_milliseconds_are_usual() {
    let mut client = with("{address: 0x50, eeprom: {type: 24C02}}");
    client.write_i2c(BUS, 0x50, "0001");
    client.now += Duration::from_millis(4);
    assert_eq!(scan(&mut client), "");
    client.now += Duration::from_millis(1);
    assert_eq!(scan(&mut client), "50");
}

#[test]
fn a_write_wraps_within_its_page() {
    let mut client = with("{address: 0x50, eeprom: {type: 24C02, write_ms: 0}}");
    client.write_i2c(BUS, 0x50, "06010203");
    assert_eq!(client.read_i2c(BUS, 0x50, "00", 9), "03FFFFFFFFFF0102FF");
    let mut client = with("{address: 0x50, eeprom: {type: 24C02, write_ms: 0, page: 16}}");
    client.write_i2c(BUS, 0x50, "06010203");
    assert_eq!(client.read_i2c(BUS, 0x50, "05", 5), "FF010203FF");
}

#[test]
fn blocks_answer_at_addresses_of_their_own() {
    let mut client = with("{address: 0x50, eeprom: {type: 24C08, write_ms: 0}}");
    assert_eq!(scan(&mut client), "50515253");
    client.write_i2c(BUS, 0x52, "10AA");
    assert_eq!(client.read_i2c(BUS, 0x52, "10", 1), "AA");
    assert_eq!(client.read_i2c(BUS, 0x50, "10", 1), "FF");
    // Reading goes on from block to block.
    assert_eq!(
        client.read_i2c(BUS, 0x51, "FF", 18),
        format!("{}AA", "FF".repeat(17))
    );
}

#[test]
fn large_ones_have_addresses_of_two_bytes() {
    let mut client = with(
        "{address: 0x50, eeprom: {type: 24C32, write_ms: 0, text: abc, registers: {0x0FFE: 01 02}}}",
    );
    assert_eq!(client.read_i2c(BUS, 0x50, "0FFE", 4), "01026162");
    client.write_i2c(BUS, 0x50, "0102AA");
    assert_eq!(client.read_i2c(BUS, 0x50, "0102", 1), "AA");
}

#[test]
fn write_protected_it_acknowledges_and_keeps_what_it_has() {
    let mut client =
        with("{address: 0x50, eeprom: {type: 24C02, write_protected: true, hex: 0102}}");
    client.write_i2c(BUS, 0x50, "00AA");
    assert_eq!(client.read_i2c(BUS, 0x50, "00", 3), "0102FF");
}

#[test]
fn what_it_holds_outlives_a_reset_and_nothing_is_stored_without_a_stop() {
    let mut client = with("{address: 0x50, eeprom: {type: 24C02, write_ms: 0, fill: 0}}");
    client.write_i2c(BUS, 0x50, "00AA");
    client.ok("application/reset", "");
    assert_eq!(client.read_i2c(BUS, 0x50, "00", 2), "AA00");
    assert_eq!(client.read_i2c(BUS, 0x50, "00BB", 1), "AA");
}

#[test]
fn a_module_brings_one_and_takes_it_away() {
    let mut client = Client::with(&format!(
        "modules: [{{name: M, initial_data: {{A: \"0x54\"}}, devices: [\
         {{bus: {BUS}, address: \"${{A}}\", eeprom: {{type: 24C04, write_ms: 0}}}}]}}]"
    ));
    client.ok("modules/load", r#"{"Name": "M"}"#);
    assert_eq!(scan(&mut client), "505455");
    client.ok("modules/unload", r#"{"Name": "M"}"#);
    assert_eq!(scan(&mut client), "50");
    let load = |client: &mut Client, address: &str| {
        let body = format!(r#"{{"Name": "M", "InitialData": {{"A": "{address}"}}}}"#);
        client.refused("modules/load", &body).1
    };
    assert_eq!(
        load(&mut client, "0x4F"),
        "module \"M\" cannot be loaded: there is a device at 0x50 on 0.ESH10000023.I2C09 already"
    );
    assert_eq!(
        load(&mut client, "0x51"),
        "module \"M\" cannot be loaded: 0x51 is no address of an EEPROM of 2 blocks: it must be a multiple of 2"
    );
}
