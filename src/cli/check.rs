//! `rehearse check`: names every problem of a package without running anything.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};

use super::{
    Surroundings,
    colour::Colour,
    git,
    output::{counted, say, show},
};
use crate::{
    code::Code,
    diagnostic::{Diagnostic, Diagnostics},
    exit::Exit,
    host::bench,
    lint::{self, Listing, Subject},
    package::{Neighbours, Wheels, load, model::Package, text_file, wheels},
    source::Sources,
};

/// Name every problem of a package, without running it
#[derive(Args, Debug)]
pub struct Check {
    /// The package's folder, the one with package.json
    package: PathBuf,
    /// Fail on warnings too
    #[arg(long, value_name = "WHAT")]
    deny: Option<Denied>,
    /// How to write the findings
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Denied {
    Warnings,
}

/// All but `human` are written to stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, on stderr
    Human,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

impl Check {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        let root = surroundings.current.join(&self.package);
        let (sources, found, package) = findings(&root);
        let named = self.package.to_string_lossy().replace('\\', "/");
        let folder = folder(&self.package, &surroundings.current);
        let listing = Listing {
            package: &named,
            folder: &folder,
            findings: &found,
            sources: &sources,
        };
        let document = match self.format {
            Format::Human => {
                show(&found, &sources, surroundings.style(colour));
                String::new()
            }
            Format::Json => listing.json(),
            Format::Sarif => listing.sarif(),
            Format::Github => listing.github(),
        };
        let was_read = sources.iter().next().is_some();
        let exit = self.conclude(&found, package.as_ref(), was_read);
        match io::stdout().lock().write_all(document.as_bytes()) {
            Ok(()) => exit,
            Err(error) => {
                say(format_args!("error: failed to write to stdout: {error}"));
                exit.with_lost_report()
            }
        }
    }

    /// The summary, and what the command ends with. `was_read` says whether there was any file to read.
    fn conclude(&self, found: &Diagnostics, package: Option<&Package>, was_read: bool) -> Exit {
        let denied = self.deny == Some(Denied::Warnings) && found.warnings() > 0;
        let mut counts = counted(found.warnings(), "warning");
        if found.hints() > 0 {
            counts += &format!(", {}", counted(found.hints(), "hint"));
        }
        match package {
            Some(package) if !found.has_errors() => {
                let refused = if denied {
                    ", and --deny warnings makes them count"
                } else {
                    ""
                };
                say(format_args!(
                    "{}: {} checked, no errors, {counts}{refused}",
                    package.manifest.name.value,
                    counted(package.tests.len(), "test"),
                ));
                if denied { Exit::NothingRan } else { Exit::Pass }
            }
            _ => {
                let others = match found.warnings() + found.hints() {
                    0 => String::new(),
                    _ => format!(", {counts}"),
                };
                // Otherwise few findings look like few problems.
                let unfinished = match package {
                    None if was_read => {
                        "; the rules were not applied: mend the errors of form first"
                    }
                    _ => "",
                };
                say(format_args!(
                    "{}: {}{others}{unfinished}",
                    self.package.display(),
                    counted(found.errors(), "error")
                ));
                Exit::NothingRan
            }
        }
    }
}

/// Everything that can be said of the package, in the order of files and places.
fn findings(root: &Path) -> (Sources, Diagnostics, Option<Package>) {
    let (mut sources, mut found, mut package) = match load(root) {
        Ok((mut package, warnings)) => (
            std::mem::take(&mut package.sources),
            warnings,
            Some(package),
        ),
        Err(mut error) => {
            lint::raise(&mut error.diagnostics);
            (error.sources, error.diagnostics, None)
        }
    };
    let vendored = wheels(root);
    found.extend(vendored.misfits());
    if let Some(package) = &package {
        found.extend(vendored.missing(&package.manifest.requirements.pip_packages));
    }
    found.extend(vendored.problems.clone());
    let bench = root.join("bench.yaml");
    if bench.exists()
        && let Some(id) = text_file::read(&bench, "bench.yaml", &mut sources, &mut found)
    {
        bench::read_beside(root, &sources.get(id).text, id, &mut found);
    }
    if let Some(package) = &mut package {
        package.sources = sources;
        found = of_rules(package, &vendored, found);
        sources = std::mem::take(&mut package.sources);
    }
    found.sort();
    (sources, found, package)
}

/// Adds what the rules find, and leaves out what the files allow.
fn of_rules(package: &mut Package, vendored: &Wheels, mut found: Diagnostics) -> Diagnostics {
    let code = Code::read(&package.root, &mut package.sources);
    found.extend(code.problems().clone());
    let neighbours = Neighbours::load(package, &[]).unwrap_or_else(|error| {
        let message = format!(
            "a package that a sequence leads to has {}, so its sequences are not looked at",
            counted(error.diagnostics.errors(), "error")
        );
        let problem = Diagnostic::warning(message);
        found.push(problem.hint("run `rehearse check` on the packages beside this one"));
        Neighbours::default()
    });
    let subject = Subject {
        package,
        returns: Some(&code),
        neighbours: &neighbours,
    };
    let mut more = lint::lint(&subject);
    more.extend(lint::code::lint(
        package,
        &code,
        vendored,
        &neighbours,
        &package.sources,
    ));
    git::check(package, &mut more);
    let mut found = lint::merge(found, more);
    lint::apply_allowances(&mut found, &package.sources, true);
    found
}

/// The way from the current folder to the package, where it lies below it.
fn folder(package: &Path, current: &Path) -> String {
    let below = package.strip_prefix(current).unwrap_or(package);
    let parts = below
        .components()
        .filter(|part| !matches!(part, std::path::Component::CurDir));
    let path: PathBuf = parts.collect();
    path.to_string_lossy().replace('\\', "/")
}
