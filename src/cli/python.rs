//! `rehearse python`: runs a script in the interpreter that packages get.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{ArgAction, Args};
use rehearsal_python::{
    call::{Script, ScriptSource},
    interrupt::Interrupt,
};

use super::{
    Surroundings, bench as bench_file,
    colour::Colour,
    output::say,
    permitting::{Guest, Permitting, environment},
    sandboxing::{Sandboxed, Sandboxing},
    setup, signals,
    world::guarded,
};
use crate::{
    diagnostic::Style,
    exit::Exit,
    flow::{AGENT_HOST, interruption::Interruption},
    host::{
        Host, StandardStreams,
        bench::{AgentAddress, SimulatedBench},
        live::{LiveHost, Streams},
    },
    package::model::Declared,
    python::{ScriptEnd, run_script, sandbox},
};

/// Run a Python script, a module or a line of code in the interpreter that packages get
///
/// Without FILE, -c or -m the program is read from standard input; on a terminal there is a prompt. Modules are looked for beside the
/// script, in PYTHONPATH, in the standard library, and in wheels/ of the package around the script.
#[derive(Args, Debug)]
#[command(disable_version_flag = true)]
pub struct Python {
    /// Let the script meet a simulated bench instead of the network: the bench.yaml of the package around it, or FILE
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    simulate: Option<Option<PathBuf>>,
    /// A line of code to run, and its arguments
    #[arg(short = 'c', value_names = ["CODE", "ARGS"], num_args = 1.., allow_hyphen_values = true, conflicts_with_all = ["module", "script"])]
    code: Vec<String>,
    /// A module to run as a script, and its arguments
    #[arg(short = 'm', value_names = ["MODULE", "ARGS"], num_args = 1.., allow_hyphen_values = true, conflicts_with = "script")]
    module: Vec<String>,
    /// Print the version of the language and of the interpreter
    #[arg(short = 'V', long = "version")]
    version: bool,
    #[command(flatten)]
    switches: Switches,
    /// The script (or `-` for standard input), and its arguments
    #[arg(value_names = ["FILE", "ARGS"], trailing_var_arg = true)]
    script: Vec<String>,
    // Last, for its heading would be that of what follows.
    #[command(flatten)]
    sandboxing: Sandboxing,
    #[command(flatten)]
    permitting: Permitting,
}

/// CPython's, for programs that start `sys.executable` with them.
#[derive(Args, Clone, Debug)]
struct Switches {
    /// Ignore the environment's PYTHONPATH and PYTHONWARNINGS
    #[arg(short = 'E')]
    ignore_environment: bool,
    /// Look for modules neither in the script's folder nor in the working directory
    #[arg(short = 'P')]
    safe_path: bool,
    /// The same as -E and -P
    #[arg(short = 'I')]
    isolated: bool,
    /// What to do with warnings, as in CPython: action:message:category:module:line
    #[arg(short = 'W', value_name = "FILTER")]
    warnings: Vec<String>,
    /// Accepted, as -b, -B, -q, -s, -S, -u and -v are, without an effect
    #[arg(short = 'X', value_name = "OPTION")]
    x: Vec<String>,
    #[arg(short = 'b', action = ArgAction::Count, hide = true)]
    bytes: u8,
    #[arg(short = 'B', hide = true)]
    no_bytecode: bool,
    #[arg(short = 'q', hide = true)]
    no_banner: bool,
    #[arg(short = 's', hide = true)]
    no_user_site: bool,
    #[arg(short = 'S', hide = true)]
    no_site: bool,
    #[arg(short = 'u', hide = true)]
    unbuffered: bool,
    #[arg(short = 'v', action = ArgAction::Count, hide = true)]
    verbose: u8,
}

