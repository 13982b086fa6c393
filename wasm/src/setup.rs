//! What one interpreter is told at its start.

use serde::{Deserialize, Serialize};

/// What the interpreter has to know of its surroundings.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Setup {
    /// The package root, absolute, with forward slashes: the working directory of the test code.
    pub root: String,
    /// The roots of other packages whose modules are used: tracebacks name a file there by its package's folder.
    pub neighbours: Vec<String>,
    /// `sys.path` before the standard library.
    pub path: Vec<String>,
    /// Wheels that cannot be imported from because they hold compiled code, with forward slashes: who imports a module of one is told.
    pub compiled_wheels: Vec<String>,
    /// `sys.executable`: what the test code starts as another Python.
    pub executable: String,
    /// Whether standard input, output and error are terminals.
    pub terminals: [bool; 3],
    pub pid: u32,
    pub cpus: usize,
    /// The machine's time zone by its name, for an interpreter whose C library does not know it; none for UTC.
    pub zone: Option<String>,
    /// What `os.pathsep` is on this system.
    pub path_separator: String,
    /// Whether the host is told where the code is that asks for the network ([`crate::host::Request::At`]).
    pub places: bool,
    /// Whether code can be made to stop and be looked into ([`crate::host::Request::Debug`]).
    pub debug: bool,
    /// Whether unreachable cycles are collected. Not once an interpreter of this process was given up: RustPython's collector stops
    /// all of them first, and that one may never come to a stop.
    pub collect: bool,
}
