//! `rehearse check`: names every problem of a package without running anything.

use std::path::PathBuf;

use clap::Args;

use super::{
    Surroundings,
    colour::Colour,
    output::{counted, say, show},
};
use crate::{
    diagnostic::Severity,
    exit::Exit,
    host::bench,
    package::{load, text_file, unsupported, wheels},
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
        let (mut package, mut found) = match load(&surroundings.current.join(&self.package)) {
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
        found.extend(wheels(&package.root).1);
        let bench = package.root.join("bench.yaml");
        if bench.exists() {
            let sources = &mut package.sources;
            if let Some(id) = text_file::read(&bench, "bench.yaml", sources, &mut found) {
                bench::read(&sources.get(id).text, id, &mut found);
            }
        }
        found.sort();
        show(&found, &package.sources, style);
        if found.has_errors() {
            say(format_args!(
                "{}: {}",
                package.manifest.name.value,
                counted(found.errors(), "error")
            ));
            return Exit::NothingRan;
        }
        say(format_args!(
            "{}: {} checked, no errors, {}",
            package.manifest.name.value,
            counted(package.tests.len(), "test"),
            counted(found.warnings(), "warning"),
        ));
        Exit::Pass
    }
}
