//! What the engine asks of an interpreter, and how that can end.

use serde::{Deserialize, Serialize};

use crate::value::Value;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// As in the YAML: a dotted module name, or a path such as `python_modules/module.py`.
    pub module: String,
    pub function: String,
    /// In the order of the YAML.
    pub arguments: Vec<(String, String)>,
}

/// A whole program, run as `__main__`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    pub source: ScriptSource,
    /// `sys.argv[1:]`
    pub arguments: Vec<String>,
    /// Whether modules are looked for neither in the script's folder nor in the working directory.
    pub safe_path: bool,
    /// Whether PYTHONPATH and PYTHONWARNINGS mean nothing.
    pub ignore_environment: bool,
    /// Filters for warnings, the last one wins.
    pub warnings: Vec<String>,
}

/// Where a program comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScriptSource {
    /// A file, a folder with `__main__.py`, or a zip archive with one.
    File(String),
    Code(String),
    /// A module that is found on `sys.path`.
    Module(String),
    #[default]
    /// Standard input: read to its end, or line by line from a terminal.
    Input,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    Returned(Value),
    /// It returned something that may not cross (docs/decisions.md 27); the message names key and type.
    BadReturn(String),
    Raised(Exception),
    /// The module could not be imported.
    ImportFailed(Exception),
    /// The module has no such function; the message names what it has.
    MissingFunction(String),
    /// The arguments do not fit the function's signature.
    BadArguments(String),
    /// It was asked to stop and did.
    Interrupted(Option<Exception>),
    /// It was asked to stop and did not: the interpreter is gone, and the next call starts with a fresh one.
    Lost,
}

/// A Python exception, as far as a report needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// `ValueError`, or with its module where that is not builtins: `json.decoder.JSONDecodeError`.
    pub class: String,
    pub message: String,
    /// Outermost frame first.
    pub traceback: Vec<Frame>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Relative to the package root where the file lies below it, with forward slashes.
    pub file: String,
    /// From 1.
    pub line: u32,
    pub function: String,
}
