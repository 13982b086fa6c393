//! `rehearse schema`: what may stand in a package's files, for editors.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum, builder::PossibleValue};

use super::{Surroundings, output::say};
use crate::{exit::Exit, scaffold::help_editor, schema::Described};

/// Print the JSON Schema of a package's file, for editors
#[derive(Args, Debug)]
pub struct Schema {
    /// Which file's; without it they are listed
    file: Option<Described>,
    /// Write all of them into the folder .vscode of this package
    #[arg(long, value_name = "PACKAGE", conflicts_with = "file")]
    vscode: Option<PathBuf>,
}

impl ValueEnum for Described {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = format!("{}: {}", self.files(), self.purpose());
        Some(PossibleValue::new(self.name()).help(help))
    }
}

impl Schema {
    pub fn execute(&self, surroundings: &Surroundings) -> Exit {
        let text = match (&self.vscode, self.file) {
            (Some(package), _) => match wired(package, surroundings) {
                Some(text) => text,
                None => return Exit::NothingRan,
            },
            (None, Some(file)) => match file.text() {
                Ok(text) => text,
                Err(error) => {
                    say(format_args!("error: {error}"));
                    return Exit::NothingRan;
                }
            },
            (None, None) => list(),
        };
        let mut stdout = io::stdout().lock();
        match stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
        {
            Ok(()) => Exit::Pass,
            Err(error) => {
                say(format_args!(
                    "error: failed to write standard output: {error}"
                ));
                Exit::NothingRan
            }
        }
    }
}

fn list() -> String {
    let mut text = String::new();
    for file in Described::ALL {
        text += &format!("{:<9}{:<17}{}\n", file.name(), file.files(), file.purpose());
    }
    text + "\nto print one: rehearse schema test; to have them in VS Code: rehearse schema --vscode PACKAGE\n"
}

/// Writes the schemas into a package and tells what was done; none where that failed, and the user has been told.
fn wired(package: &Path, surroundings: &Surroundings) -> Option<String> {
    let root = surroundings.current.join(package);
    let shown = package.display().to_string().replace('\\', "/");
    if !root.join("package.json").is_file() {
        say(format_args!(
            "error: no package.json in `{shown}`; name the folder of a package"
        ));
        return None;
    }
    let done = help_editor(&root)
        .map_err(|error| say(format_args!("error: {error}")))
        .ok()?;
    let mut text = String::new();
    for file in &done.written {
        text += &format!("wrote {shown}/{file}\n");
    }
    if let Some(settings) = done.unwired {
        text += &format!(
            "\n{shown}/.vscode/settings.json is yours and was not touched; add to it what it does not have yet of:\n{settings}"
        );
    }
    Some(text)
}
