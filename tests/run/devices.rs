//! Device models of the simulated bench, where time plays a part and where test code reaches them by itself.

use crate::package::{Package, SANDBOXED};

const BENCH: &str = r#"
resources:
  Heater.ON: false
  Rail: {value: 0, unit: V, writable: false}
  TempRegulator.CPU_TEMP: {ramp: {from: 25, to: 85, over_ms: 600000, heated_by: Heater.ON}}
i2c:
  I2C1:
    devices:
      - {address: 0x50, eeprom: {type: 24C02, write_ms: 20000}}
      - {address: 0x48, temperature: {type: TMP102, channel: TempRegulator.CPU_TEMP}}
uart:
  CONSOLE:
    powered_by: Rail
    script:
      - {at_ms: 30000, say: "login: "}
sockets:
  "psu.local:5025":
    scpi:
      identity: "ACME,PSU,42,1.0"
      commands:
        "VOLTage": {value: 0, max: 32, drives: Rail, while_on: "OUTPut"}
        "OUTPut": false
        "MEASure:VOLTage?": {channel: Rail, decimals: 3}
  "slow.local:23":
    script:
      - {hear: "wait {s}", delay_ms: 120000, say: "waited {s}\n"}
"#;

const CODE: &str = r#"
import json, socket, time, urllib.error, urllib.request

AGENT = "http://agent64.local:5000/api/"

def ask(path, body):
    data = json.dumps(body).encode()
    request = urllib.request.Request(AGENT + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or b"null")

def i2c(address, data, count=0):
    body = {"DeviceName": "I2C1", "Address": "%02X" % address, "DataToSend": data.hex().upper(),
            "Action": "SendReceive" if count else "Send", "NumberOfBytesToReceive": count}
    return bytes.fromhex(ask("comm/i2c", body)["received"])

def value(name):
    return ask("resources/value/get", {"Name": name})["value"]

def polls_for_acknowledge():
    i2c(0x50, bytes([0x10]) + b"SN-0042")
    naks = 0
    while True:
        try:
            serial = i2c(0x50, bytes([0x10]), 7)
            break
        except urllib.error.HTTPError as error:
            assert error.code == 500 and b"NAK" in error.read()
            naks += 1
            time.sleep(1)
    print(serial, naks > 0)

def does_not_wait():
    i2c(0x50, bytes([0x20, 1]))
    i2c(0x50, bytes([0x20]), 1)

def heats():
    ask("resources/value/set", {"Name": "Heater.ON", "Value": "True"})
    print(float(value("TempRegulator.CPU_TEMP")) < 30)

def is_hot():
    raw = int.from_bytes(i2c(0x48, b"\x00", 2), "big", signed=True)
    print(value("TempRegulator.CPU_TEMP"), raw / 256)

def talks_to_the_supply():
    with socket.create_connection(("psu.local", 5025), timeout=5) as psu:
        lines = psu.makefile("rw", newline="\n")
        def query(text):
            lines.write(text + "\n")
            lines.flush()
            return lines.readline().strip()
        print(query("*IDN?"), query("SYST:ERR?"))
        lines.write("VOLT 12;OUTP ON\n")
        lines.flush()
        print(query("MEAS:VOLT?"), value("Rail"), query("SYST:ERR:COUN?"))
        lines.write("VOLT 99\n")
        lines.flush()
        print(query("SYST:ERR?"))

def waits_for_the_console():
    body = {"DeviceName": "CONSOLE", "Action": "Receive", "NumberOfBytesToReceive": 7, "TimeoutMs": 60000}
    print(bytes.fromhex(ask("comm/uart", body)["received"]))

def waits_for_a_slow_answer():
    with socket.create_connection(("slow.local", 23), timeout=60) as slow:
        slow.sendall(b"wait 1\r\n")
        try:
            slow.recv(100)
        except TimeoutError:
            print("not yet")
        slow.settimeout(61)
        print(slow.recv(100))

def calls_nobody():
    socket.create_connection(("dmm.local", 5025), timeout=5)
"#;

fn package() -> Package {
    Package::with(CODE).file("bench.yaml", BENCH)
}

/// In the sandbox, the instruments are allowed.
fn arguments() -> Vec<&'static str> {
    let mut arguments = vec!["--simulate"];
    if std::env::var_os(SANDBOXED).is_some() {
        arguments.extend([
            "--allow-net=psu.local:5025",
            "--allow-net=slow.local:23",
            "--allow-net=dmm.local:5025",
        ]);
    }
    arguments
}

#[test]
fn an_eeprom_is_polled_until_it_has_stored() {
    let ran = package()
        .step("polls_for_acknowledge", "")
        .run(&arguments())
        .passed();
    assert_eq!(ran.output("polls_for_acknowledge"), "b'SN-0042' True\n");
}

#[test]
fn who_does_not_wait_for_an_eeprom_gets_no_acknowledge() {
    let ran = package()
        .step("does_not_wait", "")
        .run(&arguments())
        .failed();
    assert!(ran.stdout.contains("HTTP Error 500"), "{}", ran.stdout);
}

#[test]
fn a_ramp_reaches_its_end_during_a_delay_step() {
    let folder = package();
    let test = "test:\n  name: Heat\n  version: \"1.0.0\"\n  steps:\n    \
        - {name: heats, runner: python, module: m, function: heats}\n    \
        - {name: wait, type: delay, duration: 900}\n    \
        - {name: is_hot, runner: python, module: m, function: is_hot}\n";
    let folder = folder.file("tests/heat.yaml", test).step("heats", "");
    let mut arguments = arguments();
    arguments.insert(0, "tests/heat.yaml");
    let ran = folder.run(&arguments).passed();
    assert_eq!(ran.output("heats"), "True\n");
    assert_eq!(ran.output("is_hot"), "85 85.0\n");
}

#[test]
fn an_instrument_is_reached_over_a_plain_socket() {
    let ran = package()
        .step("talks_to_the_supply", "")
        .step("waits_for_the_console", "")
        .run(&arguments())
        .passed();
    assert_eq!(
        ran.output("talks_to_the_supply"),
        "ACME,PSU,42,1.0 0,\"No error\"\n12.000 12 0\n-222,\"Data out of range\"\n"
    );
    assert_eq!(ran.output("waits_for_the_console"), "b'login: '\n");
}

#[test]
fn a_slow_answer_comes_when_its_time_has_come() {
    let ran = package()
        .step("waits_for_a_slow_answer", "")
        .run(&arguments())
        .passed();
    assert_eq!(
        ran.output("waits_for_a_slow_answer"),
        "not yet\nb'waited 1\\n'\n"
    );
}

#[test]
fn an_address_without_a_device_is_refused() {
    let ran = package()
        .step("calls_nobody", "")
        .run(&arguments())
        .failed();
    assert!(
        ran.stdout.contains("host name \"dmm.local\" is unknown: the simulated bench answers at agent64.local:5000, instrument.local:5025, psu.local:5025, slow.local:23;"),
        "{}",
        ran.stdout
    );
}
