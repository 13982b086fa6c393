//! One Python file of a package.

use ruff_python_ast::Stmt;

use super::{Import, binding::Names};
use crate::source::FileId;

/// A module that a step or another module can import.
#[derive(Debug)]
pub struct Module {
    /// Dotted: `pkg.module`; `pkg` for `pkg/__init__.py`.
    pub name: String,
    /// Relative to the package root, with forward slashes.
    pub path: String,
    /// `None` where the file cannot be read as text.
    pub file: Option<FileId>,
    /// `None` where the file is no Python.
    pub(super) content: Option<Content>,
}

/// What could be read of a module.
#[derive(Debug)]
pub(super) struct Content {
    pub body: Vec<Stmt>,
    pub names: Names,
    pub imports: Vec<Import>,
}

impl Module {
    /// Its statements; none where it cannot be parsed.
    pub fn body(&self) -> &[Stmt] {
        self.content.as_ref().map_or(&[], |content| &content.body)
    }

    pub fn imports(&self) -> &[Import] {
        self.content
            .as_ref()
            .map_or(&[], |content| &content.imports)
    }

    /// Whether it could be parsed; nothing can be told of the others.
    pub fn is_readable(&self) -> bool {
        self.content.is_some()
    }
}
