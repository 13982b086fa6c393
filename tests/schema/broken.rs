//! Files that are wrong, and that both refuse.

use rehearsal::schema::Described;

use super::checked::Checked;

const STEPS: [&str; 22] = [
    "[]",
    "[step]",
    "[{name: S}]",
    "[{name: S, type: mock, runner: python, module: m, function: f}]",
    "[{name: \" \", type: mock}]",
    "[{type: mock}]",
    "[{name: S, type: dely}]",
    "[{name: S, type: python, module: m, function: f}]",
    "[{name: S, runner: pyton, module: m, function: f}]",
    "[{name: S, runner: python, module: m}]",
    "[{name: S, runner: python, module: m, function: f, duration: 1}]",
    "[{name: S, type: delay}]",
    "[{name: S, type: delay, duration: -1}]",
    "[{name: S, type: delay, duration: \"{{x}}\"}]",
    "[{name: S, type: mock, retry: 3}]",
    "[{name: S, type: mock, retry: {count: -1}}]",
    "[{name: S, type: mock, retry: {cuont: 1}}]",
    "[{name: S, type: mock, repeat: {condition: \"true\"}}]",
    "[{name: S, type: mock, force: maybe}]",
    "[{name: S, type: mock, timeout_ms: 0}]",
    "[{name: S, type: mock, enabled: sometimes}]",
    "[{name: S, type: mock, parameters: [1]}]",
];

const MEASUREMENTS: [&str; 9] = [
    "{}",
    "5",
    "{name: M, type: number}",
    "{name: M, operator: above}",
    "{name: M, low_limit: low}",
    "{name: M, low_limit: \"{{x}}\"}",
    "{name: M, high_limit: .inf}",
    "{name: M, value: [1]}",
    "{name: M, limit: 5}",
];

const TESTS: [&str; 8] = [
    "",
    "tests: {}",
    "test:",
    "{test: {name: T, version: \"1.0.0\", steps: [{name: S, type: mock}]}, more: 1}",
    "test: {version: \"1.0.0\", steps: [{name: S, type: mock}]}",
    "test: {name: T, version: \"1.0.0\"}",
    "test: {name: T, version: \"1.0.0\", steps: [{name: S, type: mock}], policy: {timeout: 0}}",
    "test: {name: T, version: \"1.0.0\", steps: [{name: S, type: mock}], policy: {on_step_failure: stop}}",
];

const LOCALS: [&str; 5] = [
    "[]",
    "config: {}",
    "cfg: {AGENT_HOST: [1]}",
    "exec: {serial_number: {}}",
    "stubs: {S: 5}",
];

const PACKAGES: [&str; 6] = [
    "[]",
    r#"{"name": "N", "version": "1.0.0", "author": "A"}"#,
    r#"{"name": 5, "version": "1.0.0", "author": "A", "description": "D"}"#,
    r#"{"name": "N", "version": "1.0.0", "author": " ", "description": "D"}"#,
    r#"{"name": "N", "version": "1.0.0", "author": "A", "description": "D", "lifecycleStatus": "New"}"#,
    r#"{"name": "N", "version": "1.0.0", "author": "A", "description": "D", "requirements": {"pipPackages": [1]}}"#,
];

const BENCHES: [&str; 36] = [
    "[]",
    "resorces: {}",
    "agent: {status: Fine}",
    "agent: {connected: maybe}",
    "resources: {C: }",
    "resources: {C: {value: 1, type: analog}}",
    "resources: {C: {value: 1, unti: V}}",
    "hardware: [{index: 1, name: N}]",
    "hardware: [{index: 256, name: N, product_id: P}]",
    "i2c: {B: {devices: [{address: 0x78}]}}",
    "i2c: {B: {devices: [{address: 0x50, size: 0}]}}",
    "i2c: {B: {devices: [{address: 0x50, registers: {x: \"00\"}}]}}",
    "i2c: {B: {devices: [{address: 0x50, registers: {0: \"0G\"}}]}}",
    "spi: {B: {answers: {\"9F\": E}}}",
    "mpio: [{prefix: P}]",
    "mpio: [{prefix: P, count: 2, default: 6}]",
    "{mpio: [{prefix: P, count: 2}], nets: [[P00]]}",
    "faults: {agent: {kind: rest}}",
    "media: {f: {text: t, hex: \"00\"}}",
    "seed: -1",
    "resources: {C: {ramp: {from: 1, over_ms: 5}}}",
    "resources: {C: {ramp: {from: 1, to: hot, over_ms: 5}}}",
    "resources: {C: {value: 1, noise: -1}}",
    "modules: [{name: M, channels: [{name: C}]}]",
    "i2c: {B: {devices: [{address: 0x50, eeprom: {type: 24C03}}]}}",
    "i2c: {B: {devices: [{address: 0x50, eeprom: {}}]}}",
    "i2c: {B: {devices: [{address: 0x48, temperature: {value: 2000}}]}}",
    "i2c: {B: {devices: [{address: 0x20, expander: {type: PCF8574, pins: {x: P00}}}]}}",
    "mpio: [{prefix: P, count: 1, adc: {bits: 25}}]",
    "mpio: [{prefix: P, count: 1, dac: {noise: 0.1}}]",
    "uart: {U: {script: {}}}",
    "uart: {U: {script: [{hear: a, at: 5}]}}",
    "uart: {U: {script: [{hear: a, at_ms: 5}]}}",
    "uart: {U: {scpi: {commands: {VOLTage: {value: 1, decimals: 16}}}}}",
    "uart: {U: {scpi: {commands: {VOLTage: {value: 1, noise: 1}}}}}",
    "uart: {U: {scpi: {commands: {\"VOLTage?\": {value: 1, min: 1}}}}}",
];

#[test]
fn what_is_wrong_both_refuse() {
    let in_step =
        STEPS.map(|steps| format!("test: {{name: T, version: \"1.0.0\", steps: {steps}}}"));
    let in_measurement = MEASUREMENTS.map(|one| {
        format!("test: {{name: T, version: \"1.0.0\", steps: [{{name: S, type: mock, measurements: [{one}]}}]}}")
    });
    let tests = in_step
        .iter()
        .chain(&in_measurement)
        .map(String::as_str)
        .chain(TESTS);
    let tables: [(Described, Vec<&str>); 4] = [
        (Described::Test, tests.collect()),
        (Described::Local, LOCALS.into()),
        (Described::Package, PACKAGES.into()),
        (Described::Bench, BENCHES.into()),
    ];
    for (described, texts) in tables {
        let checked = Checked::new(described);
        for text in texts {
            assert!(!checked.is_accepted(text), "the reader takes {text}");
            assert!(!checked.is_valid(text), "the schema takes {text}");
        }
    }
}
