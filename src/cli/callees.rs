//! Where the functions are that steps call, as events tell it.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
};

use crate::{
    code::{Code, Function},
    event::{Callee, Excerpt},
    package::{Neighbours, model::Package},
    source::{Sources, Span},
};

/// The code of a package and of those its sequences lead to, read when it is first asked for.
pub struct Callees<'a> {
    package: &'a Package,
    neighbours: &'a Neighbours,
    libraries: OnceCell<Vec<Library>>,
    found: RefCell<HashMap<(String, String), Option<Callee>>>,
}

/// The code of one package.
struct Library {
    code: Code,
    sources: Sources,
    /// What tracebacks put before its files.
    folder: String,
}

impl<'a> Callees<'a> {
    pub fn new(package: &'a Package, neighbours: &'a Neighbours) -> Self {
        Self {
            package,
            neighbours,
            libraries: OnceCell::new(),
            found: RefCell::default(),
        }
    }

    pub fn find(&self, module: &str, function: &str) -> Option<Callee> {
        let name = (module.to_owned(), function.to_owned());
        if let Some(found) = self.found.borrow().get(&name) {
            return found.clone();
        }
        let libraries = self.libraries.get_or_init(|| self.read());
        let found = libraries
            .iter()
            .find(|library| library.code.module(module).is_some())
            .and_then(|library| library.callee(module, function));
        self.found.borrow_mut().insert(name, found.clone());
        found
    }

    /// The package's own first, as imports look for it.
    fn read(&self) -> Vec<Library> {
        let own = Library::read(self.package, String::new());
        let others = self.neighbours.packages().map(|package| {
            let folder = package.root.file_name().unwrap_or_default();
            Library::read(package, format!("{}/", folder.to_string_lossy()))
        });
        std::iter::once(own).chain(others).collect()
    }
}

impl Library {
    fn read(package: &Package, folder: String) -> Self {
        let mut sources = Sources::default();
        Self {
            code: Code::read(&package.root, &mut sources),
            sources,
            folder,
        }
    }

    fn callee(&self, module: &str, function: &str) -> Option<Callee> {
        let Function { at, returns, .. } = self.code.function(module, function)?;
        let keys = returns
            .keys
            .iter()
            .map(|key| (key.name.clone(), self.excerpt(key.at)));
        let number = returns
            .number
            .filter(|_| returns.result)
            .map(|at| ("result".to_owned(), self.excerpt(at)));
        Some(Callee {
            module: module.into(),
            function: function.into(),
            at: self.excerpt(at),
            returns: number.into_iter().chain(keys).collect(),
        })
    }

    fn excerpt(&self, at: Span) -> Excerpt {
        let place = self.sources.place(at);
        let line = usize::try_from(place.line).unwrap_or(0);
        let text = &self.sources.get(at.file).text;
        Excerpt {
            file: format!("{}{}", self.folder, place.file),
            line: place.line,
            text: text
                .lines()
                .nth(line.saturating_sub(1))
                .unwrap_or_default()
                .into(),
        }
    }
}
