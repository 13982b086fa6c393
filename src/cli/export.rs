//! `rehearse export`: a package in another form.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};

use super::{
    Surroundings,
    colour::Colour,
    output::{counted, say, show, show_one},
};
use crate::{
    diagnostic::{Diagnostics, Style, quoted},
    exit::Exit,
    package::{find_test, load, model::Package},
    run_local,
};

/// Write a package in another form
#[derive(Args, Debug)]
pub struct Export {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, Subcommand)]
enum Form {
    RunLocal(RunLocal),
}

/// Write run_local.py, which runs a test with plain Python
#[derive(Args, Debug)]
struct RunLocal {
    /// The package's folder, the one with package.json
    package: PathBuf,
    /// The test, below the package or the current folder [default: tests/main.yaml, or the only file in tests/]
    #[arg(value_name = "TEST.yaml")]
    test: Option<String>,
    /// Where to write it; standard output without this
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite FILE
    #[arg(long, requires = "output")]
    force: bool,
}

impl Export {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        match &self.form {
            Form::RunLocal(form) => form.execute(colour, surroundings),
        }
    }
}

impl RunLocal {
    fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        let style = surroundings.style(colour);
        let root = surroundings.current.join(&self.package);
        let package = match load(&root) {
            Ok((package, _)) => package,
            Err(error) => {
                show(&error.diagnostics, &error.sources, style);
                return Exit::NothingRan;
            }
        };
        let index = match find_test(&package, self.test.as_deref(), &surroundings.current) {
            Ok(index) => index,
            Err(problem) => {
                show_one(*problem, &package.sources, style);
                return Exit::NothingRan;
            }
        };
        let export = run_local::export(&package, &package.tests[index]);
        let Some(output) = &self.output else {
            self.warn(&package, &export, style);
            return match io::stdout().write_all(export.script.as_bytes()) {
                Ok(()) => Exit::Pass,
                Err(error) => {
                    say(format_args!(
                        "error: failed to write to standard output: {error}"
                    ));
                    Exit::NothingRan
                }
            };
        };
        let path = surroundings.current.join(output);
        let shown = output.display().to_string().replace('\\', "/");
        if let Err(error) = write(&path, &export.script, self.force) {
            if error.kind() == io::ErrorKind::AlreadyExists {
                say(format_args!(
                    "error: {} is there already; add --force to overwrite it, or name another file\nnote: `rehearse import {shown}` says where it differs from the YAML",
                    quoted(&shown)
                ));
            } else {
                say(format_args!(
                    "error: failed to write {}: {error}",
                    quoted(&shown)
                ));
            }
            return Exit::NothingRan;
        }
        self.warn(&package, &export, style);
        if !is_in(&path, &root) {
            say(format_args!(
                "warning: run_local.py works only beside package.json; put {} into {}",
                quoted(&shown),
                quoted(&self.package.display().to_string().replace('\\', "/"))
            ));
        }
        say(format_args!(
            "{shown} runs {} of {}; start it with: python {shown}",
            counted(steps(&package, index), "step"),
            package.tests[index].file
        ));
        Exit::Pass
    }

    fn warn(&self, package: &Package, export: &run_local::Export, style: Style) {
        let mut warnings = Diagnostics::default();
        for one in &export.left_out {
            warnings.push(one.diagnostic());
        }
        show(&warnings, &package.sources, style);
    }
}

fn steps(package: &Package, index: usize) -> usize {
    let test = &package.tests[index];
    test.setup.len() + test.steps.len() + test.teardown.len()
}

/// Whether the file lies directly in the folder.
fn is_in(file: &Path, folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    file.parent().and_then(real) == real(folder)
}

/// Whole or not at all, and over an existing file only when asked to.
fn write(path: &Path, script: &str, force: bool) -> io::Result<()> {
    if !force && path.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    if path.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    let folder = path.parent().unwrap_or(path);
    if !folder.is_dir() {
        let message = format!("there is no folder {}; create it first", folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rehearsal-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(|error| {
        // The name of the temporary file would only confuse.
        io::Error::new(error.kind(), io::Error::from(error.kind()).to_string())
    })?;
    file.write_all(script.as_bytes())?;
    if force {
        // A link is followed, as any editor does.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        file.persist(target).map_err(|error| error.error)?;
    } else {
        file.persist_noclobber(path).map_err(|error| error.error)?;
    }
    Ok(())
}
