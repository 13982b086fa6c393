//! Instruments that speak SCPI, over a connection of their own, a serial port and the agent.

use std::time::Duration;

use rehearsal::host::bench::{ConnectionId, Network as _, Received};

use crate::client::Client;

const BENCH: &str = r#"
mpio: [{prefix: P, count: 2}]
nets: [[P00, P01]]
resources: {Rail: {value: 7, unit: V, writable: false}, Relay: true, Supply: true}
sockets:
  "PSU.local:5025":
    scpi:
      identity: "ACME,PSU,42,1.0"
      commands:
        "[SOURce]:VOLTage[:LEVel]": {value: 0, min: 0, max: 32, unit: V, drives: Rail, while_on: "OUTPut[:STATe]", decimals: 3}
        "[SOURce]:CURRent": 1.5
        "OUTPut[:STATe]": {value: false, drives: Relay}
        "FUNCtion": {value: VOLTage, words: [VOLTage, CURRent]}
        "DISPlay:TEXT": hello
        "DAC": {value: 0, drives: P00, while_on: "DAC:STATe"}
        "DAC:STATe": false
        "SYSTem:BEEPer":
        "MEASure[:SCALar]:VOLTage[:DC]?": {channel: Rail, decimals: 2}
        "MEASure:CURRent?": {value: 0.42, noise: 0.001}
        "MEASure:POWer?": 5.5
        "ROUTe:RELay?": {channel: Relay}
uart:
  COM: {termination: "\r\n", powered_by: Supply, scpi: {commands: {VOLTage: 3.3}}}
"#;

struct Instrument {
    client: Client,
    connection: ConnectionId,
}

impl Instrument {
    fn new() -> Self {
        let mut client = Client::with(BENCH);
        let connection = client.network.connect("psu.local", 5025, client.now);
        Self {
            connection: connection.unwrap(),
            client,
        }
    }

    fn tell(&mut self, bytes: &str) {
        let Client { network, now, .. } = &mut self.client;
        let sent = network.send(self.connection, bytes.as_bytes(), *now);
        assert_eq!(sent, Ok(bytes.len()));
    }

    fn hear(&mut self) -> String {
        let Client { network, now, .. } = &mut self.client;
        match network.receive(self.connection, 1000, false, *now) {
            Ok(Received::Bytes(bytes)) => String::from_utf8(bytes).unwrap(),
            Ok(Received::WouldBlock(None)) => String::new(),
            other => panic!("{other:?}"),
        }
    }

    /// What it answers to a line, without the end of the line.
    fn ask(&mut self, line: &str) -> String {
        self.tell(&format!("{line}\n"));
        let answer = self.hear();
        answer.strip_suffix('\n').unwrap_or(&answer).into()
    }

    /// The oldest error.
    fn error(&mut self) -> String {
        self.ask("SYST:ERR?")
    }
}

#[test]
fn what_every_instrument_understands_is_there() {
    let mut psu = Instrument::new();
    for (line, answer) in [
        ("*IDN?", "ACME,PSU,42,1.0"),
        ("*esr?", "128"),
        ("*ESR?", "0"),
        ("*OPC?", "1"),
        ("*TST?", "0"),
        ("SYST:ERR?", "0,\"No error\""),
        ("SYSTem:ERRor:NEXT?", "0,\"No error\""),
        (":syst:err:coun?", "0"),
        ("SYST:VERS?", "1999.0"),
        ("*OPC", ""),
        ("*ESE 1;*SRE 32;*STB?;*ESE?;*SRE?", "96;1;32"),
        ("*ESR?", "1"),
        ("*SRE 16;*STB?;*STB?", "0;80"),
        ("*STB?", "0"),
        ("*CLS;*WAI", ""),
        ("", ""),
        (" ; ;", ""),
    ] {
        assert_eq!(psu.ask(line), answer, "{line}");
    }
    assert_eq!(psu.error(), "0,\"No error\"");
}

#[test]
fn settings_are_set_and_asked_for_in_every_form() {
    let mut psu = Instrument::new();
    for (line, answer) in [
        ("VOLT?", "0.000"),
        ("VOLT 3.3", ""),
        ("VOLT?", "3.300"),
        ("source:voltage:level 330 mV;level?", "0.330"),
        ("SOUR:VOLT 5;CURR 2;:VOLT?;CURR?", "5.000;2"),
        ("VOLT MAX;VOLT?", "32.000"),
        ("VOLT? MIN;:VOLT? DEF", "0.000;0.000"),
        ("FUNC?", "VOLT"),
        ("func current;func?", "CURR"),
        ("DISP:TEXT?", "\"hello\""),
        ("DISP:TEXT 'a \"b\"; c';TEXT?", "\"a \"\"b\"\"; c\""),
        ("OUTP?", "0"),
        ("OUTP ON;OUTP?", "1"),
        ("OUTP:STAT 0;STAT?", "0"),
        ("SYST:BEEP 1,2;BEEP", ""),
        ("MEAS:POW?", "5.5"),
        ("MEAS:POW? 10,0.001", "5.5"),
        ("MEAS:POW? (@101,102);POW? DEF", "5.5;5.5"),
        ("*RST;VOLT?;CURR?;FUNC?", "0.000;1.5;VOLT"),
    ] {
        assert_eq!(psu.ask(line), answer, "{line}");
        assert_eq!(psu.error(), "0,\"No error\"", "{line}");
    }
}

