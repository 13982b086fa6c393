//! Whatever value a reader takes in a field, its schema takes too.

use std::collections::HashSet;

use rehearsal::{diagnostic::Severity, schema::Described};

use super::{checked::Checked, places::PLACES};

/// In the words of JSON, which YAML reads as well.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "2",
    "-1",
    "5",
    "8",
    "80",
    "300",
    "70000",
    "99999999999999999999",
    "0.5",
    "-0.25",
    "1e3",
    "2.0",
    "\"\"",
    "\" \"",
    "\"word\"",
    "\"two words\"",
    "\"True\"",
    "\"FALSE\"",
    "\"tRuE\"",
    "\"yes\"",
    "\"12\"",
    "\" 12 \"",
    "\"-3\"",
    "\"+3\"",
    "\"4.75\"",
    "\"4,75\"",
    "\".5\"",
    "\"5.\"",
    "\"1e-3\"",
    "\"0x50\"",
    "\"0o17\"",
    "\"0xZZ\"",
    "\".inf\"",
    "\"nan\"",
    "\"1_000\"",
    "\"DE AD BE EF\"",
    "\"DEADB\"",
    "\"{{x}}\"",
    "\"${K}\"",
    "\"1.0.0\"",
    "\"2026-01-31\"",
    "\"pass\"",
    "\"PASS\"",
    "\"numeric\"",
    "\"equal\"",
    "\"EQ\"",
    "\"GreaterThan\"",
    "\"terminate-on-fail\"",
    "\"go-on\"",
    "\"Analog\"",
    "\"analog\"",
    "\"P00\"",
    "\"I\"",
    "[]",
    "[1]",
    "[\"a\"]",
    "[\"P00\", \"P01\"]",
    "[[\"P00\", \"P01\"]]",
    "[[\"P00\"]]",
    "[[]]",
    "[null]",
    "[true, 2.5]",
    "[{}]",
    "[{\"name\": \"a\"}]",
    "[{\"name\": \"P00\", \"samples\": [1, \"2\"]}]",
    "{}",
    "{\"a\": 1}",
    "{\"a\": \"b\"}",
    "{\"a\": null}",
    "{\"a\": {}}",
    "{\"a\": [1]}",
    "{\"a\": {\"b\": 1}}",
    "{\"0\": \"00 FF\"}",
    "{\"0x0F\": \"3\"}",
    "{\"0x0F\": 33}",
    "{\"9F\": \"EF 40 18\"}",
    "{\"B\": 2}",
    "{\"B\": \"0x10\"}",
    "{\"count\": 1}",
    "{\"count\": \"2\", \"delay_ms\": 5}",
    "{\"max_iterations\": 2}",
    "{\"message\": \"m\"}",
    "{\"name\": \"m\"}",
    "{\"mode\": \"list\"}",
    "{\"text\": \"t\"}",
    "{\"hex\": \"00\"}",
    "{\"text\": \"t\", \"hex\": \"00\"}",
    "{\"kind\": \"slow\", \"delay_ms\": 3}",
    "{\"kind\": \"reset\"}",
    "{\"on_step_failure\": \"abort\"}",
    "{\"h.local:1\": {}}",
    "{\"h.local:1\": null}",
    "{\"serial_number\": 5, \"line\": \"x\"}",
];

/// Such as only YAML has.
const YAML_VALUES: &[&str] = &[
    "~",
    "",
    "True",
    "word",
    "0x50",
    "0o17",
    ".inf",
    ".nan",
    "4.75",
    "1.0.0",
    "2030-01-01",
    "!!str 5",
    "[a, 0x10]",
    "{0: 0x33}",
    "{0x00: DE AD}",
    "{C: 5}",
    "{C: {value: 5}}",
    "{C: {value: True, writable: \"false\"}}",
];

/// Every field of every mapping with each of the values; a field that several mappings share is tried in one.
fn try_each(mut one: impl FnMut(&Checked, &str)) {
    let mut tried = HashSet::new();
    for place in PLACES {
        let checked = Checked::new(place.described);
        let more = match place.described {
            Described::Package => &[],
            _ => YAML_VALUES,
        };
        for (field, schema) in place.properties() {
            let shared = (place.described.name(), field.clone(), schema.to_string());
            if place.has(&field) || !tried.insert(shared) {
                continue;
            }
            for value in VALUES.iter().chain(more) {
                one(&checked, &place.file_with(&field, value));
            }
        }
    }
}

#[test]
fn what_a_schema_refuses_its_reader_refuses() {
    let (mut refused, mut narrower) = (0, Vec::new());
    try_each(|checked, text| {
        if !checked.is_valid(text) {
            refused += 1;
            if checked.is_accepted(text) {
                let complaints = checked.complaints(text);
                narrower.push(format!("{text}\n  {}", complaints.join("\n  ")));
            }
        }
    });
    assert!(refused > 1000, "{refused}");
    assert!(
        narrower.is_empty(),
        "{} of {refused}:\n{}",
        narrower.len(),
        narrower.join("\n")
    );
}

#[test]
fn what_a_schema_takes_its_reader_mostly_takes() {
    let (mut valid, mut refused) = (0, Vec::new());
    try_each(|checked, text| {
        if checked.is_valid(text) {
            valid += 1;
            let problems = checked.read(text);
            // Which channels there are no schema knows.
            let beyond = |message: &str| message.contains("names an unknown channel");
            let mut errors = problems
                .iter()
                .filter(|one| one.severity == Severity::Error);
            if let Some(problem) = errors.find(|one| !beyond(&one.message)) {
                refused.push(format!("{text}\n  {}", problem.message));
            }
        }
    });
    println!("{} of {valid}:\n{}", refused.len(), refused.join("\n"));
    assert!(refused.len() * 10 < valid, "{} of {valid}", refused.len());
}
