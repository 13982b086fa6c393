//! What bench.yaml may not say of device models, message by message.

use crate::file::problems;

#[test]
fn every_problem_of_a_model_is_named_with_its_place() {
    let too_long = format!(
        "i2c: {{B: {{devices: [{{address: 0x50, eeprom: {{type: 24C01, hex: {}}}}}]}}}}",
        "AA".repeat(129)
    );
    for (yaml, expected) in [
        (
            "seed: -1",
            vec!["1:7 `seed` must be a whole number of at least 0"],
        ),
        (
            "seed: x",
            vec!["1:7 `seed` must be a whole number, found a text"],
        ),
        (
            "resources: {T: {ramp: {}}}",
            vec![
                "1:23 `ramp` needs one of `over_ms` and `time_constant_ms`",
                "1:23 `from` is missing in `ramp`",
                "1:23 `to` is missing in `ramp`",
            ],
        ),
        (
            "resources: {T: {ramp: {from: 1, to: 2}}}",
            vec!["1:24 `ramp` needs one of `over_ms` and `time_constant_ms`"],
        ),
        (
            "resources: {T: {ramp: {from: 1, to: 2, over_ms: 5, time_constant_ms: 5}}}",
            vec!["1:24 `ramp` needs one of `over_ms` and `time_constant_ms`"],
        ),
        (
            "resources: {T: {ramp: {from: 1, to: hot, over_ms: -5, heatedby: X}}}",
            vec![
                "1:37 `to` must be a number, found a text",
                "1:51 `over_ms` must be a whole number from 0 to 604800000",
                "1:55 unknown field `heatedby`, did you mean `heated_by`?",
            ],
        ),
        (
            "resources: {T: {ramp: {from: 1, to: 2, over_ms: 5, heated_by: Heater}}, Heaters: {value: off, alias: H}}",
            vec!["1:63 `heated_by` names an unknown channel `Heater` (did you mean `Heaters`?)"],
        ),
        (
            "resources: {T: {ramp: {from: 1, to: 2, over_ms: 5, heated_by: H}}, Heaters: {value: off, alias: H}}",
            vec!["1:63 `heated_by` names `H`, which is neither True or False nor a number"],
        ),
        (
            "resources: {T: {ramp: {from: 1, to: 2, over_ms: 5, heated_by: T}}, U: {ramp: {from: 1, to: 2, over_ms: 5, heated_by: V}, alias: V}, W: {ramp: {from: 1, to: 2, over_ms: 5, heated_by: T}}}",
            vec![
                "1:63 `heated_by` names `T`, the channel itself",
                "1:118 `heated_by` names `V`, the channel itself",
            ],
        ),
        (
            "modules: [{name: M, channels: [{name: T, ramp: {from: 1, to: 2, over_ms: 5, heated_by: M.T}}]}]",
            vec!["1:88 `heated_by` names `M.T`, the channel itself"],
        ),
        (
            "resources: {T: {ramp: {from: 1, to: 2, over_ms: 5}, value: 3, writable: true, noise: -1, resolution: 0}}",
            vec![
                "1:60 resource `T` has both `value` and `ramp`",
                "1:73 `writable`: a channel with a `ramp` cannot be set",
                "1:86 `noise` must be from 0 to 1000000000000",
                "1:102 `resolution` must be from 0.000000001 to 1000000000000",
            ],
        ),
        (
            "resources: {T: {ramp: {from: 1, to: 2, over_ms: 5}, type: Digital}, U: {value: true, noise: 1}}",
            vec![
                "1:17 resource `T` has a `ramp`, and is no number: its type is Digital",
                "1:73 resource `U` has noise or a resolution, and is no number: its type is Digital",
            ],
        ),
        (
            "resources: {T: {ramp: 5}}",
            vec!["1:23 `ramp` must be a mapping, found a number"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x50, eeprom: {}}]}}",
            vec!["1:45 `type` is missing in `eeprom`"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x50, eeprom: 24C02}]}}",
            vec!["1:45 `eeprom` must be a mapping, found a text"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x50, eeprom: {type: 24C03, size: 256}}]}}",
            vec![
                "1:52 unknown `type` `24C03`, did you mean `24C01`?",
                "1:59 unknown field `size` in `eeprom` (known fields: file, fill, hex, page, registers, text, type, write_ms, write_protected)",
            ],
        ),
        (
            "i2c: {B: {devices: [{address: 0x50, eeprom: {type: 24C02, page: 12, write_ms: 60001, fill: 256}}]}}",
            vec![
                "1:65 `page` must be a power of 2 from 1 to 256",
                "1:79 `write_ms` must be a whole number from 0 to 60000",
                "1:92 `fill` must be a whole number from 0 to 255",
            ],
        ),
        (
            "i2c: {B: {devices: [{address: 0x50, eeprom: {type: 24C01, page: 256}}]}}",
            vec!["1:65 `page` must be a power of 2 from 1 to 128"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x50, eeprom: {type: 24C64, page: 512}}, {address: 0x51, eeprom: {type: 24C64, page: 0}}]}}",
            vec![
                "1:65 `page` must be a power of 2 from 1 to 256",
                "1:116 `page` must be a power of 2 from 1 to 256",
            ],
        ),
        (
            "i2c: {B: {devices: [{address: 0x50, eeprom: {type: 24C01, text: a, hex: 00}}]}}",
            vec!["1:46 `eeprom` has more than one of `text`, `hex` and `file`"],
        ),
        (
            too_long.as_str(),
            vec!["1:46 the content of `eeprom` has 129 bytes, and there is room for 128"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x50, eeprom: {type: 24C02, registers: {0xFF: 01 02}}}]}}",
            vec!["1:71 register `0xFF` reaches beyond the 256 registers of the device"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x50, eeprom: {type: 24C02, file: no.bin}}]}}",
            vec![
                "1:65 cannot read `no.bin`: this bench.yaml is in no folder; give its content as `text` or `hex`",
            ],
        ),
        (
            "i2c: {B: {devices: [{address: 0x51, eeprom: {type: 24C04}}]}}",
            vec!["1:31 0x51 is no address of an EEPROM of 2 blocks: it must be a multiple of 2"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x50, eeprom: {type: 24C16}}, {address: 0x57}]}}",
            vec!["1:71 device 0x57 of bus `B` is defined twice"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x53}, {address: 0x50, eeprom: {type: 24C08}}]}}",
            vec!["1:48 device 0x53 of bus `B` is defined twice"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x50, size: 16, eeprom: {type: 24C02}}, {address: 0x48, temperature: {}, expander: {type: PCF8574}}]}}",
            vec![
                "1:22 a device of bus `B` has both `eeprom` and `size` (a device is plain registers or one of `eeprom`, `temperature` and `expander`)",
                "1:72 a device of bus `B` has both `temperature` and `expander` (a device is plain registers or one of `eeprom`, `temperature` and `expander`)",
            ],
        ),
        (
            "i2c: {B: {devices: [{address: 0x48, temperature: {type: LM76, value: -300, offset: 200, noise: -1}}]}}",
            vec![
                "1:57 unknown `type` `LM76`, did you mean `LM75`?",
                "1:70 `value` must be from -273.15 to 1000",
                "1:84 `offset` must be from -100 to 100",
                "1:96 `noise` must be from 0 to 100",
            ],
        ),
        (
            "i2c: {B: {devices: [{address: 0x48, temperature: {value: 20, channel: TempRegulator.CPU_TEMP}}]}}",
            vec!["1:51 `temperature` has both `value` and `channel`"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x48, temperature: {value: 2000, channel: Nobody, ramp: 5}}]}}",
            vec!["1:51 `temperature` has both `value` and `channel`"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x48, temperature: {ramp: {from: 1, to: 2, over_ms: 5, heatedby: X}}}]}}",
            vec!["1:86 unknown field `heatedby`, did you mean `heated_by`?"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x48, temperature: {channel: TempRegulator.CPU_TMP}}, {address: 0x49, temperature: {channel: Engine.FirmwareRev}}]}}",
            vec![
                "1:60 `channel` names an unknown channel `TempRegulator.CPU_TMP` (did you mean `TempRegulator.CPU_TEMP`?)",
                "1:124 `channel` names `Engine.FirmwareRev`, which is no number",
            ],
        ),
        (
            "i2c: {B: {devices: [{address: 0x20, expander: {}}]}}",
            vec!["1:47 `type` is missing in `expander`"],
        ),
        (
            "i2c: {B: {devices: [{address: 0x20, expander: {type: PCF8574, supply: 12, pins: {8: Engine.Uptime, P1: x}}}]}}",
            vec![
                "1:71 `supply` must be from 1 to 5.5",
                "1:82 `8` is no pin: it must be from 0 to 7",
                "1:100 `P1` is no pin: it must be from 0 to 7",
            ],
        ),
        (
            "i2c: {B: {devices: [{address: 0x20, expander: {type: TCA9555, pins: {15: Engine.Uptime, 16: x, 1: Engine.FirmwareRev, 0x01: Engine.Socket}}}]}}",
            vec![
                "1:74 pin 15 names `Engine.Uptime`, which has a value of its own",
                "1:89 `16` is no pin: it must be from 0 to 15",
                "1:99 pin 1 names `Engine.FirmwareRev`, which is neither True or False nor a number",
                "1:119 pin 1 is wired twice",
                "1:125 pin 1 names `Engine.Socket`, which has no value",
            ],
        ),
        (
            "{resources: {R: 1}, i2c: {B: {devices: [{address: 0x20, expander: {type: PCF8574, pins: {0: R, 1: R}}}]}}}",
            vec!["1:99 pin 1 names `R`, which is wired already"],
        ),
        (
            "uart: {U: {script: [{hear: \"{a}{b}\", say: \"{a}{b}\"}]}}",
            vec![
                "1:28 `hear` has nothing between {a} and {b} (write {name} for a part that varies, {{ and }} for braces that stand for themselves)",
            ],
        ),
        (
            "uart: {U: {script: [{hear: \"{a} {b} {a}\", say: \"{a} {a}{b}\"}]}}",
            vec![
                "1:28 `hear` has {a} twice (write {name} for a part that varies, {{ and }} for braces that stand for themselves)",
            ],
        ),
        (
            "{uart: {U: {echo: true, scpi: {}}, V: {echo: false, scpi: {}}, W: {echo: true, answers: {a: b}, script: []}}, sockets: {\"a:1\": {scpi: {}, echo: true}}}",
            vec![
                "1:13 serial port `U` has both `echo` and `scpi`",
                "1:129 socket `a:1` has both `echo` and `scpi`",
            ],
        ),
        (
            "mpio: [{prefix: P, count: 1, adc: {bits: 0, gain: 11, offset: 6, noise: -1}, dac: {bits: 25, settle_ms: x, noise: 0}}]",
            vec![
                "1:42 `bits` must be a whole number from 1 to 24",
                "1:51 `gain` must be from 0 to 10",
                "1:63 `offset` must be from -5 to 5",
                "1:73 `noise` must be from 0 to 5",
                "1:90 `bits` must be a whole number from 1 to 24",
                "1:105 `settle_ms` must be a whole number, found a text",
                "1:108 unknown field `noise` in `dac` (known fields: bits, gain, offset, settle_ms)",
            ],
        ),
        (
            "mpio: [{prefix: P, count: 1, adc: 12}]",
            vec!["1:35 `adc` must be a mapping, found a number"],
        ),
        (
            "uart: {U: {script: [{}, {hear: a, at_ms: 5}, 7]}}",
            vec![
                "1:21 a rule of `script` needs one of `hear` and `at_ms`",
                "1:26 a rule of `script` needs one of `hear` and `at_ms`",
                "1:46 a rule of `script` must be a mapping, found a number",
            ],
        ),
        (
            "uart: {U: {script: [{hear: \"a {\", say: \"b }\"}]}}",
            vec![
                "1:28 `hear` has a { without a name and a } (write {name} for a part that varies, {{ and }} for braces that stand for themselves)",
                "1:40 `say` has a } without a { (write {name} for a part that varies, {{ and }} for braces that stand for themselves)",
            ],
        ),
        (
            "uart: {U: {script: [{at_ms: 5, say: \"{x}\", in: start, delay_ms: 5, set: {}, restart: true}]}}",
            vec![
                "1:37 `say` of a rule with `at_ms` cannot fill in `x`",
                "1:44 `in` is for rules with `hear` only",
                "1:55 `delay_ms` is for rules with `hear` only",
                "1:68 `set` is for rules with `hear` only",
                "1:77 `restart` is for rules with `hear` only",
            ],
        ),
        (
            "uart: {U: {script: [{in: lgoin, hear: a}, {hear: b, to: login}, {in: nowhere, hear: c}]}}",
            vec![
                "1:26 no rule leads to the state `lgoin` (did you mean `login`?)",
                "1:70 no rule leads to the state `nowhere` (a script begins in `start`; `to` leads on)",
            ],
        ),
        (
            "uart: {U: {script: [{hear: \"a {b}\", say: \"{b} {Engine.Uptim}\", set: {Engine.Uptime: 1, Engine.Upt: \"{b}\"}}]}}",
            vec![
                "1:42 `say` names an unknown channel `Engine.Uptim` (did you mean `Engine.Uptime`?)",
                "1:70 `set` names `Engine.Uptime`, which has a value of its own",
                "1:88 `set` names an unknown channel `Engine.Upt` (did you mean `Engine.Uptime`?)",
            ],
        ),
        (
            "uart: {U: {script: [{hear: \"hex:0\", say: \"hex:zz\", dealy_ms: 5}]}}",
            vec![
                "1:28 `hear` must hold bytes in hexadecimal, found `0` (write two digits a byte, such as \"DE AD BE EF\")",
                "1:42 `say` must hold bytes in hexadecimal, found `zz` (write two digits a byte, such as \"DE AD BE EF\")",
                "1:52 unknown field `dealy_ms`, did you mean `delay_ms`?",
            ],
        ),
        (
            "uart: {U: {script: [], scpi: {}, powered_by: Engine.FirmwareRev}}",
            vec![
                "1:12 serial port `U` has both `script` and `scpi`",
                "1:46 `powered_by` names `Engine.FirmwareRev`, which is neither True or False nor a number",
            ],
        ),
        (
            "sockets: {\"a:1\": {script: [{at_ms: 5, say: x}], powered_by: Suply}}",
            vec![
                "1:29 `at_ms` is for serial ports: at a TCP connection nobody listens yet",
                "1:61 `powered_by` names an unknown channel `Suply`",
            ],
        ),
        (
            "{addresses: [\"a:1\"], sockets: {\"A:1\": {}}}",
            vec!["1:32 the agent answers at `A:1` already (it is among `addresses`)"],
        ),
        (
            "uart: {U: {scpi: {identity: [], commands: {voltage: 1, \"*IDN?\": x, \"VOLT;\": 1, VOLTage: 1, \"[SOURce]:VOLT?\": 2, \"SYSTem:ERRor?\": 1}}}}",
            vec![
                "1:29 `identity` must be a text, found a list",
                "1:44 `voltage` needs the short form of each keyword in capitals (write keywords as manuals do, such as \"[SOURce]:VOLTage\" or \"MEASure:VOLTage?\")",
                "1:56 `*IDN?` is a common command, and those are there by themselves (write keywords as manuals do, such as \"[SOURce]:VOLTage\" or \"MEASure:VOLTage?\")",
                "1:68 `VOLT;` is no SCPI header (write keywords as manuals do, such as \"[SOURce]:VOLTage\" or \"MEASure:VOLTage?\")",
                "1:92 `[SOURce]:VOLT?` is like another command",
                "1:113 `SYSTem:ERRor?` is there by itself",
            ],
        ),
        (
            "uart: {U: {scpi: {commands: {\"A?\": , \"B?\": {min: 1}, C: {channel: X, value: 1}, D: {min: 1}, \"E?\": {value: 1, channel: Engine.Uptime}}}}}",
            vec![
                "1:30 query `A?` has no value (give it a value, or a map with `value` or `channel`)",
                "1:45 command `B?` needs one of `value` and `channel`",
                "1:45 unknown field `min` in command `B?` (known fields: channel, decimals, noise, resolution, value)",
                "1:58 unknown field `channel` in command `C` (known fields: decimals, drives, max, min, unit, value, while_on, words)",
                "1:85 `value` is missing in command `D`",
                "1:101 command `E?` needs one of `value` and `channel`",
            ],
        ),
        (
            "uart: {U: {scpi: {commands: {A: {value: 5, min: 6, max: 4, decimals: 16}, B: {value: x, unit: V}, C: {value: AB, words: [ABc, aB, ABc]}, D: {value: 1, words: [TWO]}}}}}",
            vec![
                "1:34 `min` is above `max`: 6 and 4",
                "1:41 `value` must be from `min` to `max`",
                "1:70 `decimals` must be a whole number from 0 to 15",
                "1:86 `value` must be a number to have `unit`",
                "1:127 `aB` is no word of SCPI (write its short form in capitals, such as VOLTage)",
                "1:131 word `ABc` is like another one",
                "1:149 `value` `1` is none of `words`",
            ],
        ),
        (
            "uart: {U: {scpi: {commands: {A: {value: 5, drives: Engine.Uptime, while_on: B}, B: 1, C: {value: 1, while_on: B}, D: {value: word, drives: TempRegulator.CPU_TEMP}, E: {value: 1, drives: Nobody}}}}}",
            vec![
                "1:52 `drives` names `Engine.Uptime`, which has a value of its own",
                "1:77 `while_on` names `B`, which is no setting of true or false here (write the header as in `commands`)",
                "1:101 `while_on` is for settings that drive a channel",
                "1:111 `while_on` names `B`, which is no setting of true or false here (write the header as in `commands`)",
                "1:140 `drives` names `TempRegulator.CPU_TEMP`, which takes no text",
                "1:187 `drives` names an unknown channel `Nobody`",
            ],
        ),
        (
            "uart: {U: {scpi: {commands: {\"A?\": {value: x, decimals: 2}, \"B?\": {channel: Engine.FirmwareRev, noise: 1}, \"C?\": {channel: Engine.Socket}, D: [1], E: {valeu: 1}}}}}",
            vec![
                "1:44 `value` must be a number to have noise, a resolution or decimals",
                "1:77 `channel` names `Engine.FirmwareRev`, which is neither True or False nor a number",
                "1:124 `channel` names `Engine.Socket`, which has no value",
                "1:143 command `D` must be a mapping, found a list",
                "1:152 unknown field `valeu`, did you mean `value`?",
            ],
        ),
    ] {
        assert_eq!(problems(yaml), expected, "{yaml}");
    }
}