#[test]
fn what_is_not_understood_waits_in_the_error_queue() {
    let mut psu = Instrument::new();
    psu.ask("*CLS");
    for (line, answer, error, events) in [
        ("VLOT 3", "", "-113,\"Undefined header\"", "32"),
        ("VOLT2 3", "", "-113,\"Undefined header\"", "32"),
        ("MEAS:VOLT", "", "-113,\"Undefined header\"", "32"),
        ("SYST:BEEP?", "", "-113,\"Undefined header\"", "32"),
        ("*XYZ", "", "-113,\"Undefined header\"", "32"),
        ("VOLT::LEV 3", "", "-102,\"Syntax error\"", "32"),
        ("VOLT", "", "-109,\"Missing parameter\"", "32"),
        ("VOLT 1,2", "", "-108,\"Parameter not allowed\"", "32"),
        ("*IDN? 1", "", "-108,\"Parameter not allowed\"", "32"),
        ("VOLT abc", "", "-104,\"Data type error\"", "32"),
        ("VOLT 3 A", "", "-131,\"Invalid suffix\"", "32"),
        ("CURR 3 A", "", "-131,\"Invalid suffix\"", "32"),
        ("DISP:TEXT \"a", "", "-151,\"Invalid string data\"", "32"),
        ("VOLT 33", "", "-222,\"Data out of range\"", "16"),
        ("CURR 1e400", "", "-222,\"Data out of range\"", "16"),
        ("OUTP -1e400", "", "-222,\"Data out of range\"", "16"),
        ("*ESE 256", "", "-222,\"Data out of range\"", "16"),
        ("FUNC RES", "", "-224,\"Illegal parameter value\"", "16"),
        ("CURR MAX", "", "-224,\"Illegal parameter value\"", "16"),
        // After an error of the parser the rest of the line is not looked at.
        ("*OPC?;VLOT 3;*OPC?", "1", "-113,\"Undefined header\"", "32"),
        (
            "*OPC?;VOLT 33;*OPC?",
            "1;1",
            "-222,\"Data out of range\"",
            "16",
        ),
    ] {
        assert_eq!(psu.ask(line), answer, "{line}");
        assert_eq!(psu.ask("*STB?"), "4", "{line}");
        assert_eq!(psu.error(), error, "{line}");
        assert_eq!(psu.ask("*ESR?"), events, "{line}");
    }
    assert_eq!(psu.ask("VOLT?;CURR?"), "0.000;1.5");
    for _ in 0..30 {
        psu.ask("VLOT");
    }
    assert_eq!(psu.ask("SYST:ERR:COUN?"), "20");
    let errors: Vec<_> = (0..20).map(|_| psu.error()).collect();
    assert_eq!(errors[18], "-113,\"Undefined header\"");
    assert_eq!(errors[19], "-350,\"Queue overflow\"");
    assert_eq!(psu.error(), "0,\"No error\"");
}

#[test]
fn its_output_is_a_channel() {
    let mut psu = Instrument::new();
    // Switched off it gives nothing, whatever bench.yaml says of the channel.
    assert_eq!(psu.client.value("Rail"), "0");
    assert_eq!(psu.client.value("Relay"), "False");
    psu.ask("VOLT 12");
    assert_eq!(psu.client.value("Rail"), "0");
    psu.ask("OUTP ON");
    assert_eq!(psu.client.value("Rail"), "12");
    assert_eq!(psu.client.value("Relay"), "True");
    assert_eq!(psu.ask("MEAS:VOLT?;:ROUT:REL?"), "12.00;1");
    // It is no part of the agent, and goes on over a reset.
    psu.client.ok("application/reset", "");
    assert_eq!(psu.client.value("Rail"), "12");
    psu.ask("*RST");
    assert_eq!(psu.client.value("Rail"), "0");
    assert_eq!(psu.client.value("P01"), "0");
    psu.ask("DAC 2.5;DAC:STAT ON");
    assert_eq!(psu.client.value("P01"), "2.5");
    // An MPIO channel takes no more than it can stand.
    psu.ask("*CLS");
    psu.ask("DAC 5.1");
    assert_eq!(psu.error(), "-222,\"Data out of range\"");
    assert_eq!(psu.ask("DAC?"), "2.5");
    assert_eq!(psu.client.value("P01"), "2.5");
    psu.ask("DAC:STAT OFF");
    assert_eq!(psu.client.value("P01"), "0");
    let values: Vec<_> = (0..3).map(|_| psu.ask("MEAS:CURR?")).collect();
    assert!(
        values[0] != values[1] && values[1] != values[2],
        "{values:?}"
    );
    assert_eq!(Instrument::new().ask("MEAS:CURR?"), values[0]);
}

