//! bench.yaml: what it may hold, and every message about it.

use rehearsal::{
    diagnostic::Diagnostics,
    host::bench::{FaultKind, default_station, read},
    source::Sources,
};

use crate::client::{Client, station};

/// Each problem as "line:column message (hint)".
pub fn problems(yaml: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("bench.yaml", yaml);
    let mut problems = Diagnostics::default();
    let station = read(yaml, file, &mut problems);
    assert_eq!(station.is_none(), problems.has_errors());
    problems.sort();
    let line = |one: &rehearsal::diagnostic::Diagnostic| {
        let place = one.primary.as_ref().map(|label| sources.place(label.at));
        let place = place.map_or_else(
            || "-".into(),
            |place| format!("{}:{}", place.line, place.column),
        );
        let hint = one
            .hint
            .as_ref()
            .map(|hint| format!(" ({hint})"))
            .unwrap_or_default();
        format!("{place} {}{hint}", one.message)
    };
    problems.iter().map(line).collect()
}

#[test]
fn an_empty_file_is_the_default_station() {
    assert_eq!(station(""), default_station());
    assert_eq!(station("# nothing\n"), default_station());
    assert_eq!(station("{}"), default_station());
}

#[test]
fn the_example_of_the_documentation_is_understood() {
    let docs = include_str!("../../docs/bench.md");
    let (_, rest) = docs.split_once("```yaml\n").unwrap();
    let (yaml, _) = rest.split_once("```").unwrap();
    let station = station(yaml);
    assert_eq!(station.addresses[0].to_string(), "agent72.local:5000");
    assert_eq!(station.application.name, "Fixture 7");
    assert_eq!(station.hardware.len(), 2);
    assert_eq!(
        station.fault.map(|fault| (fault.kind, fault.after)),
        Some((FaultKind::Stall, 3))
    );
    assert_eq!(station.wiring.opens, ["0.ESH10000121.MPIO08"]);
    let mut client = Client::of(rehearsal::host::bench::Station {
        fault: None,
        ..station
    });
    assert_eq!(client.value("Supply.READY"), "True");
    assert_eq!(client.get("modules/loaded").as_array().unwrap().len(), 1);
}

