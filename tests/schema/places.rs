//! Where in a file each mapping stands that a schema describes.

use std::collections::BTreeSet;

use rehearsal::schema::Described;
use serde_json::{Map, Value as Json};

/// A mapping: its definition in the schema, a file around it, and the fields without which a reader refuses it.
pub struct Place {
    pub described: Described,
    /// Empty for the file as a whole.
    pub definition: &'static str,
    before: &'static str,
    after: &'static str,
    /// Fields that say which kind of mapping it is; always there.
    pub kind: &'static [(&'static str, &'static str)],
    pub required: &'static [(&'static str, &'static str)],
}

const NAMED: &[(&str, &str)] = &[("name", "\"N\"")];

const fn place(
    described: Described,
    definition: &'static str,
    around: (&'static str, &'static str),
    required: &'static [(&'static str, &'static str)],
) -> Place {
    Place {
        described,
        definition,
        before: around.0,
        after: around.1,
        kind: &[],
        required,
    }
}

const STEP: (&str, &str) = ("test: {name: T, version: \"1.0.0\", steps: [{", "}]}");

const fn step(
    definition: &'static str,
    kind: &'static [(&'static str, &'static str)],
    required: &'static [(&'static str, &'static str)],
) -> Place {
    Place {
        kind,
        ..place(Described::Test, definition, STEP, required)
    }
}

/// Channels that parts of a bench may name.
macro_rules! bench {
    ($before:literal) => {
        concat!(
            "{mpio: [{prefix: P, count: 4}], spi: {B: {}}, i2c: {I: {}}, ",
            $before
        )
    };
}

