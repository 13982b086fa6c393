//! Devices at serial ports that follow a script.

use crate::client::Client;

#[test]
fn rules_are_tried_in_their_order_and_by_state() {
    let mut client = Client::with(
        r#"
uart:
  COM:
    answers: {version: "1.0"}
    script:
      - {in: locked, hear: "{any}", say: "locked\n"}
      - {hear: lock, to: locked, say: "bye\n"}
      - {hear: "get {key}", say: "{key}={{{key}}}\n"}
      - {hear: "{a}:{b}", say: "{b}:{a}\n"}
      - {hear: "", say: "> "}
      - {hear: "hex:01 03", say: "hex:FE 00"}
"#,
    );
    assert_eq!(client.ask("COM", "version\n", 0), "1.0\n");
    assert_eq!(client.ask("COM", "get x", 0), "x={x}\n");
    assert_eq!(client.ask("COM", "1:2:3\r\n", 0), "2:3:1\n");
    assert_eq!(client.ask("COM", "\n", 0), "> ");
    assert_eq!(client.ask("COM", "get\n", 0), "");
    let bytes = r#""Action": "SendReceive", "DataToSend": "0103", "NumberOfBytesToReceive": 2"#;
    assert_eq!(client.transfer("uart", "COM", bytes), "FE00");
    assert_eq!(client.ask("COM", "lock\nget x\n", 0), "bye\nlocked\n");
    // Answers come first, and a reset starts anew.
    assert_eq!(client.ask("COM", "version", 0), "1.0\n");
    client.ok("application/reset", "");
    assert_eq!(client.ask("COM", "get x", 0), "x={x}\n");
}

#[test]
fn what_is_said_later_is_waited_for() {
    let mut client = Client::with(
        r#"
uart:
  COM:
    script:
      - {hear: slow, say: "done\n", delay_ms: 400}
      - {hear: fast, say: "now\n"}
"#,
    );
    let before = client.now;
    assert_eq!(client.ask("COM", "slow", 300), "");
    assert_eq!((client.now - before).as_millis(), 300);
    // A byte that ends the transfer ends the waiting.
    let line = r#""Action": "Receive", "UseTerminationByte": true, "TimeoutMs": 60000"#;
    assert_eq!(client.transfer("uart", "COM", line), "646F6E650A");
    assert_eq!((client.now - before).as_millis(), 400);
    assert_eq!(client.ask("COM", "slow\nfast\n", 1000), "now\ndone\n");
    client.ask("COM", "slow", 0);
    client.transfer("uart", "COM", r#""Action": "ClearBuffers""#);
    assert_eq!(client.ask("COM", "", 1000), "done\n");
}

#[test]
fn a_device_without_supply_is_silent_and_boots_with_it() {
    let mut client = Client::with(
        r#"
resources: {Supply.V: {value: 0, unit: V}}
uart:
  COM:
    powered_by: Supply.V
    answers: {ping: pong}
    script:
      - {at_ms: 100, say: "one\n"}
      - {at_ms: 300, say: "two\n", to: up}
      - {in: up, hear: state, say: "up\n"}
      - {hear: state, say: "booting\n"}
"#,
    );
    assert_eq!(client.ask("COM", "ping", 1000), "");
    client.set("Supply.V", "12");
    assert_eq!(client.ask("COM", "state", 200), "booting\none\n");
    client.set("Supply.V", "0");
    assert_eq!(client.ask("COM", "ping", 1000), "");
    client.set("Supply.V", "12");
    assert_eq!(client.ask("COM", "", 300), "one\ntwo\n");
    assert_eq!(client.ask("COM", "state", 0), "up\n");
    assert_eq!(client.ask("COM", "ping", 0), "pong\n");
    // A reset puts its supply back.
    client.ok("application/reset", "");
    assert_eq!(client.ask("COM", "ping", 0), "");
}

#[test]
fn channels_are_shown_and_set() {
    let mut client = Client::with(
        r#"
mpio: [{prefix: P, count: 2}]
nets: [[P00, P01]]
resources: {Mode: {value: idle, alias: MODE}, Level: 1}
uart:
  COM:
    script:
      - {hear: "level {n}", set: {Level: "{n}", MODE: "at {n}"}, say: "{Level} {MODE}"}
      - {hear: "gpio {v}", set: {P00: "{v}"}}
      - {hear: "all {v}", set: {MODE: "{v}", P00: "{v}", Level: "{P00}"}}
      - {hear: "half {v}", set: {P00: 2, MODE: "{v}", Level: "{v}"}}
      - {hear: "{any}", say: "?"}
"#,
    );
    assert_eq!(client.ask("COM", "level 2.5", 0), "2.5 at 2.5");
    assert_eq!(client.value("MODE"), "at 2.5");
    assert_eq!(client.ask("COM", "level x", 0), "?");
    assert_eq!(client.value("Level"), "2.5");
    assert_eq!(client.ask("COM", "gpio True", 0), "");
    assert_eq!(client.value("P01"), "3.3");
    assert_eq!(client.ask("COM", "gpio 1", 0), "");
    assert_eq!(client.value("P01"), "1");
    // A pin takes what it can stand.
    for level in ["nan", "inf", "-inf", "1e9", "-0.1", "5.1", "x"] {
        assert_eq!(client.ask("COM", &format!("gpio {level}"), 0), "?");
        assert_eq!(client.value("P01"), "1", "{level}");
    }
    assert_eq!(client.ask("COM", "gpio 5", 0), "");
    assert_eq!(client.value("P01"), "5");
    // All channels of a rule are set, one after the other, or none.
    assert_eq!(client.ask("COM", "half x", 0), "?");
    assert_eq!(client.value("P01"), "5");
    assert_eq!(client.value("MODE"), "at 2.5");
    assert_eq!(client.ask("COM", "all 3", 0), "");
    let values = ["P01", "MODE", "Level"].map(|name| client.value(name));
    assert_eq!(values, ["3", "3", "3"]);
    client.ok("application/reset", "");
    assert_eq!(client.value("P01"), "0");
}
