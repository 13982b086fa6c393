//! All the Python of a package.

use std::{collections::HashSet, path::Path};

use indexmap::IndexMap;
use ruff_python_ast::Stmt;

use super::{
    Function, Module,
    binding::{self, Binding},
    encoding,
    folder::{self, Folder},
    import,
    module::Content,
    module_name, on_a_deep_stack, parsing,
};
use crate::{
    diagnostic::Diagnostics,
    package::names::{Made, Returns},
    source::{FileId, Sources, Span},
};

/// How many names may lead to a function one after the other.
const MAX_HOPS: usize = 16;

/// The modules of a package's python_modules/.
#[derive(Debug, Default)]
pub struct Code {
    modules: IndexMap<String, Module>,
    folders: HashSet<String>,
    compiled: HashSet<String>,
    problems: Diagnostics,
}

/// What a name of a module stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Lookup {
    Function(Box<Function>),
    /// A class; calling it gives an object. Where it is defined.
    Class(Span),
    /// Nothing that can be called. Where it gets its value.
    NotCallable(Span),
    /// Something of which nothing is known.
    Unknown,
    /// There is no such name.
    Missing,
}

impl Code {
    /// Reads and parses python_modules/**/*.py. What is wrong is in [`Code::problems`]; a package without Python is fine.
    pub fn read(root: &Path, sources: &mut Sources) -> Self {
        let mut code = Self::default();
        let Folder {
            files,
            folders,
            compiled,
        } = folder::read(root, &mut code.problems);
        code.folders = folders;
        code.compiled = compiled;
        for (path, place) in files {
            let file = encoding::read(&place, &path, sources, &mut code.problems);
            let module = Module {
                name: folder::module(&path),
                path,
                file,
                content: None,
            };
            // A folder with __init__.py stands before a file of the same name.
            let is_package = module.path.ends_with("/__init__.py");
            if is_package || !code.modules.contains_key(&module.name) {
                code.modules.insert(module.name.clone(), module);
            }
        }
        let sources = &*sources;
        let (contents, problems) = on_a_deep_stack(|| {
            let mut problems = Diagnostics::default();
            let read = |module: &Module| content(module, sources, &mut problems);
            let contents: Vec<_> = code.modules.values().map(read).collect();
            (contents, problems)
        });
        for (module, content) in code.modules.values_mut().zip(contents) {
            module.content = content;
        }
        code.problems.extend(problems);
        code.problems.sort();
        code
    }

    /// What is wrong with the files themselves: unreadable ones, and what is no Python.
    pub fn problems(&self) -> &Diagnostics {
        &self.problems
    }

