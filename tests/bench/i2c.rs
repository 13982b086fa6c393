//! Transfers on an I2C bus.

use serde_json::json;

use crate::client::Client;

const I2C: &str = "0.ESH10000023.I2C09";

fn i2c(client: &mut Client, fields: &str) -> crate::client::Answer {
    client.post(
        "comm/i2c",
        &format!(r#"{{"DeviceName": "{I2C}", {fields}}}"#),
    )
}

#[test]
fn an_eeprom_is_written_and_read_through_its_address_pointer() {
    let mut client = Client::new();
    let sent = i2c(
        &mut client,
        r#""Action": "Send", "Address": "50", "DataToSend": "10DEADBEEF", "MaxRetries": -1"#,
    );
    assert_eq!(
        sent.json(),
        json!({"deviceName": I2C, "action": "Send", "received": "", "numberOfBytesReceived": 0})
    );
    // The pointer stands behind what was written.
    let receive = r#""Action": "Receive", "Address": "50", "NumberOfBytesToReceive": 2"#;
    assert_eq!(i2c(&mut client, receive).json()["received"], "FFFF");
    let both = r#""Action": "sendreceive", "address": "0x50", "dataToSend": "11", "NumberOfBytesToReceive": 2"#;
    assert_eq!(
        i2c(&mut client, both).json(),
        json!({"deviceName": I2C, "action": "SendReceive", "received": "ADBE", "numberOfBytesReceived": 2})
    );
    assert_eq!(i2c(&mut client, receive).json()["received"], "EFFF");
    // A reset of the application leaves the memory alone.
    client.ok("application/reset", "");
    assert_eq!(i2c(&mut client, both).json()["received"], "ADBE");
}

#[test]
fn bench_yaml_describes_devices() {
    let yaml = r#"
i2c:
  0.ESH10000023.I2C09:
    devices:
      - {address: 0x10, fill: 0, registers: {0x02: "0102", 0x04: 05}}
      - {address: 0x48, size: 2, width: 2, registers: {1: "0C 80"}, writable: false}
      - {address: 0x51, present: false}
"#;
    let mut client = Client::with(yaml);
    assert_eq!(
        i2c(&mut client, r#""Action": "Scan""#).json()["received"],
        "104850"
    );
    let read = r#""Action": "SendReceive", "Address": "10", "DataToSend": "01", "NumberOfBytesToReceive": 5"#;
    assert_eq!(i2c(&mut client, read).json()["received"], "0001020500");
    let wide = r#""Action": "SendReceive", "Address": "48", "DataToSend": "01", "NumberOfBytesToReceive": 2"#;
    assert_eq!(i2c(&mut client, wide).json()["received"], "0C80");
    let write = i2c(
        &mut client,
        r#""Action": "Send", "Address": "48", "DataToSend": "0100""#,
    );
    assert_eq!(
        (write.status, write.error()),
        (
            500,
            format!("NAK: the device at 0x48 on {I2C} cannot be written")
        )
    );
}

#[test]
fn refused_transfers_say_why() {
    let mut client = Client::new();
    let data = "field \"DataToSend\" is missing: Send needs data";
    for (body, status, text) in [
        // Before anything else, whatever the device.
        (
            r#"{"DeviceName": "X", "Action": "Send", "Address": "zz"}"#,
            400,
            data,
        ),
        (
            r#"{"Action": "Send", "DataToSend": "", "NumberOfBytesToReceive": -5}"#,
            400,
            data,
        ),
        (
            r#"{"DeviceName": "X", "Action": "Scan"}"#,
            404,
            "I2C device \"X\" not found: no such net name",
        ),
        (
            r#"{"DeviceName": "MON_3V3", "Action": "Scan"}"#,
            404,
            "I2C device \"MON_3V3\" not found: no such net name",
        ),
        (
            r#"{"Action": "Scan"}"#,
            400,
            "field \"DeviceName\" is missing",
        ),
        (r#"{"DeviceName": "X"}"#, 400, "field \"Action\" is missing"),
        (
            r#"{"Action": "Break"}"#,
            400,
            "field \"Action\" must be Send, Receive, SendReceive or Scan on I2C, not \"Break\"",
        ),
        (
            r#"{"Action": "Send", "DataToSend": "1"}"#,
            400,
            "field \"DataToSend\" must be bytes of two hexadecimal digits each, not \"1\"",
        ),
        (
            r#"{"Action": "Receive", "NumberOfBytesToReceive": -1}"#,
            400,
            "field \"NumberOfBytesToReceive\" must be at least 0, not -1",
        ),
        (
            r#"{"Action": "Receive", "NumberOfBytesToReceive": 65537}"#,
            400,
            "field \"NumberOfBytesToReceive\" must be at most 65536, not 65537",
        ),
        (
            r#"{"Action": "Receive", "MaxRetries": -2}"#,
            400,
            "field \"MaxRetries\" must be at least -1, not -2",
        ),
        (
            r#"{"Action": "Receive", "DeviceName": "0.ESH10000023.I2C09"}"#,
            400,
            "field \"Address\" is missing",
        ),
        (
            r#"{"Action": "Receive", "DeviceName": "0.ESH10000023.I2C09", "Address": 80}"#,
            400,
            "field \"Address\" must be text, not a number",
        ),
        (
            r#"{"Action": "Receive", "DeviceName": "0.ESH10000023.I2C09", "Address": "80"}"#,
            400,
            "field \"Address\" must be a 7-bit address in hexadecimal, from 00 to 7F, not \"80\"",
        ),
        (
            r#"{"Action": "Receive", "DeviceName": "0.ESH10000023.I2C09", "Address": "51"}"#,
            500,
            "NAK: no device acknowledged address 0x51 on 0.ESH10000023.I2C09",
        ),
    ] {
        assert_eq!(
            client.refused("comm/i2c", body),
            (status, text.into()),
            "{body}"
        );
    }
}
