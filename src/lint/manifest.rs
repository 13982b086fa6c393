//! L28: what a station refuses in package.json. Reading the package only warns of it, for a local run does not mind.

use super::Subject;
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    package::manifest::{is_package_name, starts_with_three_numbers},
};

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    let manifest = &subject.package.manifest;
    if !is_package_name(&manifest.name.value) {
        found.push(
            Diagnostic::error("package name that a station refuses")
                .at(manifest.name.at)
                .code("L28")
                .hint("1 to 64 letters, digits, `_` and `-`, the first a letter or digit"),
        );
    }
    if !starts_with_three_numbers(&manifest.version.value) {
        found.push(
            Diagnostic::error("package version that a station refuses")
                .at(manifest.version.at)
                .code("L28")
                .hint("write MAJOR.MINOR.PATCH, such as 1.0.0"),
        );
    }
}
