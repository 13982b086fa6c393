//! Programs that test code starts: what it asks for, and how they end.

use serde::{Deserialize, Serialize};

use crate::host::{Handle, Stream};

/// A program to start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// With a slash: a path, relative to `folder`. Without: a name to look for in the PATH of the program's environment.
    pub program: String,
    /// All arguments, the program's own name first.
    pub arguments: Vec<String>,
    pub variables: Variables,
    /// The program's working directory, as the test code wrote it.
    pub folder: String,
    pub stdin: Standard,
    pub stdout: Standard,
    pub stderr: Standard,
    /// Whether it leads a session of its own, which no terminal belongs to.
    pub session: bool,
}

/// A program's environment, as the difference from the one the host gives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variables {
    /// Whether it starts with the host's variables, or with none.
    pub inherit: bool,
    pub remove: Vec<String>,
    pub set: Vec<(String, String)>,
}

/// What stands behind one of a program's standard streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standard {
    /// Nothing: no input, and output is dropped.
    Empty,
    /// The test code's own standard input.
    Input,
    /// Where the test code's own output goes.
    Output(Stream),
    /// A file, or an end of a pipe.
    Handle(Handle),
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// By itself, with this exit code.
    Code(i32),
    /// By a signal, in Linux's numbers.
    Signal(u32),
}
