//! What other programs read.

use rehearsal::{
    lint::{self, Listing, Subject, catalogue::RULES},
    package::{Neighbours, load},
};
use serde_json::{Value as Json, json};

use super::package::Package;

const TEST: &str = "test:\n  name: Case\n  version: \"1.0.0\"\n  steps:\n    - name: Ä Mock\n      type: mock\n      measurement: {name: \"Ü\", low_limit: 2, high_limit: 1, unit: V}\n";

fn listed(show: impl Fn(&Listing<'_>) -> String) -> String {
    let package = Package::empty();
    package.file("tests/a b.yaml", TEST);
    let (package, _) = load(&package.root()).expect("a package");
    let found = lint::lint(&Subject {
        package: &package,
        returns: None,
        neighbours: &Neighbours::default(),
    });
    show(&Listing {
        package: "work/Case_v00",
        folder: "work/Case_v00/",
        findings: &found,
        sources: &package.sources,
    })
}

#[test]
fn json_is_one_document_with_every_finding() {
    let document: Json = serde_json::from_str(&listed(|listing| listing.json())).expect("JSON");
    assert_eq!(
        document,
        json!({
            "schema": "rehearsal/check/1",
            "package": "work/Case_v00",
            "findings": [{
                "rule": "L06",
                "severity": "error",
                "message": "`low_limit` is above `high_limit`, so that no value passes",
                "hint": "exchange the two",
                "file": "tests/a b.yaml",
                "line": 7,
                "column": 43,
                "end_line": 7,
                "end_column": 44,
                "page": "docs/rules/L06.md",
            }],
            "errors": 1,
            "warnings": 0,
            "hints": 0,
        })
    );
}

#[test]
fn github_gets_one_command_a_finding() {
    assert_eq!(
        listed(|listing| listing.github()),
        "::error file=work/Case_v00/tests/a b.yaml,line=7,endLine=7,col=43,endColumn=44,title=L06::`low_limit` is above `high_limit`, so that no value passes%0Aexchange the two\n"
    );
}

#[test]
fn sarif_has_the_rules_and_points_at_the_file() {
    let log: Json = serde_json::from_str(&listed(|listing| listing.sarif())).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    assert_eq!(
        log["$schema"],
        "https://json.schemastore.org/sarif-2.1.0.json"
    );
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "rehearse");
    let rules = driver["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), RULES.len());
    for (shown, rule) in rules.iter().zip(&RULES) {
        assert_eq!(shown["id"], rule.id);
        assert_eq!(shown["shortDescription"]["text"], rule.title);
        assert_eq!(shown["help"]["markdown"], rule.page);
        let level = shown["defaultConfiguration"]["level"].as_str();
        assert!(
            matches!(level, Some("error" | "warning" | "note")),
            "{shown}"
        );
    }
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "L06");
    let index = result["ruleIndex"].as_u64().expect("an index");
    assert_eq!(rules[usize::try_from(index).expect("small")]["id"], "L06");
    assert_eq!(result["level"], "error");
    assert_eq!(
        result["message"]["text"],
        "`low_limit` is above `high_limit`, so that no value passes\nexchange the two"
    );
    assert_eq!(
        result["locations"],
        json!([{"physicalLocation": {
            "artifactLocation": {"uri": "work/Case_v00/tests/a%20b.yaml"},
            "region": {"startLine": 7, "startColumn": 43, "endLine": 7, "endColumn": 44},
        }}])
    );
}
