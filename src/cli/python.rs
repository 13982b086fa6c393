//! `rehearse python`: runs a script in the interpreter that packages get.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use rehearsal_python::{
    call::{Script, ScriptSource},
    interrupt::Interrupt,
};

use super::{Surroundings, output::say, setup, signals};
use crate::{
    exit::Exit,
    flow::interruption::Interruption,
    host::{StandardStreams, live::LiveHost},
    python::{ScriptEnd, run_script},
};

/// Run a Python script, a module or a line of code in the interpreter that packages get
///
/// Without FILE, -c or -m the program is read from standard input; on a terminal there is a prompt. Modules are looked for beside the
/// script, in PYTHONPATH, in the standard library, and in wheels/ of the package around the script.
#[derive(Args, Debug)]
#[command(disable_version_flag = true)]
pub struct Python {
    /// A line of code to run, and its arguments
    #[arg(short = 'c', value_names = ["CODE", "ARGS"], num_args = 1.., allow_hyphen_values = true, conflicts_with_all = ["module", "script"])]
    code: Vec<String>,
    /// A module to run as a script, and its arguments
    #[arg(short = 'm', value_names = ["MODULE", "ARGS"], num_args = 1.., allow_hyphen_values = true, conflicts_with = "script")]
    module: Vec<String>,
    /// Print the version of the language and of the interpreter
    #[arg(short = 'V', long = "version")]
    version: bool,
    /// The script (or `-` for standard input), and its arguments
    #[arg(value_names = ["FILE", "ARGS"], trailing_var_arg = true)]
    script: Vec<String>,
}

impl Python {
    pub fn execute(&self, surroundings: &Surroundings) -> Exit {
        let script = self.program();
        let interruption = Interruption::new();
        if let Err(error) = signals::forward(interruption.clone()) {
            say(format_args!("warning: signals cannot be caught ({error})"));
        }
        let package = match &script.source {
            ScriptSource::File(path) => surroundings
                .current
                .join(path)
                .parent()
                .and_then(package_around),
            _ => package_around(&surroundings.current),
        };
        let setup = setup::of_script(package.as_deref(), surroundings);
        let interrupt = Interrupt::default();
        let live = LiveHost::new(
            &surroundings.current,
            surroundings.environment.clone(),
            interrupt.clone(),
        );
        let host = Arc::new(StandardStreams::new(live, interrupt.clone()));
        match run_script(script, host, interrupt, setup, &interruption) {
            Ok(ScriptEnd::Exit(code)) => Exit::Script(code),
            Ok(ScriptEnd::Signal(signal)) => Exit::of_signal(signal),
            Ok(ScriptEnd::Broken(error)) => {
                say(format_args!("error: {}: {}", error.class, error.message));
                Exit::NothingRan
            }
            Err(error) => {
                say(format_args!(
                    "error: no thread for the interpreter: {error}"
                ));
                Exit::NothingRan
            }
        }
    }

    fn program(&self) -> Script {
        let (first, rest, source): (_, _, fn(String) -> ScriptSource) = if self.version {
            let code = "import sys; print('Python', sys.version.replace('\\n', ' '))";
            return Script {
                source: ScriptSource::Code(code.into()),
                arguments: Vec::new(),
            };
        } else if let [code, rest @ ..] = &*self.code {
            (code, rest, ScriptSource::Code)
        } else if let [module, rest @ ..] = &*self.module {
            (module, rest, ScriptSource::Module)
        } else if let [file, rest @ ..] = &*self.script {
            let source = if file == "-" {
                |_| ScriptSource::Input
            } else {
                ScriptSource::File
            };
            (file, rest, source)
        } else {
            return Script {
                source: ScriptSource::Input,
                arguments: Vec::new(),
            };
        };
        Script {
            source: source(first.clone()),
            arguments: rest.to_vec(),
        }
    }
}

/// The nearest folder from here upwards that holds a package.
fn package_around(folder: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .find(|folder| folder.join("package.json").is_file())
        .map(Path::to_owned)
}