pub const PLACES: &[Place] = &[
    place(
        Described::Test,
        "",
        ("{", "}"),
        &[(
            "test",
            "{name: T, version: \"1.0.0\", steps: [{name: S, type: mock}]}",
        )],
    ),
    place(
        Described::Test,
        "Test",
        ("test: {", "}"),
        &[
            ("name", "T"),
            ("version", "\"1.0.0\""),
            ("steps", "[{name: S, type: mock}]"),
        ],
    ),
    place(
        Described::Test,
        "Policy",
        (
            "test: {name: T, version: \"1.0.0\", steps: [{name: S, type: mock}], policy: {",
            "}}",
        ),
        &[],
    ),
    step(
        "PythonStep",
        &[("runner", "python")],
        &[("name", "N"), ("module", "m"), ("function", "f")],
    ),
    step(
        "DotnetStep",
        &[("runner", "dotnet")],
        &[
            ("name", "N"),
            ("assembly", "a"),
            ("class", "c"),
            ("method", "m"),
        ],
    ),
    step(
        "DelayStep",
        &[("type", "delay")],
        &[("name", "N"), ("duration", "1")],
    ),
    step("MockStep", &[("type", "mock")], NAMED),
    step(
        "PromptStep",
        &[("type", "prompt")],
        &[("name", "N"), ("prompt", "{message: M}")],
    ),
    step("ManualStep", &[("type", "manual")], NAMED),
    step(
        "SequenceStep",
        &[("type", "sequence")],
        &[("name", "N"), ("sequence", "tests/s.yaml")],
    ),
    step("UndecidedStep", &[], NAMED),
    place(
        Described::Test,
        "Measurement",
        (
            "test: {name: T, version: \"1.0.0\", steps: [{name: S, type: mock, measurement: {",
            "}}]}",
        ),
        NAMED,
    ),
    place(
        Described::Test,
        "Retry",
        (
            "test: {name: T, version: \"1.0.0\", steps: [{name: S, type: mock, retry: {",
            "}}]}",
        ),
        &[],
    ),
    place(
        Described::Test,
        "Repeat",
        (
            "test: {name: T, version: \"1.0.0\", steps: [{name: S, type: mock, repeat: {",
            "}}]}",
        ),
        &[("max_iterations", "3")],
    ),
    place(
        Described::Test,
        "Prompt",
        (
            "test: {name: T, version: \"1.0.0\", steps: [{name: S, type: prompt, prompt: {",
            "}}]}",
        ),
        &[("message", "M")],
    ),
    place(
        Described::Test,
        "Button",
        (
            "test: {name: T, version: \"1.0.0\", steps: [{name: S, type: prompt, prompt: {message: M, buttons: [{",
            "}]}}]}",
        ),
        &[("name", "N"), ("action", "pass")],
    ),
    place(
        Described::Test,
        "Input",
        (
            "test: {name: T, version: \"1.0.0\", steps: [{name: S, type: prompt, prompt: {message: M, input: {",
            "}}}]}",
        ),
        &[("mode", "text")],
    ),
    place(Described::Local, "", ("{", "}"), &[]),
    place(Described::Local, "Exec", ("exec: {", "}"), &[]),
    place(
        Described::Local,
        "Permissions",
        ("permissions: {", "}"),
        &[],
    ),
    place(
        Described::Local,
        "Denied",
        ("permissions: {deny: {", "}}"),
        &[],
    ),
    place(
        Described::Package,
        "",
        ("{", "}"),
        &[
            ("name", "\"N\""),
            ("version", "\"1.0.0\""),
            ("author", "\"A\""),
            ("description", "\"D\""),
        ],
    ),
    place(
        Described::Package,
        "Requirements",
        (
            r#"{"name": "N", "version": "1.0.0", "author": "A", "description": "D", "requirements": {"#,
            "}}",
        ),
        &[],
    ),
    place(Described::Bench, "", ("{", "}"), &[]),
    place(Described::Bench, "Agent", ("agent: {", "}"), &[]),
    place(
        Described::Bench,
        "Board",
        ("hardware: [{", "}]"),
        &[("index", "1"), ("name", "N"), ("product_id", "P")],
    ),
    place(
        Described::Bench,
        "Channel",
        ("resources: {C: {", "}}"),
        &[("value", "\"1\"")],
    ),
    place(Described::Bench, "I2cBus", ("i2c: {I: {", "}}"), &[]),
    place(
        Described::Bench,
        "I2cDevice",
        ("i2c: {I: {devices: [{", "}]}}"),
        &[("address", "0x50")],
    ),
    place(
        Described::Bench,
        "Ramp",
        ("resources: {C: {ramp: {", "}}}"),
        &[("from", "1"), ("to", "2"), ("over_ms", "3")],
    ),
    place(
        Described::Bench,
        "Eeprom",
        ("i2c: {I: {devices: [{address: 0x50, eeprom: {", "}}]}}"),
        &[("type", "24C02")],
    ),
    place(
        Described::Bench,
        "Temperature",
        (
            "i2c: {I: {devices: [{address: 0x48, temperature: {",
            "}}]}}",
        ),
        &[],
    ),
    place(
        Described::Bench,
        "Expander",
        ("i2c: {I: {devices: [{address: 0x20, expander: {", "}}]}}"),
        &[("type", "PCF8574")],
    ),
    place(
        Described::Bench,
        "Adc",
        ("mpio: [{prefix: P, count: 4, adc: {", "}}]"),
        &[],
    ),
    place(
        Described::Bench,
        "Dac",
        ("mpio: [{prefix: P, count: 4, dac: {", "}}]"),
        &[],
    ),
    place(
        Described::Bench,
        "Rule",
        ("uart: {U: {script: [{", "}]}}"),
        &[("hear", "a")],
    ),
    place(
        Described::Bench,
        "Scpi",
        ("sockets: {\"h.local:1\": {scpi: {", "}}}"),
        &[],
    ),
    place(
        Described::Bench,
        "Query",
        (
            bench!("uart: {U: {scpi: {commands: {\"VOLTage?\": {"),
            "}}}}}}",
        ),
        &[("value", "1")],
    ),
    place(
        Described::Bench,
        "Setting",
        (bench!("uart: {U: {scpi: {commands: {VOLTage: {"), "}}}}}}"),
        &[("value", "1")],
    ),
    place(Described::Bench, "SpiBus", ("spi: {S: {", "}}"), &[]),
    place(Described::Bench, "Line", ("uart: {U: {", "}}"), &[]),
    place(
        Described::Bench,
        "Socket",
        ("sockets: {\"h.local:1\": {", "}}"),
        &[],
    ),
    place(
        Described::Bench,
        "Pins",
        ("mpio: [{", "}]"),
        &[("prefix", "P"), ("count", "4")],
    ),
    place(Described::Bench, "Module", ("modules: [{", "}]"), NAMED),
    place(
        Described::Bench,
        "ModuleChannel",
        ("modules: [{name: M, channels: [{", "}]}]"),
        &[("name", "N"), ("value", "\"1\"")],
    ),
    place(
        Described::Bench,
        "ModuleDevice",
        (
            bench!("modules: [{name: M, initial_data: {K: \"0x20\"}, devices: [{"),
            "}]}]}",
        ),
        &[("bus", "I"), ("address", "0x50")],
    ),
    place(
        Described::Bench,
        "NumericResult",
        (bench!("numeric_results: {R: {"), "}}}"),
        &[("targets", "[P00]")],
    ),
    place(
        Described::Bench,
        "Signal",
        (bench!("numeric_results: {R: {targets: [{"), "}]}}}"),
        &[("name", "P00")],
    ),
    place(
        Described::Bench,
        "Instrument",
        ("instruments: {R: {", "}}"),
        &[("type", "T")],
    ),
    place(
        Described::Bench,
        "Calibration",
        ("calibration: {R: {", "}}"),
        &[],
    ),
    place(
        Described::Bench,
        "Row",
        ("calibration: {R: {rows: {K: {", "}}}}"),
        &[],
    ),
    place(Described::Bench, "App", ("apps: [{", "}]"), NAMED),
    place(
        Described::Bench,
        "MediaContent",
        ("media: {f: {", "}}"),
        &[("text", "T")],
    ),
    place(
        Described::Bench,
        "ConfigContent",
        ("config: {f: {", "}}"),
        &[("text", "T")],
    ),
    place(Described::Bench, "Faults", (bench!("faults: {"), "}}"), &[]),
    place(
        Described::Bench,
        "AgentFault",
        ("faults: {agent: {", "}}"),
        &[("kind", "slow")],
    ),
];

