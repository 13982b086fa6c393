//! Transfers on serial ports, TCP connections and SPI.

use std::time::Duration;

use serde_json::json;

use crate::client::Client;

const UART: &str = "0.1.ESH10000158.UART1";
const SPI: &str = "0.1.ESH10000158.SPI1";

/// What a transfer receives, as hexadecimal digits; an answer that takes its time is waited for.
fn receive(client: &mut Client, path: &str, device: &str, fields: &str) -> String {
    client.transfer(path, device, fields)
}

#[test]
fn a_looped_serial_port_gives_back_what_is_sent() {
    let mut client = Client::new();
    let uart = |client: &mut Client, fields| receive(client, "uart", UART, fields);
    let reply = client.ok(
        "comm/uart",
        &format!(r#"{{"DeviceName": "{UART}", "Action": "sendreceive", "DataToSend": "0102", "NumberOfBytesToReceive": 2}}"#),
    );
    assert_eq!(
        reply,
        json!({"deviceName": UART, "action": "SendReceive", "received": "0102", "numberOfBytesReceived": 2})
    );
    assert_eq!(
        uart(
            &mut client,
            r#""Action": "Send", "DataToSend": "410D0A42430A44""#
        ),
        ""
    );
    let line = r#""Action": "Receive", "UseTerminationByte": true, "NumberOfBytesToReceive": 64"#;
    assert_eq!(uart(&mut client, line), "410D0A");
    let other = r#""Action": "Receive", "UseTerminationByte": true, "TerminationByte": "43""#;
    assert_eq!(uart(&mut client, other), "4243");
    let some = r#""Action": "Receive", "NumberOfBytesToReceive": 1"#;
    assert_eq!(uart(&mut client, some), "0A");
    assert_eq!(uart(&mut client, r#""Action": "ClearBuffers""#), "");
    assert_eq!(uart(&mut client, some), "");
}

#[test]
fn a_transfer_waits_for_what_does_not_come() {
    let mut client = Client::new();
    let before = client.now;
    let send = r#""Action": "SendReceive", "DataToSend": "41", "NumberOfBytesToReceive": 3"#;
    let short = receive(&mut client, "uart", UART, send);
    assert_eq!(short, "41");
    assert_eq!(client.now - before, Duration::from_secs(1));
    let empty = r#""Action": "Receive", "NumberOfBytesToReceive": 3, "TimeoutMs": 250"#;
    assert_eq!(receive(&mut client, "uart", UART, empty), "");
    assert_eq!(client.now - before, Duration::from_millis(1250));
    let line = r#""Action": "Receive", "UseTerminationByte": true, "TimeoutMs": 250"#;
    assert_eq!(receive(&mut client, "uart", UART, line), "");
    assert_eq!(client.now - before, Duration::from_millis(1500));
}

#[test]
fn a_serial_device_answers_what_it_knows() {
    let mut client = Client::with(
        r#"
uart:
  COM1:
    alias: psu
    termination: "\r\n"
    answers: {"*IDN?": "AB", "hex:0103": "hex:DD EE"}
  COM2:
"#,
    );
    let ask = |client: &mut Client, device, data| {
        let fields = format!(
            r#""Action": "SendReceive", "DataToSend": "{data}", "NumberOfBytesToReceive": 64, "TimeoutMs": 0"#
        );
        receive(client, "uart", device, &fields)
    };
    assert_eq!(ask(&mut client, "psu", "2A49444E3F0A"), "41420D0A");
    assert_eq!(ask(&mut client, "COM1", "0103"), "DDEE");
    assert_eq!(ask(&mut client, "COM1", "0104"), "");
    assert_eq!(ask(&mut client, "COM2", "2A49444E3F0A"), "");
    // What was not received is gone after a reset.
    client.ok(
        "comm/uart",
        r#"{"DeviceName": "COM1", "Action": "Send", "DataToSend": "0103"}"#,
    );
    client.ok("application/reset", "");
    assert_eq!(ask(&mut client, "COM1", "00"), "");
}

#[test]
fn connections_go_to_the_sockets_of_bench_yaml() {
    let mut client = Client::with(
        r#"sockets: {"DMM.local:5025": {device: DMM, answers: {"MEAS?": 1.25}}, "echo:7": {device: DMM, echo: true}}"#,
    );
    let measure = r#""Action": "SendReceive", "HostName": "dmm.local", "Port": 5025, "DataToSend": "4D4541533F0A",
        "UseTerminationByte": true, "TerminationByte": "0A", "NumberOfBytesToReceive": 64"#;
    assert_eq!(receive(&mut client, "socket", "DMM", measure), "312E32350A");
    let echo = r#""Action": "SendReceive", "HostName": "echo", "Port": 7, "DataToSend": "00", "NumberOfBytesToReceive": 1"#;
    assert_eq!(receive(&mut client, "socket", "Engine.Socket", echo), "00");
    let unknown = r#"{"DeviceName": "DMM", "Action": "Send", "HostName": "dmm.local", "Port": 5026, "DataToSend": "00"}"#;
    assert_eq!(
        client.refused("comm/socket", unknown),
        (
            500,
            "nothing answers at dmm.local:5026: sockets of the simulated bench are instrument.local:5025, dmm.local:5025, \
             echo:7; add it to bench.yaml: sockets: {\"dmm.local:5026\": {echo: true}}"
                .into()
        )
    );
}

#[test]
fn spi_receives_a_byte_for_each_one_it_clocks() {
    let mut client = Client::with(
        r#"
spi:
  FLASH: {answers: {"9F": "EF 40 18", "9F01": "07"}, fill: 0}
  SENSOR: {registers: {0x0F: "33 34"}}
  NOBODY:
"#,
    );
    let both = r#""Action": "SendReceive", "DataToSend": "9F000000", "NumberOfBytesToReceive": 4"#;
    for (device, received) in [
        (SPI, "9F000000"),
        ("FLASH", "00EF4018"),
        ("NOBODY", "FFFFFFFF"),
    ] {
        assert_eq!(
            receive(&mut client, "spi", device, both),
            received,
            "{device}"
        );
    }
    // The count may be below or above what is sent.
    let less = r#""Action": "SendReceive", "DataToSend": "0102", "NumberOfBytesToReceive": 1"#;
    assert_eq!(receive(&mut client, "spi", SPI, less), "0102");
    let more = r#""Action": "SendReceive", "DataToSend": "01", "NumberOfBytesToReceive": 3"#;
    assert_eq!(receive(&mut client, "spi", SPI, more), "010000");
    let read = r#""Action": "SendReceive", "DataToSend": "8F", "NumberOfBytesToReceive": 3"#;
    assert_eq!(receive(&mut client, "spi", "SENSOR", read), "FF3334");
    let write = r#""Action": "Send", "DataToSend": "0FAA""#;
    assert_eq!(receive(&mut client, "spi", "SENSOR", write), "");
    // A device keeps what it holds over a reset.
    client.ok("application/reset", "");
    assert_eq!(receive(&mut client, "spi", "SENSOR", read), "FFAA34");
    let rest = r#""Action": "Receive", "NumberOfBytesToReceive": 2"#;
    assert_eq!(receive(&mut client, "spi", "SENSOR", rest), "FFFF");
}

#[test]
fn a_bus_can_be_made_to_deliver_too_little() {
    let i2c = "0.ESH10000023.I2C09";
    let mut client = Client::with(&format!("faults: {{short_reads: {{{SPI}: 1, {i2c}: 0}}}}"));
    let both = r#""Action": "SendReceive", "Address": "50", "DataToSend": "00", "NumberOfBytesToReceive": 4"#;
    assert_eq!(receive(&mut client, "spi", SPI, both), "00");
    assert_eq!(receive(&mut client, "i2c", i2c, both), "");
    let scan = r#""Action": "Scan", "Address": "00""#;
    assert_eq!(receive(&mut client, "i2c", i2c, scan), "50");
}

#[test]
fn refused_transfers_say_why() {
    let mut client = Client::with("uart: {OFF: }");
    client.ok(
        "channels/channel/configure",
        r#"{"NetName": "OFF", "Enabled": false}"#,
    );
    for path in ["i2c", "spi", "uart", "socket"] {
        for data in ["", r#", "DataToSend": """#, r#", "DataToSend": null"#] {
            let body = format!(r#"{{"DeviceName": "nobody", "Action": "Send"{data}}}"#);
            assert_eq!(
                client.refused(&format!("comm/{path}"), &body),
                (
                    400,
                    "field \"DataToSend\" is missing: Send needs data".into()
                )
            );
        }
    }
    for (path, fields, status, text) in [
        (
            "spi",
            r#""Action": "Receive", "DeviceName": "SPI9""#,
            404,
            "SPI device \"SPI9\" not found: no such net name",
        ),
        (
            "uart",
            r#""Action": "Receive", "DeviceName": "0.1.ESH10000158.SPI1""#,
            404,
            "UART device \"0.1.ESH10000158.SPI1\" not found: no such net name",
        ),
        (
            "uart",
            r#""Action": "Receive", "DeviceName": "OFF""#,
            500,
            "OFF is disabled",
        ),
        (
            "uart",
            r#""Action": "Scan""#,
            400,
            "field \"Action\" must be Send, Receive, SendReceive or ClearBuffers on UART, not \"Scan\"",
        ),
        (
            "socket",
            r#""Action": "ClearBuffers""#,
            400,
            "field \"Action\" must be Send, Receive or SendReceive on Socket, not \"ClearBuffers\"",
        ),
        (
            "uart",
            r#""Action": "Receive", "BaudRate": 0"#,
            400,
            "field \"BaudRate\" must be at least 1, not 0",
        ),
        (
            "uart",
            r#""Action": "Receive", "BusType": "TTL""#,
            400,
            "field \"BusType\" must be one of RS232, RS422, RS485, not \"TTL\"",
        ),
        (
            "uart",
            r#""Action": "Receive", "Parity": "None", "FlowControl": "x""#,
            400,
            "field \"FlowControl\" must be one of None, XON_XOFF, RTS_CTS, RTS_CTS_AND_XON_XOFF, DTR_DSR, \
             DTR_DSR_AND_XON_XOFF, not \"x\"",
        ),
        (
            "uart",
            r#""Action": "Receive", "TerminationByte": "A""#,
            400,
            "field \"TerminationByte\" must be two hexadecimal digits, not \"A\"",
        ),
        (
            "socket",
            r#""Action": "Receive""#,
            400,
            "field \"HostName\" is missing",
        ),
        (
            "socket",
            r#""Action": "Receive", "HostName": "a""#,
            400,
            "field \"Port\" must be a port, from 1 to 65535",
        ),
        (
            "socket",
            r#""Action": "Receive", "HostName": "a", "Port": 1, "DeviceName": "OFF""#,
            404,
            "Socket device \"OFF\" not found: no such net name",
        ),
    ] {
        assert_eq!(
            client.refused(&format!("comm/{path}"), &format!("{{{fields}}}")),
            (status, text.into()),
            "{path} {fields}"
        );
    }
    for (name, text) in [
        (UART, "is a bus and has no value: use comm/uart"),
        (SPI, "is a bus and has no value: use comm/spi"),
        (
            "Engine.Socket",
            "is a socket and has no value: use comm/socket",
        ),
        (
            "0.1.ESH10000158.VOLTMETER",
            "is an instrument and has no value: use the channels of its functionMap",
        ),
    ] {
        assert_eq!(
            client.refused("resources/value/get", &format!(r#"{{"Name": "{name}"}}"#)),
            (400, format!("{name} {text}"))
        );
    }
}
