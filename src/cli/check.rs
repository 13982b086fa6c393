//! `rehearse check`: names every problem of a package without running anything.

use std::path::PathBuf;

use clap::Args;

use super::{
    Surroundings,
    colour::Colour,
    output::{counted, say, show},
};
use crate::{
    exit::Exit,
    host::bench,
    package::{load, text_file, wheels},
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
        let root = surroundings.current.join(&self.package);
        let (mut sources, mut found, package) = match load(&root) {
            Ok((mut package, warnings)) => (
                std::mem::take(&mut package.sources),
                warnings,
                Some(package),
            ),
            Err(error) => (error.sources, error.diagnostics, None),
        };
        let vendored = wheels(&root);
        found.extend(vendored.misfits());
        if let Some(package) = &package {
            found.extend(vendored.missing(&package.manifest.requirements.pip_packages));
        }
        found.extend(vendored.problems);
        let bench = root.join("bench.yaml");
        if bench.exists()
            && let Some(id) = text_file::read(&bench, "bench.yaml", &mut sources, &mut found)
        {
            bench::read_beside(&root, &sources.get(id).text, id, &mut found);
        }
        found.sort();
        show(&found, &sources, style);
        match package {
            Some(package) if !found.has_errors() => {
                say(format_args!(
                    "{}: {} checked, no errors, {}",
                    package.manifest.name.value,
                    counted(package.tests.len(), "test"),
                    counted(found.warnings(), "warning"),
                ));
                Exit::Pass
            }
            _ => {
                say(format_args!(
                    "{}: {}",
                    self.package.display(),
                    counted(found.errors(), "error")
                ));
                Exit::NothingRan
            }
        }
    }
}
