//! The folder `.vscode`.

use std::fs;

use serde_json::Value as Json;

use super::made::{Made, rehearse, said};

#[test]
fn every_schema_that_the_settings_name_is_there() {
    let made = Made::with("P_Test_v00", &[]);
    let settings: Json = serde_json::from_str(&made.read(".vscode/settings.json")).expect("JSON");
    let yaml = settings["yaml.schemas"].as_object().expect("a mapping");
    let json = settings["json.schemas"][0]["url"].as_str().expect("a text");
    let named: Vec<&str> = yaml.keys().map(String::as_str).chain([json]).collect();
    assert_eq!(named.len(), 4);
    for path in named {
        let schema: Json = serde_json::from_str(&made.read(path)).expect("JSON");
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    }
}

#[test]
fn schemas_are_renewed_and_settings_stay() {
    let made = Made::with("P_Test_v00", &[]);
    let schema = made.read(".vscode/test.schema.json");
    let mine = "// mine\n{\"editor.rulers\": [100]}\n";
    fs::write(made.package.join(".vscode/test.schema.json"), "{}").expect("written");
    fs::write(made.package.join(".vscode/settings.json"), mine).expect("written");
    let output = rehearse(made.around.path(), &["schema", "--vscode", "P_Test_v00"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(made.read(".vscode/test.schema.json"), schema);
    assert_eq!(made.read(".vscode/settings.json"), mine);
    let told = "P_Test_v00/.vscode/settings.json is yours and was not touched; add to it";
    assert!(said(&output).contains(told), "{}", said(&output));
    assert!(said(&output).contains("\"./.vscode/bench.schema.json\": \"/bench.yaml\""));
}
