//! Findings as the workflow commands that GitHub Actions turns into annotations of a change.

use super::listing::{Listing, said};
use crate::diagnostic::Severity;

impl Listing<'_> {
    /// One `::error …::message` a line.
    pub fn github(&self) -> String {
        let mut out = String::new();
        for finding in self.findings {
            let command = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Hint => "notice",
            };
            let mut properties = Vec::new();
            if let Some(region) = self.region(finding) {
                properties.push(("file", self.path(&region.start.file)));
                properties.push(("line", region.start.line.to_string()));
                properties.push(("endLine", region.end.line.to_string()));
                properties.push(("col", region.start.column.to_string()));
                properties.push(("endColumn", region.end.column.to_string()));
            }
            properties.push(("title", finding.code.unwrap_or("rehearse check").to_owned()));
            let properties: Vec<String> = properties
                .into_iter()
                .map(|(name, value)| format!("{name}={}", property(&value)))
                .collect();
            out += &format!(
                "::{command} {}::{}\n",
                properties.join(","),
                message(&said(finding))
            );
        }
        out
    }
}

/// What ends a line or a command is written as its code.
fn message(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Within the properties also what separates them.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_the_command_early() {
        assert_eq!(message("50 %\r\nnext"), "50 %25%0D%0Anext");
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
    }
}