impl Python {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        let script = self.program();
        let interruption = Interruption::new();
        if let Err(error) = signals::forward(interruption.raiser()) {
            say(format_args!("warning: signals cannot be caught ({error})"));
        }
        let file = match &script.source {
            ScriptSource::File(path) => Some(surroundings.current.join(path)),
            _ => None,
        };
        let folder = file.as_deref().and_then(Path::parent);
        let package = package_around(folder.unwrap_or(&surroundings.current));
        let setup = setup::of_script(package.as_deref(), surroundings);
        let readable: Vec<_> = [
            Some(surroundings.current.as_path()),
            folder,
            package.as_deref(),
        ]
        .into_iter()
        .flatten()
        .map(Path::to_owned)
        .collect();
        let agent = self.simulate.is_some().then_some(AGENT_HOST);
        let guest = Guest {
            root: &surroundings.current,
            packages: package.as_slice(),
            readable: &readable,
            agent,
            declared: &Declared::default(),
        };
        let confined = self.sandboxing.is_wanted(guest.declared, surroundings);
        let Ok(permissions) = self.permitting.permissions(confined, &guest, surroundings) else {
            return Exit::NothingRan;
        };
        let Ok(sandbox) = self.sandboxing.sandboxed(confined, surroundings) else {
            return Exit::NothingRan;
        };
        let interrupt = Interrupt::default();
        let live = LiveHost::new(
            &surroundings.current,
            environment(&permissions, surroundings),
            Streams::Inherited,
            interrupt.clone(),
        );
        let host: Arc<dyn Host> = match &self.simulate {
            None => {
                let host = Arc::new(StandardStreams::new(live, interrupt.clone()));
                guarded(host.clone(), permissions, Some(host), |_| {})
            }
            Some(file) => {
                let style = surroundings.style(colour);
                let bench = bench(
                    live,
                    package.as_deref(),
                    file.as_deref(),
                    surroundings,
                    style,
                );
                let Some(bench) = bench else {
                    return Exit::NothingRan;
                };
                say(
                    "note: the script meets a simulated bench, its result says nothing about hardware",
                );
                let host = Arc::new(StandardStreams::new(bench, interrupt.clone()));
                guarded(host.clone(), permissions, Some(host), |_| {})
            }
        };
        let end = match sandbox {
            None => run_script(script, host, interrupt, setup, &interruption),
            Some(Sandboxed { image, limits, .. }) => {
                sandbox::run_script(image, limits, script, host, interrupt, setup, &interruption)
            }
        };
        match end {
            Ok(ScriptEnd::Exit(code)) => Exit::Script(code),
            Ok(ScriptEnd::Signal(signal)) => Exit::of_signal(signal),
            Ok(ScriptEnd::Broken(error)) => {
                say(format_args!("error: {}: {}", error.class, error.message));
                Exit::Script(1)
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
            let code = "import sys; print('Python', '.'.join(map(str, sys.version_info[:3])), \
                        '(RustPython', sys.version.rpartition('RustPython ')[2].partition(' ')[0] + ')')";
            return Script {
                source: ScriptSource::Code(code.into()),
                ..Script::default()
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
            (&String::new(), [].as_slice(), |_| ScriptSource::Input)
        };
        let Switches {
            ignore_environment,
            safe_path,
            isolated,
            ref warnings,
            ..
        } = self.switches;
        Script {
            source: source(first.clone()),
            arguments: rest.to_vec(),
            safe_path: safe_path || isolated,
            ignore_environment: ignore_environment || isolated,
            warnings: warnings.clone(),
        }
    }
}

/// The simulated bench before the machine; none when there is something wrong with it, and the user has been told.
fn bench(
    live: LiveHost,
    package: Option<&Path>,
    file: Option<&Path>,
    surroundings: &Surroundings,
    style: Style,
) -> Option<SimulatedBench<LiveHost>> {
    let station = bench_file::of_package(package, file, surroundings, style)?;
    let address = AgentAddress::from_url(AGENT_HOST).map(|address| (address.host, address.port));
    SimulatedBench::new(live, station, address)
        .map_err(|error| {
            say(format_args!(
                "error: the simulated bench does not start: {error}"
            ));
        })
        .ok()
}

/// The nearest folder from here upwards that holds a package.
fn package_around(folder: &Path) -> Option<PathBuf> {
    folder
        .ancestors()
        .find(|folder| folder.join("package.json").is_file())
        .map(Path::to_owned)
}
