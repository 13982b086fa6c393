//! Every rule of `rehearse check`: its number, its gravest severity, what holds where it is kept, and its page.

use crate::diagnostic::Severity;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: &'static str,
    /// Of its gravest findings.
    pub severity: Severity,
    /// What holds in a package that keeps it.
    pub title: &'static str,
    /// docs/rules/ID.md.
    pub page: &'static str,
    /// Whether it can only be told from the Python code.
    pub reads_code: bool,
}

macro_rules! rule {
    ($id:literal, $severity:ident, yaml, $title:literal) => {
        rule!($id, $severity, false, $title)
    };
    ($id:literal, $severity:ident, code, $title:literal) => {
        rule!($id, $severity, true, $title)
    };
    ($id:literal, $severity:ident, $reads_code:literal, $title:literal) => {
        Rule {
            id: $id,
            severity: Severity::$severity,
            title: $title,
            page: include_str!(concat!("../../docs/rules/", $id, ".md")),
            reads_code: $reads_code,
        }
    };
}

/// In the order of their numbers, without those of [`is_about_csharp`].
pub static RULES: [Rule; 35] = [
    rule!(
        "L01",
        Error,
        yaml,
        "a test has a name, a version and at least one step"
    ),
    rule!(
        "L02",
        Error,
        yaml,
        "the version of a test is three numbers in quotes"
    ),
    rule!("L03", Error, yaml, "steps have names, each its own"),
    rule!("L04", Error, yaml, "a step has a known type or runner"),
    rule!("L05", Error, yaml, "a step has the fields its kind needs"),
    rule!("L06", Error, yaml, "low_limit is below high_limit"),
    rule!(
        "L07",
        Error,
        yaml,
        "every name that is used is made somewhere"
    ),
    rule!(
        "L08",
        Error,
        yaml,
        "a template holds one name and nothing else"
    ),
    rule!(
        "L09",
        Error,
        yaml,
        "conditions are expressions over bare names"
    ),
    rule!(
        "L10",
        Warning,
        yaml,
        "a single return value is named result"
    ),
    rule!("L11", Warning, yaml, "a numeric measurement has a unit"),
    rule!("L12", Error, yaml, "a measurement has a name"),
    rule!("L13", Error, yaml, "operators and limits are for numbers"),
    rule!(
        "L14",
        Error,
        yaml,
        "an operator has the bound it compares with"
    ),
    rule!("L15", Warning, yaml, "a measurement can fail"),
    rule!("L16", Hint, code, "what a step measures is a measurement"),
    rule!(
        "L17",
        Warning,
        yaml,
        "a measurement judges what was measured"
    ),
    rule!(
        "L18",
        Warning,
        yaml,
        "a setup step that all others need ends the run"
    ),
    rule!("L19", Warning, yaml, "cleaning up happens in any case"),
    rule!("L20", Error, yaml, "a released package measures"),
    rule!(
        "L21",
        Error,
        code,
        "limits stand in the YAML, not in the code"
    ),
    rule!("L22", Hint, code, "one function does one thing"),
    rule!("L23", Warning, yaml, "addresses come from the station"),
    rule!("L24", Error, code, "every import can be found"),
    rule!(
        "L25",
        Warning,
        yaml,
        "a required library has its wheel in wheels/"
    ),
    rule!("L26", Error, code, "test code installs nothing"),
    rule!(
        "L27",
        Error,
        yaml,
        "the DLLs of .NET steps are in the package"
    ),
    rule!("L28", Error, yaml, "package.json is what a station accepts"),
    rule!(
        "L29",
        Warning,
        yaml,
        "changed files come with a new version"
    ),
    rule!("L30", Warning, yaml, "paths start in the package"),
    rule!(
        "L32",
        Warning,
        yaml,
        "a step has measurement or measurements"
    ),
    rule!("L33", Warning, yaml, "the buttons of a prompt fit together"),
    rule!("L34", Hint, yaml, "required tags have values"),
    rule!(
        "L35",
        Error,
        code,
        "module and function exist, and take these parameters"
    ),
    rule!(
        "L36",
        Error,
        yaml,
        "sequences exist, end, and get what they use"
    ),
];

/// The numbers that Maestro's recommendations give to C#, which is not looked at.
const ABOUT_CSHARP: [&str; 2] = ["L31", "L37"];

/// Whether this number belongs to a recommendation about C# code, in either letter case.
pub fn is_about_csharp(id: &str) -> bool {
    ABOUT_CSHARP
        .iter()
        .any(|known| known.eq_ignore_ascii_case(id.trim()))
}

/// The rule of this number, in either letter case.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES
        .iter()
        .find(|rule| rule.id.eq_ignore_ascii_case(id.trim()))
}
