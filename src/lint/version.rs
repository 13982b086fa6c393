//! L02: the version of a test, which every result carries.

use super::Subject;
use crate::diagnostic::{Diagnostic, Diagnostics, clip, quoted};

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for test in &subject.package.tests {
        let version = &test.version.value;
        if is_version(version) {
            continue;
        }
        let problem = Diagnostic::error(format!(
            "version {} has not the form MAJOR.MINOR.PATCH",
            quoted(version)
        ));
        let numbers: Vec<&str> = version.trim_start_matches(['v', 'V']).split('.').collect();
        let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let better = match numbers[..] {
            [major] if digits(&major) => format!("{major}.0.0"),
            [major, minor] if digits(&major) && digits(&minor) => format!("{major}.{minor}.0"),
            _ if is_version(&numbers.join(".")) => numbers.join("."),
            _ => "1.0.0".into(),
        };
        let hint = format!(
            "write three numbers in quotes, such as \"{}\"",
            clip(&better, 40)
        );
        found.push(problem.at(test.version.at).code("L02").hint(hint));
    }
}

/// Three numbers, then nothing or a suffix (`1.0.0-rc1`).
fn is_version(text: &str) -> bool {
    let (numbers, suffix) = match text.find(['-', '+']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let mut parts = numbers.split('.');
    let three = (0..3).all(|_| {
        parts
            .next()
            .is_some_and(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    });
    let suffix = suffix.is_none_or(|suffix| {
        let known = |c: char| c.is_ascii_alphanumeric() || "-+.".contains(c);
        !suffix.is_empty() && suffix.chars().all(known)
    });
    three && parts.next().is_none() && suffix
}
