//! The examples of docs/bench.md.

use crate::client::{Client, station};

fn examples() -> Vec<&'static str> {
    let docs = include_str!("../../docs/bench.md");
    let blocks = docs.split("```yaml\n").skip(1);
    blocks
        .filter_map(|block| block.split("```").next())
        .collect()
}

/// The example with this in it.
fn example(part: &str) -> Client {
    let found = examples().into_iter().filter(|yaml| yaml.contains(part));
    let [yaml] = found.collect::<Vec<_>>().try_into().unwrap();
    Client::with(yaml)
}

#[test]
fn every_example_is_understood() {
    let examples = examples();
    assert!(examples.len() >= 8, "{}", examples.len());
    for yaml in examples {
        station(yaml);
    }
}

#[test]
fn the_script_is_a_console() {
    let mut client = example("at_ms");
    let port = "0.ESH10000121.UART1";
    assert_eq!(client.ask(port, "", 5000), "");
    client.set("Supply.DUT", "True");
    assert_eq!(client.ask(port, "", 1000), "U-Boot 2026.01\r\n");
    assert_eq!(client.ask(port, "", 2000), "login: ");
    assert_eq!(client.ask(port, "root\n", 0), "Password: ");
    assert_eq!(client.ask(port, "wrong\n", 0), "Login incorrect\r\nlogin: ");
    assert_eq!(client.ask(port, "root\nsecret\n", 300), "Password: # ");
    assert_eq!(client.ask(port, "set voltage 3.3\n", 0), "OK 3.3\r\n# ");
    assert_eq!(client.value("DUT.VOLTAGE"), "3.3");
    assert_eq!(
        client.ask(port, "set voltage high\n", 0),
        "set voltage high: not found\r\n# "
    );
    assert_eq!(
        client.ask(port, "reboot\n", 500),
        "Restarting\r\nU-Boot 2026.01\r\n"
    );
}

#[test]
fn the_instrument_supplies_its_rail() {
    let mut client = example("\"psu.local:5025\"");
    let mut ask = |text: &str| {
        let data: String = text.bytes().map(|byte| format!("{byte:02X}")).collect();
        let fields = format!(
            r#""Action": "SendReceive", "HostName": "psu.local", "Port": 5025, "DataToSend": "{data}", "NumberOfBytesToReceive": 999, "TimeoutMs": 0"#
        );
        crate::client::text_of(&client.transfer("socket", "Engine.Socket", &fields))
    };
    assert_eq!(ask("*IDN?\n"), "ACME,PSU-3,SN42,1.0\n");
    assert_eq!(
        ask("VOLT 12;OUTP ON;:MEAS:VOLT?\n").len(),
        "12.0000\n".len()
    );
    assert_eq!(client.value("Rail.V12"), "12");
}
