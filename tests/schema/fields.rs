//! The fields and words a reader knows are those its schema offers, and the other way round.

use std::collections::BTreeSet;

use rehearsal::schema::Described;

use super::{
    checked::Checked,
    places::{PLACES, Place},
};

/// Like no name there is.
const NONSENSE: &str = "zzzzqqqq";

/// Fields that editors are told of before a reader knows them.
const ANNOUNCED: &[(Described, &str)] = &[];

fn is_announced(place: &Place, field: &str) -> bool {
    ANNOUNCED.contains(&(place.described, field))
}

/// Those of a schema, but for what is announced.
fn offered(place: &Place) -> BTreeSet<String> {
    let properties = place.properties().into_iter().map(|(name, _)| name);
    properties
        .filter(|name| !is_announced(place, name))
        .collect()
}

/// The words after "known fields: " or "one of: " in the hints of problems that name this.
fn listed(checked: &Checked, text: &str, before: &str) -> Option<BTreeSet<String>> {
    let problems = checked.read(text);
    problems
        .iter()
        .filter(|one| one.message.contains(NONSENSE))
        .find_map(|one| one.hint.as_deref()?.strip_prefix(before))
        .map(|words| words.split(", ").map(str::to_owned).collect())
}

#[test]
fn an_unknown_field_is_refused_by_both_and_the_known_ones_are_the_same() {
    for place in PLACES.iter().filter(|place| place.is_closed()) {
        let checked = Checked::new(place.described);
        let text = place.file_with(NONSENSE, "1");
        assert!(!checked.is_valid(&text), "{text}");
        assert!(!checked.is_accepted(&text), "{text}");
        // The root of a test's file has one field, and no list of them.
        if place.described == Described::Test && place.definition.is_empty() {
            continue;
        }
        let known = listed(&checked, &text, "known fields: ")
            .unwrap_or_else(|| panic!("the fields of {} are not listed: {text}", place.definition));
        // A step with `type` knows `runner` only to say that it has both, and the other way round.
        let either = ["type", "runner"].map(str::to_owned);
        let beside = |name: &String| {
            place.definition.ends_with("Step") && either.contains(name) && !place.has(name)
        };
        let decided = !place.kind.is_empty();
        let known: BTreeSet<String> = known
            .into_iter()
            .filter(|name| !(decided && beside(name)))
            .collect();
        let known = known
            .into_iter()
            .filter(|name| !is_announced(place, name))
            .collect();
        assert_eq!(offered(place), known, "{}", place.definition);
    }
}

#[test]
fn no_field_of_an_open_mapping_is_unknown_to_its_reader() {
    for place in PLACES.iter().filter(|place| !place.is_closed()) {
        let checked = Checked::new(place.described);
        let unknown = |field: &str| {
            let problems = checked.read(&place.file_with(field, "\"1\""));
            problems
                .iter()
                .any(|one| one.message.contains("unknown field"))
        };
        // Names in `exec` are free; a slip of a known one is told.
        if place.definition == "Exec" {
            assert!(unknown("serial_numbr"));
        } else {
            assert!(unknown(NONSENSE), "{}", place.definition);
        }
        for field in offered(place) {
            assert!(!unknown(&field), "{} of {}", field, place.definition);
        }
    }
}

/// What their readers look for is told by no message, so that the readers themselves are asked.
#[test]
fn an_open_mapping_offers_every_field_its_reader_asks_for() {
    let readers = [
        (
            &["Prompt", "Button", "Input"][..],
            Described::Test,
            include_str!("../../src/package/prompt.rs"),
        ),
        (
            &["", "Requirements"],
            Described::Package,
            include_str!("../../src/package/manifest.rs"),
        ),
        (
            &["Exec"],
            Described::Local,
            "[\"serial_number\", \"operator\", \"station_id\"]",
        ),
    ];
    for (definitions, described, source) in readers {
        let schemas: Vec<String> = PLACES
            .iter()
            .filter(|place| place.described == described && definitions.contains(&place.definition))
            .map(|place| place.schema()["properties"].to_string())
            .collect();
        let is_name = |text: &&str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        };
        let code: String = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let names: Vec<&str> = code.split('"').skip(1).step_by(2).filter(is_name).collect();
        assert!(names.len() > 2, "{names:?}");
        for name in names {
            let quoted = format!("\"{name}\"");
            assert!(
                schemas.iter().any(|schema| schema.contains(&quoted)),
                "{name} is asked for in {definitions:?}, and the schema does not have it"
            );
        }
    }
}

#[test]
fn a_field_that_must_be_there_must_be_there_for_both() {
    for place in PLACES {
        let checked = Checked::new(place.described);
        let missing: BTreeSet<String> = checked
            .read(&place.file(&[]))
            .iter()
            .filter_map(|one| one.message.split_once(" is missing in "))
            .map(|(name, _)| name.trim_matches('`').to_owned())
            .collect();
        let schema = place.schema();
        let required: BTreeSet<String> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .filter(|name| !place.has(name))
            .collect();
        match (place.described, place.definition) {
            // A channel of the default station needs none.
            (Described::Bench, "Channel") => assert_eq!(required, BTreeSet::new()),
            // It may have a ramp instead of a value.
            (Described::Bench, "ModuleChannel") => {
                assert_eq!(required, BTreeSet::from(["name".to_owned()]));
            }
            // Its own words say so.
            (Described::Test, "") => assert_eq!(required, BTreeSet::from(["test".to_owned()])),
            (_, name) => assert_eq!(required, missing, "{name}"),
        }
    }
}

#[test]
fn the_words_of_a_field_are_the_same_for_both() {
    let mut compared = 0;
    for place in PLACES {
        let checked = Checked::new(place.described);
        for (field, schema) in place.properties() {
            let lists = [
                &schema["enum"],
                &schema["anyOf"][0]["enum"],
                &schema["anyOf"][0]["anyOf"][0]["enum"],
            ];
            let words = lists.into_iter().find_map(|list| list.as_array());
            let (Some(words), false) = (words, place.has(&field)) else {
                continue;
            };
            let words: BTreeSet<String> = words
                .iter()
                .filter_map(|word| word.as_str().map(str::to_owned))
                .collect();
            let text = place.file_with(&field, NONSENSE);
            let text = match place.described {
                Described::Package => text.replace(NONSENSE, &format!("\"{NONSENSE}\"")),
                _ => text,
            };
            let known = listed(&checked, &text, "one of: ")
                .or_else(|| listed(&checked, &text, "known: "))
                .unwrap_or_else(|| panic!("the words of {field} are not listed: {text}"));
            assert_eq!(words, known, "{field} of {}", place.definition);
            compared += 1;
        }
    }
    assert!(compared > 20, "{compared}");
}
