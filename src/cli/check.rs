//! `rehearse check`: names every problem of a package without running anything.

use std::path::PathBuf;

use clap::Args;

use super::{
    Surroundings,
    arguments::Colour,
    output::{counted, say, show},
};
use crate::{
    diagnostic::Severity,
    exit::Exit,
    package::{load, unsupported},
};

/// Name every problem of a package, without running it
#[derive(Args, Debug)]
pub struct Check {
    /// The package's folder, the one with package.json
    package: PathBuf,
}

impl Check {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        let style = surroundings.style(colour);
        let (package, mut found) = match load(&surroundings.current.join(&self.package)) {
            Ok(loaded) => loaded,
            Err(error) => {
                show(&error.diagnostics, &error.sources, style);
                say(format_args!(
                    "{}: {}",
                    self.package.display(),
                    counted(error.diagnostics.errors(), "error")
                ));
                return Exit::NothingRan;
            }
        };
        // A package may be right and still more than this version runs.
        for test in &package.tests {
            for diagnostic in unsupported::check(test, &package).iter() {
                let mut diagnostic = diagnostic.clone();
                diagnostic.severity = Severity::Warning;
                found.push(diagnostic);
            }
        }
        show(&found, &package.sources, style);
        say(format_args!(
            "{}: {} checked, no errors, {}",
            package.manifest.name.value,
            counted(package.tests.len(), "test"),
            counted(found.warnings(), "warning"),
        ));
        Exit::Pass
    }
}