impl Place {
    /// A file in which the mapping has these fields, beside those that say what it is.
    pub fn file(&self, fields: &[(&str, &str)]) -> String {
        let fields: Vec<String> = self
            .kind
            .iter()
            .chain(fields)
            .map(|(name, value)| format!("\"{name}\": {value}"))
            .collect();
        format!("{}{}{}", self.before, fields.join(", "), self.after)
    }

    /// The same with its required fields, of which this may be one.
    pub fn file_with(&self, field: &str, value: &str) -> String {
        let required = self.required.iter().copied();
        let mut fields: Vec<(&str, &str)> = required.filter(|(name, _)| *name != field).collect();
        fields.push((field, value));
        self.file(&fields)
    }

    pub fn schema(&self) -> Json {
        let schema = self.described.schema();
        match self.definition {
            "" => schema,
            name => schema["definitions"][name].clone(),
        }
    }

    pub fn properties(&self) -> Map<String, Json> {
        self.schema()["properties"]
            .as_object()
            .cloned()
            .unwrap_or_else(|| panic!("{} has no properties", self.definition))
    }

    /// Whether fields beyond these are an error.
    pub fn is_closed(&self) -> bool {
        self.schema()["additionalProperties"] == Json::Bool(false)
    }

    pub fn has(&self, field: &str) -> bool {
        self.kind.iter().any(|(name, _)| *name == field)
    }
}

#[test]
fn every_mapping_of_a_schema_is_held_to_its_reader() {
    for described in Described::ALL {
        let schema = described.schema();
        let definitions = schema["definitions"].as_object();
        let mappings: BTreeSet<&str> = definitions
            .into_iter()
            .flatten()
            .filter(|(_, one)| one.get("properties").is_some())
            .map(|(name, _)| name.as_str())
            .chain([""])
            .collect();
        let tried: BTreeSet<&str> = PLACES
            .iter()
            .filter(|place| place.described == described)
            .map(|place| place.definition)
            .collect();
        assert_eq!(mappings, tried, "{}", described.name());
    }
}
