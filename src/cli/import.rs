//! `rehearse import`: says where a run_local.py and the YAML have drifted apart.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    Surroundings,
    colour::Colour,
    output::{counted, say, show, show_one},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Severity},
    exit::Exit,
    package::{
        find_test, load,
        model::{Package, Test},
        text_file,
    },
    run_local,
    source::{FileId, Sources},
};

/// Say where a run_local.py and the YAML have drifted apart, without running either
#[derive(Args, Debug)]
pub struct Import {
    /// The script
    #[arg(value_name = "run_local.py")]
    script: PathBuf,
    /// The package's folder [default: the one around the script]
    package: Option<PathBuf>,
}

impl Import {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        let style = surroundings.style(colour);
        let path = surroundings.current.join(&self.script);
        let shown = self.script.display().to_string().replace('\\', "/");
        let root = match &self.package {
            Some(package) => surroundings.current.join(package),
            None => match around(&path) {
                Some(root) => root,
                None => {
                    let problem =
                        Diagnostic::error(format!("there is no package around `{shown}`"))
                            .hint(format!("name it: rehearse import {shown} PACKAGE"));
                    show_one(problem, &Sources::default(), style);
                    return Exit::NothingRan;
                }
            },
        };
        let mut package = match load(&root) {
            Ok((package, _)) => package,
            Err(error) => {
                show(&error.diagnostics, &error.sources, style);
                return Exit::NothingRan;
            }
        };
        let mut problems = Diagnostics::default();
        let Some(file) = text_file::read(&path, &shown, &mut package.sources, &mut problems) else {
            show(&problems, &package.sources, style);
            return Exit::NothingRan;
        };
        let Some(test) = select(&package, file, surroundings)
            .map_err(|problem| show_one(*problem, &package.sources, style))
            .ok()
        else {
            return Exit::NothingRan;
        };
        let drift = match run_local::drift(&package, test, file) {
            Ok(drift) => drift,
            Err(run_local::Unreadable(problem)) => {
                show_one(*problem, &package.sources, style);
                return Exit::NothingRan;
            }
        };
        show(&drift.findings, &package.sources, style);
        let differences = drift.findings.warnings();
        let all = drift.findings.iter();
        let unknown = all.filter(|one| one.severity == Severity::Hint).count();
        let rest = match unknown {
            0 => String::new(),
            some => format!(", {} not compared", counted(some, "part")),
        };
        let compared = counted(drift.compared, "step");
        if differences == 0 {
            say(format_args!(
                "{shown} does what {} says: {compared} compared{rest}",
                test.file
            ));
            return Exit::Pass;
        }
        say(format_args!(
            "{shown} and {} differ: {}, {compared} compared{rest}",
            test.file,
            counted(differences, "difference")
        ));
        Exit::NotPassed
    }
}

/// The test that the script's first lines name, else the one a run would take.
fn select<'p>(
    package: &'p Package,
    file: FileId,
    surroundings: &Surroundings,
) -> Result<&'p Test, Box<Diagnostic>> {
    let text = &package.sources.get(file).text;
    let head = text.lines().take(3).collect::<Vec<_>>().join("\n");
    let named = |test: &&Test| {
        head.match_indices(&test.file).any(|(start, found)| {
            let after = head[start + found.len()..].chars().next();
            !after.is_some_and(|c| c.is_alphanumeric() || c == '/')
        })
    };
    if let Some(test) = package.tests.iter().find(named) {
        return Ok(test);
    }
    let index = find_test(package, None, &surroundings.current)?;
    Ok(&package.tests[index])
}

/// The nearest folder from the script's upwards that holds a package.
fn around(script: &Path) -> Option<PathBuf> {
    script
        .ancestors()
        .skip(1)
        .find(|folder| folder.join("package.json").is_file())
        .map(Path::to_owned)
}