#[test]
fn a_connection_carries_lines_in_any_pieces() {
    let mut psu = Instrument::new();
    psu.tell("*ID");
    assert_eq!(psu.hear(), "");
    psu.tell("N?\r\nVOLT?\n*OP");
    assert_eq!(psu.hear(), "ACME,PSU,42,1.0\n0.000\n");
    psu.tell("C?\n");
    assert_eq!(psu.hear(), "1\n");
    // Another connection shares the instrument, not the line; silence ends none.
    psu.tell("VOLT 4\n*ID");
    let Client { network, now, .. } = &mut psu.client;
    *now += Duration::from_secs(3600);
    let ip = network.resolve("psu.local", 5025).unwrap();
    let other = network.connect(&ip, 5025, *now).unwrap();
    assert_eq!(network.send(other, b"VOLT?\n", *now), Ok(6));
    assert_eq!(
        network.receive(other, 100, false, *now),
        Ok(Received::Bytes(b"4.000\n".into()))
    );
    psu.tell("N?\n");
    assert_eq!(psu.hear(), "ACME,PSU,42,1.0\n");
    // Nothing more, and no end of the connection either.
    assert_eq!(psu.hear(), "");
    let Client { network, now, .. } = &mut psu.client;
    network.shutdown(other, false, true).unwrap();
    assert_eq!(
        network.receive(other, 100, false, *now),
        Ok(Received::Closed)
    );
    assert_eq!(
        network
            .connect("psu.local", 5026, *now)
            .unwrap_err()
            .to_string(),
        "nothing answers at psu.local:5026: the simulated bench answers at agent64.local:5000, instrument.local:5025, \
         psu.local:5025; to have the agent answer there, add to bench.yaml: addresses: [\"psu.local:5026\"]; \
         an instrument, sockets: {\"psu.local:5026\": {scpi: {}}}"
    );
}

#[test]
fn an_instrument_may_be_at_this_machine() {
    let mut client = Client::with(r#"sockets: {"localhost:5025": {scpi: {}}}"#);
    let now = client.now;
    for host in ["localhost", "127.0.0.1", "::1"] {
        let connection = client.network.connect(host, 5025, now).unwrap();
        client.network.send(connection, b"*OPC?\n", now).unwrap();
        let answer = client.network.receive(connection, 9, false, now);
        assert_eq!(answer, Ok(Received::Bytes(b"1\n".into())), "{host}");
    }
    assert!(client.network.connect("localhost", 5026, now).is_err());
}

#[test]
fn a_fault_of_the_agent_is_none_of_an_instrument() {
    let mut client = Client::with("");
    let bench = format!("{BENCH}faults: {{agent: {{kind: refuse}}}}");
    let station = crate::client::station(&bench);
    let now = client.now;
    client.network =
        rehearsal::host::bench::BenchNetwork::new(station, [("a.local".into(), 5000)], now)
            .unwrap();
    assert!(client.network.connect("a.local", 5000, now).is_err());
    let connection = client.network.connect("psu.local", 5025, now).unwrap();
    client.network.send(connection, b"*OPC?\n", now).unwrap();
    let answer = client.network.receive(connection, 9, false, now);
    assert_eq!(answer, Ok(Received::Bytes(b"1\n".into())));
}

#[test]
fn a_serial_port_may_lead_to_one() {
    let mut psu = Instrument::new();
    let client = &mut psu.client;
    assert_eq!(client.ask("COM", "VOLT 5;VOLT?", 0), "5\r\n");
    assert_eq!(
        client.ask("COM", "*IDN?\n", 0),
        "Rehearsal,Simulated,0,1\r\n"
    );
    client.ok("application/reset", "");
    assert_eq!(client.ask("COM", "VOLT?", 0), "5\r\n");
    // Without its supply it forgets.
    client.set("Supply", "False");
    assert_eq!(client.ask("COM", "VOLT?", 0), "");
    client.set("Supply", "True");
    assert_eq!(client.ask("COM", "VOLT?", 0), "3.3\r\n");
}
