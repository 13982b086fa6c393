//! `rehearse init`: a new package that passes on its own bench as it stands.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Args;

use super::{Surroundings, output::say};
use crate::{
    exit::Exit,
    scaffold::{FolderError, NewFolder, PackageName, ProductId, Skeleton},
};

/// What a name should look like.
const CONVENTION: &str = "<ProductId>_<TestName>_v<NN>, such as ESH10000121_FunctionalTest_v00";

/// Make a new package, which passes on a simulated bench as it stands
#[derive(Args, Debug)]
pub struct Init {
    /// The folder to make; its last part is the package's name, as <ProductId>_<TestName>_v<NN>
    #[arg(value_name = "NAME")]
    folder: PathBuf,
    /// The product it tests [default: the first part of NAME]
    #[arg(long, value_name = "ID")]
    product: Option<ProductId>,
    /// Who writes it [default: this user's name]
    #[arg(long, value_name = "NAME", value_parser = author)]
    author: Option<String>,
}

fn author(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it is empty".into()),
        author => Ok(author.into()),
    }
}

impl Init {
    pub fn execute(&self, surroundings: &Surroundings) -> Exit {
        let Some(name) = self.name() else {
            return Exit::NothingRan;
        };
        let shown = shown(&self.folder);
        let skeleton = Skeleton {
            product: self.product.clone().unwrap_or_else(|| name.product()),
            author: self.author.clone().unwrap_or_else(|| user(surroundings)),
            name,
        };
        let files = match skeleton.files() {
            Ok(files) => files,
            Err(error) => {
                say(format_args!("error: {error}"));
                return Exit::NothingRan;
            }
        };
        let folder = surroundings.current.join(&self.folder);
        match NewFolder::at(&folder).and_then(|folder| folder.write(&files)) {
            Ok(()) => {}
            Err(FolderError::Exists) => {
                say(format_args!(
                    "error: `{shown}` exists already, and nothing of it was touched; take another name, or remove it first"
                ));
                return Exit::NothingRan;
            }
            Err(error) => {
                let error = error.to_string().replace('\\', "/");
                say(format_args!(
                    "error: failed to make `{shown}`: {error}; nothing was left behind"
                ));
                return Exit::NothingRan;
            }
        }
        match tell(&shown, &skeleton) {
            Ok(()) => {
                if !skeleton.name.is_conventional() {
                    say(format_args!(
                        "hint: packages are called {CONVENTION}; `{}` works, too",
                        skeleton.name
                    ));
                }
                Exit::Pass
            }
            // The package is there all the same.
            Err(error) => {
                say(format_args!(
                    "error: failed to write standard output: {error}"
                ));
                Exit::ReportNotWritten
            }
        }
    }

    /// The package's name; none where it is no good, and the user has been told.
    fn name(&self) -> Option<PackageName> {
        let Some(last) = self.folder.file_name() else {
            say(format_args!(
                "error: `{}` names no new folder; write rehearse init {CONVENTION}",
                shown(&self.folder)
            ));
            return None;
        };
        last.to_string_lossy()
            .parse()
            .map_err(|error| say(format_args!("error: {error}; best is {CONVENTION}")))
            .ok()
    }
}

/// Who is logged in, as the system's environment says.
fn user(surroundings: &Surroundings) -> String {
    let named = |wanted: &str| {
        let mut environment = surroundings.environment.iter();
        let (_, value) =
            environment.find(|(name, value)| name == wanted && !value.trim().is_empty())?;
        Some(value.trim().to_owned())
    };
    named("USER")
        .or_else(|| named("USERNAME"))
        .unwrap_or_else(|| "unknown".into())
}

fn tell(shown: &str, skeleton: &Skeleton) -> io::Result<()> {
    let quoted = match shown.contains(char::is_whitespace) {
        true => format!("\"{shown}\""),
        false => shown.to_owned(),
    };
    let module = format!("python_modules/{}.py", skeleton.name.module());
    let files = [
        ("tests/main.yaml", "the steps and their limits"),
        (&*module, "the code of the steps"),
        ("bench.yaml", "the simulated bench"),
        ("local.yaml", "what a station would inject"),
        ("package.json", "name, version, author"),
    ];
    let width = files.iter().map(|(path, _)| path.len()).max().unwrap_or(0);
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "made {shown}\n")?;
    for (path, purpose) in files {
        writeln!(stdout, "  {path:<width$}  {purpose}")?;
    }
    writeln!(
        stdout,
        "\nIt passes on its simulated bench as it stands:\n\n  rehearse check {quoted}\n  rehearse run {quoted} --simulate\n"
    )?;
    writeln!(
        stdout,
        "Then make it yours: the channels at the top of the Python module, the steps and limits in tests/main.yaml."
    )?;
    stdout.flush()
}

fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}