    /// In the order of their paths.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.modules.values()
    }

    /// The statements of every module that could be parsed, each with its file.
    pub fn bodies(&self) -> impl Iterator<Item = (FileId, &[Stmt])> {
        self.modules()
            .filter(|module| module.is_readable())
            .filter_map(|module| Some((module.file?, module.body())))
    }

    /// The module that `module:` of a step means.
    pub fn module(&self, written: &str) -> Option<&Module> {
        self.modules.get(&module_name(written))
    }

    /// Whether a dotted name can be imported from the package: a module, a folder, or something compiled.
    pub fn has(&self, name: &str) -> bool {
        self.modules.contains_key(name)
            || self.folders.contains(name)
            || self.compiled.contains(name)
    }

    /// Whether `from package import name` fails for certain: the package is one of python_modules/, has an `__init__.py`, and neither
    /// a module nor a name like that.
    pub fn lacks(&self, package: &str, name: &str) -> bool {
        let Some(module) = self.modules.get(package) else {
            return false;
        };
        let is_package = module.path.ends_with("/__init__.py");
        // `__file__`, `__path__` and the like are given by Python.
        if !is_package || name == "*" || name.starts_with("__") {
            return false;
        }
        if self.has(&format!("{package}.{name}")) {
            return false;
        }
        let Some(content) = &module.content else {
            return false;
        };
        // Its own `from . import name` does not make the name.
        let own = Binding::From(package.to_owned(), name.to_owned());
        match content.names.bound.get(name).map(Vec::as_slice) {
            Some([only]) if *only == own => {
                !content.names.dynamic && content.names.starred.is_empty()
            }
            _ => self.lookup(module, name) == Lookup::Missing,
        }
    }

    /// What a name of a module stands for, wherever it comes from.
    pub fn lookup(&self, module: &Module, name: &str) -> Lookup {
        self.follow(module, name, MAX_HOPS)
    }

    /// The function that a step calls, if it is known.
    pub fn function(&self, module: &str, name: &str) -> Option<Function> {
        match self.lookup(self.module(module)?, name) {
            Lookup::Function(function) => Some(*function),
            _ => None,
        }
    }

    /// The names of a module's own functions, those for the module's own use left out.
    pub fn functions<'a>(&'a self, module: &'a Module) -> impl Iterator<Item = &'a str> {
        let names = module
            .content
            .iter()
            .flat_map(|content| &content.names.bound);
        names
            .filter(|(name, bound)| {
                !name.starts_with('_')
                    && bound.iter().any(|one| {
                        matches!(
                            one,
                            Binding::Function(_) | Binding::Alias(_) | Binding::Partial(..)
                        )
                    })
            })
            .map(|(name, _)| name.as_str())
            .filter(|name| matches!(self.lookup(module, name), Lookup::Function(_)))
    }

    fn follow(&self, module: &Module, name: &str, hops: usize) -> Lookup {
        let (Some(content), Some(hops)) = (&module.content, hops.checked_sub(1)) else {
            return Lookup::Unknown;
        };
        let Some(bound) = content.names.bound.get(name) else {
            return self.elsewhere(module, content, name, hops);
        };
        // Which of several it is depends on how the code runs.
        let [binding] = bound.as_slice() else {
            return Lookup::Unknown;
        };
        match binding {
            Binding::Function(function) => Lookup::Function(function.clone()),
            Binding::Alias(other) => self.named(module, other, hops),
            Binding::Partial(of, positions, names) => match self.named(module, of, hops) {
                Lookup::Function(mut function) => {
                    let signature = function.signature.take();
                    function.signature =
                        signature.and_then(|signature| signature.after(*positions, names));
                    Lookup::Function(function)
                }
                _ => Lookup::Unknown,
            },
            Binding::From(from, name) => match self.modules.get(from) {
                Some(other) => match self.follow(other, name, hops) {
                    // A submodule, or an import that fails and is found there.
                    Lookup::Missing => Lookup::Unknown,
                    found => found,
                },
                None => Lookup::Unknown,
            },
            Binding::Class(at) => Lookup::Class(*at),
            Binding::Value(at) => Lookup::NotCallable(*at),
            Binding::Module | Binding::Unknown => Lookup::Unknown,
        }
    }

    /// A name of this module, or `module.name` of one that it imports.
    fn named(&self, module: &Module, name: &str, hops: usize) -> Lookup {
        if name.contains('.') {
            return Lookup::Unknown;
        }
        match self.follow(module, name, hops) {
            // A builtin function.
            Lookup::Missing => Lookup::Unknown,
            found => found,
        }
    }

    /// A name that the module does not give itself.
    fn elsewhere(&self, module: &Module, content: &Content, name: &str, hops: usize) -> Lookup {
        if content.names.dynamic || self.has(&format!("{}.{name}", module.name)) {
            return Lookup::Unknown;
        }
        for starred in &content.names.starred {
            let Some(other) = self.modules.get(starred) else {
                return Lookup::Unknown;
            };
            match self.follow(other, name, hops) {
                Lookup::Missing => {}
                found => return found,
            }
        }
        Lookup::Missing
    }
}

fn content(module: &Module, sources: &Sources, problems: &mut Diagnostics) -> Option<Content> {
    let file: FileId = module.file?;
    let body = parsing::parse(&module.path, file, sources, problems)?;
    let is_package = module.path.ends_with("/__init__.py");
    let home = match module.name.rsplit_once('.') {
        _ if is_package => module.name.as_str(),
        Some((home, _)) => home,
        None => "",
    };
    let resolve = |level, named: &str| import::absolute(home, level, named);
    Some(Content {
        names: binding::names(&body, file, &resolve),
        imports: import::imports(&body, file, home),
        body,
    })
}

impl Returns for Code {
    fn of(&self, module: &str, function: &str) -> Option<Made> {
        let returns = &self.function(module, function)?.returns;
        let mut made = Made {
            names: returns.keys.iter().map(|key| key.name.clone()).collect(),
            open: !returns.complete,
        };
        if returns.result {
            made.names.insert("result".into());
        }
        Some(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_named_as_the_interpreter_takes_it() {
        for (written, name) in [
            ("m", "m"),
            ("python_modules/m.py", "m"),
            ("./python_modules/pkg/m.py", "pkg.m"),
            ("python_modules\\pkg\\m.py", "pkg.m"),
            ("pkg/m", "pkg.m"),
            ("pkg.m", "pkg.m"),
        ] {
            assert_eq!(module_name(written), name, "{written}");
        }
    }
}
