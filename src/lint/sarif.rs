//! Findings in SARIF 2.1.0, which code hosts and editors show beside the lines.

use serde_json::{Value as Json, json};

use super::{
    catalogue::RULES,
    listing::{Listing, pretty, said},
};
use crate::diagnostic::{Diagnostic, Severity};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

impl Listing<'_> {
    /// One log with one run.
    pub fn sarif(&self) -> String {
        let rules = RULES.iter().map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": {"text": rule.title},
                "help": {"text": rule.page, "markdown": rule.page},
                "defaultConfiguration": {"level": level(rule.severity)},
            })
        });
        let results = self.findings.iter().map(|finding| self.result(finding));
        pretty(&json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {
                    "name": "rehearse",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules.collect::<Vec<Json>>(),
                }},
                "columnKind": "unicodeCodePoints",
                "results": results.collect::<Vec<Json>>(),
            }],
        }))
    }

    fn result(&self, finding: &Diagnostic) -> Json {
        let mut result = json!({
            "level": level(finding.severity),
            "message": {"text": said(finding)},
        });
        let index = finding
            .code
            .and_then(|code| RULES.iter().position(|rule| rule.id == code));
        if let Some((code, index)) = finding.code.zip(index) {
            result["ruleId"] = json!(code);
            result["ruleIndex"] = json!(index);
        }
        if let Some(region) = self.region(finding) {
            result["locations"] = json!([{
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(&self.path(&region.start.file))},
                    "region": {
                        "startLine": region.start.line,
                        "startColumn": region.start.column,
                        "endLine": region.end.line,
                        "endColumn": region.end.column,
                    },
                },
            }]);
        }
        result
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

/// A path as a relative URI reference: what a URI may not hold is written as the codes of its bytes.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_uri() {
        assert_eq!(uri("tests/a b%ä.yaml"), "tests/a%20b%25%C3%A4.yaml");
    }
}