#[test]
fn what_is_named_again_starts_from_the_default() {
    let mut client = Client::with(
        "resources: {TempRegulator.CPU_TEMP: 99.5, 0.1.ESH10000158.MON_3V3: {alias: RAIL}}",
    );
    assert_eq!(client.value("TempRegulator.CPU_TEMP"), "99.5");
    assert_eq!(
        client.ok(
            "channels/channel",
            r#"{"NetName": "TempRegulator.CPU_TEMP"}"#
        )["unit"],
        "°C"
    );
    assert_eq!(client.value("RAIL"), "3.301");
    client.ok("modules/unload", r#"{"Name": "TempRegulator"}"#);
    assert_eq!(
        client
            .refused(
                "resources/value/get",
                r#"{"Name": "TempRegulator.CPU_TEMP"}"#
            )
            .0,
        404
    );
}

#[test]
fn every_problem_is_named_with_its_place() {
    for (yaml, expected) in [
        ("- 1", vec!["1:1 the bench must be a mapping, found a list"]),
        (
            "resorces: {}",
            vec!["1:1 unknown field `resorces`, did you mean `resources`?"],
        ),
        (
            "addresses: [agent72]",
            vec!["1:13 `agent72` is no address (write HOST:PORT, such as \"agent72.local:5000\")"],
        ),
        (
            "addresses: a:1",
            vec!["1:12 `addresses` must be a list, found a text"],
        ),
        (
            "agent: {status: ok}",
            vec!["1:17 unknown `status` `ok`, did you mean `OK`?"],
        ),
        ("agent: {name: ''}", vec!["1:15 `name` of `agent` is empty"]),
        (
            "hardware: [{index: 1, name: A, product_id: B}, {index: 1, name: A, product_id: B}]",
            vec!["1:56 board 1 is defined twice"],
        ),
        (
            "hardware: [{}]",
            vec![
                "1:12 `index` is missing in a board of `hardware`",
                "1:12 `name` is missing in a board of `hardware`",
                "1:12 `product_id` is missing in a board of `hardware`",
            ],
        ),
        (
            "resources: {A: {unit: V}}",
            vec!["1:17 `value` is missing in resource `A`"],
        ),
        (
            "resources: {A: [1]}",
            vec!["1:16 resource `A` must be a mapping, found a list"],
        ),
        (
            "resources: {A: {value: abc, type: Analog}}",
            vec![
                "1:24 the value of channel `A` must be a decimal number, found `abc` (its type is Analog)",
            ],
        ),
        (
            "resources: {A: {value: 1, type: Analogue}}",
            vec!["1:33 unknown `type` `Analogue`, did you mean `Analog`?"],
        ),
        (
            "resources: {A: {value: 1, alias: B}, B: 2}",
            vec!["1:34 alias `B` is taken by channel `B`"],
        ),
        (
            "resources: {A: {value: 1, writeable: true}}",
            vec!["1:27 unknown field `writeable`, did you mean `writable`?"],
        ),
        (
            "resources: {P01: 1}\nmpio: [{prefix: P, count: 4}]",
            vec!["2:17 channel `P01` is defined twice"],
        ),
        (
            "mpio: [{prefix: P, count: 0}]",
            vec!["1:27 `count` must be a whole number from 1 to 1000"],
        ),
        (
            "mpio: [{prefix: P, count: 1, default: 7}]",
            vec!["1:39 `default` must be from 0 to 5"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x80}]}}",
            vec!["1:31 I2C address `0x80` is out of range: it must be from 0x08 to 0x77"],
        ),
        (
            "i2c: {B: {devices: [{}]}}",
            vec!["1:21 `address` is missing in a device of bus `B`"],
        ),
        (
            "i2c: {B: {devices: [{address: 16}, {address: 0x10}]}}",
            vec!["1:46 device 0x10 of bus `B` is defined twice"],
        ),
        (
            "i2c: {B: {devices: [{address: 16, registers: {0: 0102, 0x01: 03}}]}}",
            vec!["1:56 register `0x01` overlaps register `0`"],
        ),
        (
            "i2c: {B: {devices: [{address: 16, size: 2, registers: {1: 01 02}}]}}",
            vec!["1:56 register `1` reaches beyond the 2 registers of the device"],
        ),
        (
            "i2c: {B: {devices: [{address: 16, registers: {x: 01, 2: 0}}]}}",
            vec![
                "1:47 register `x` is no number",
                "1:57 register `2` must hold bytes in hexadecimal, found `0` (write two digits a byte, such as \"DE AD BE EF\")",
            ],
        ),
        (
            "i2c: {B: {devices: [{address: 16, size: 300, pointer_bytes: 1}]}}",
            vec!["1:61 one pointer byte cannot name more than 256 registers"],
        ),
        (
            "i2c: {Engine.Uptime: {}}",
            vec!["1:7 channel `Engine.Uptime` of the default station is no I2C bus"],
        ),
        (
            "modules: [{class_name: X}]",
            vec!["1:12 `name` is missing in an item of `modules`"],
        ),
        (
            "modules: [{name: M}, {name: M}]",
            vec!["1:29 module `M` is defined twice"],
        ),
        (
            "modules: [{name: M, devices: [{bus: 0.ESH10000023.I2C08, address: 16}]}]",
            vec![
                "1:37 unknown I2C bus `0.ESH10000023.I2C08` (did you mean `0.ESH10000023.I2C09`?)",
            ],
        ),
        (
            "modules: [{name: M, devices: [{bus: 0.ESH10000023.I2C09, address: 0x50}]}]",
            vec![
                "1:18 module `M` cannot be loaded: there is a device at 0x50 on 0.ESH10000023.I2C09 already",
            ],
        ),
        (
            "modules: [{name: M, loaded: true, channels: [{name: C, value: '${K}'}]}]",
            vec!["1:18 module `M` needs `K` in InitialData"],
        ),
        (
            "modules: [{name: M, channels: [{name: C, value: 1}, {name: C, value: 2}]}]",
            vec!["1:60 channel `M.C` is defined twice"],
        ),
        (
            "mpio: [{prefix: P, count: 2}]\nnets: [[P00, P02], [P00, MON], [P01], P01, [P00, Engine.Uptime]]",
            vec![
                "2:14 a net names an unknown channel `P02` (did you mean `P00`?)",
                "2:26 a net names an unknown channel `MON` (MPIO channels come from `mpio`)",
                "2:32 a net needs at least two channels",
                "2:39 a net must be a list, found a text",
                "2:50 a net names `Engine.Uptime`, which is no MPIO channel",
            ],
        ),
        (
            "faults: {opens: [P], shorts: [[P]]}",
            vec![
                "1:18 `opens` names an unknown channel `P` (MPIO channels come from `mpio`)",
                "1:31 a short needs at least two channels",
                "1:32 a short names an unknown channel `P` (MPIO channels come from `mpio`)",
            ],
        ),
        (
            "uart: {Engine.Uptime: {}}",
            vec!["1:8 channel `Engine.Uptime` of the default station is no UART channel"],
        ),
        (
            "uart: {COM: {answer: {}}}",
            vec!["1:14 unknown field `answer`, did you mean `answers`?"],
        ),
        (
            "uart: {COM: {answers: {A: [1], 'hex:0': x, B: 'hex:zz'}, alias: MON_3V3}}",
            vec![
                "1:27 the answer to `A` must be a text, found a list",
                "1:32 a message of `answers` must hold bytes in hexadecimal, found `0` (write two digits a byte, such as \"DE AD BE EF\")",
                "1:47 the answer to `B` must hold bytes in hexadecimal, found `zz` (write two digits a byte, such as \"DE AD BE EF\")",
                "1:65 alias `MON_3V3` is taken by channel `0.1.ESH10000158.MON_3V3`",
            ],
        ),
        (
            "sockets: {dmm: {}, 'a:1': 7, 'b:1': {device: Engine.Uptime}}",
            vec![
                "1:11 `dmm` is no address (write HOST:PORT, such as \"instrument.local:5025\")",
                "1:27 socket `a:1` must be a mapping, found a number",
                "1:46 channel `Engine.Uptime` of the default station is no Socket channel",
            ],
        ),
        (
            "spi: {S: {echo: true, registers: {128: 01}}, T: {answers: {9F: F}}}",
            vec![
                "1:11 SPI bus `S` has both `echo` and `registers`: its device is one of these",
                "1:35 register `128` reaches beyond the 128 registers of the device",
                "1:64 the answer to `9F` must hold bytes in hexadecimal, found `F` (write two digits a byte, such as \"DE AD BE EF\")",
            ],
        ),
        (
            "numeric_results: {N: {}, M: {targets: [MON, Engine.Socket, {name: Engine.Uptime, samples: []}, Engine.Uptime], sample_rate: 0}}",
            vec![
                "1:22 `targets` is missing in NumericResult channel `N`",
                "1:40 `targets` names an unknown channel `MON`",
                "1:45 `targets` names `Engine.Socket`, which has no value",
                "1:61 `samples` is empty",
                "1:96 target `Engine.Uptime` is defined twice",
                "1:125 `sample_rate` must be a whole number from 1 to 100000000",
            ],
        ),
        (
            "instruments: {I: {functions: {A: Engine.Uptim}}}",
            vec![
                "1:19 `type` is missing in instrument `I`",
                "1:34 function `A` names an unknown channel `Engine.Uptim` (did you mean `Engine.Uptime`?)",
            ],
        ),
        (
            "calibration: {C: {rows: {K: {gain: much}, L: 1}}}",
            vec![
                "1:36 `gain` must be a number, found a text",
                "1:46 row `L` must be a mapping, found a number",
            ],
        ),
        (
            "apps: [{type: Software}]",
            vec![
                "1:9 `name` is missing in an item of `apps`",
                "1:15 unknown `type` `Software` (one of: Unknown, SoftwareModule, HardwareModule)",
            ],
        ),
        (
            "media: {a/b: x, c: {}, d: {text: a, hex: 00}, e: {loaded: true, text: a}, f: {hex: 0}}",
            vec![
                "1:9 `a/b` is no file name: it must be one, without folders",
                "1:17 media file `c` needs one of `text`, `hex` and `file`",
                "1:24 media file `d` needs one of `text`, `hex` and `file`",
                "1:51 unknown field `loaded` in media file `e` (known fields: file, hex, text)",
                "1:84 `hex` must hold bytes in hexadecimal, found `0` (write two digits a byte, such as \"DE AD BE EF\")",
            ],
        ),
        (
            "faults: {short_reads: {0.ESH10000023.I2C08: 1, 0.ESH10000023.I2C09: -1}}",
            vec![
                "1:24 `short_reads` names `0.ESH10000023.I2C08`, which is no I2C or SPI bus (did you mean `0.ESH10000023.I2C09`?)",
                "1:69 `short_reads` of `0.ESH10000023.I2C09` must be a whole number from 0 to 65536",
            ],
        ),
        (
            "faults: {agent: {kind: stal}}",
            vec!["1:24 unknown `kind` `stal`, did you mean `stall`?"],
        ),
        (
            "faults: {agent: {kind: stall, delay_ms: 5}}",
            vec!["1:41 `delay_ms` is for the fault `slow` only"],
        ),
        (
            "faults: {agent: {after: -1}}",
            vec![
                "1:18 `kind` is missing in `agent`",
                "1:25 `after` must be a whole number of at least 0",
            ],
        ),
    ] {
        assert_eq!(problems(yaml), expected, "{yaml}");
    }
}
