//! The pages hold what the catalogue says.

use std::{fs, path::Path};

use rehearsal::{
    diagnostic::Severity,
    lint::catalogue::{RULES, find},
};

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "hint",
    }
}

#[test]
fn the_table_of_the_rules_is_that_of_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules/README.md");
    let readme = fs::read_to_string(path).expect("the table");
    let rows: Vec<&str> = readme
        .lines()
        .filter(|line| line.starts_with("| [L"))
        .collect();
    let wanted: Vec<String> = RULES
        .iter()
        .map(|rule| {
            let (id, severity, title) = (rule.id, word(rule.severity), rule.title);
            format!("| [{id}]({id}.md) | {severity} | {title} |")
        })
        .collect();
    assert_eq!(rows, wanted);
}

#[test]
fn every_page_has_its_title_severity_and_parts() {
    for rule in &RULES {
        let start = format!(
            "# {}: {}\n\nSeverity: {}.\n",
            rule.id,
            rule.title,
            word(rule.severity)
        );
        let page = rule.page.replace("\r\n", "\n");
        assert!(page.starts_with(&start), "{}", rule.id);
        for part in ["## Why", "## Instead of", "## Write", "## Silencing it"] {
            assert!(page.contains(part), "{}: {part}", rule.id);
        }
    }
}

#[test]
fn rules_are_in_order_and_found_in_either_letter_case() {
    assert!(RULES.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert_eq!(find(" l14 ").map(|rule| rule.id), Some("L14"));
    assert_eq!(find("L31"), None);
}
