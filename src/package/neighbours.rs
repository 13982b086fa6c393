//! The tests that sequences name: of the own package first, then of packages beside it (docs/decisions.md 21).

use std::path::{Path, PathBuf};

use super::{
    LoadError, load,
    model::{Action, Package, Test},
};

/// The other packages that a package's sequences lead to, each once.
#[derive(Debug, Default)]
pub struct Neighbours {
    packages: Vec<Neighbour>,
}

#[derive(Debug)]
struct Neighbour {
    /// What a path names it by.
    folder: String,
    package: Package,
}

impl Neighbours {
    /// Loads every package that a sequence of this one names, and those that theirs name. A package lies beside this one or in one
    /// of `folders`; a path that leads nowhere is left to whoever looks for it.
    ///
    /// # Errors
    /// The first package that is there and cannot be used.
    pub fn load(own: &Package, folders: &[PathBuf]) -> Result<Self, Box<LoadError>> {
        let beside = own.root.parent().map(Path::to_owned);
        let places: Vec<_> = beside.iter().chain(folders).collect();
        let mut neighbours = Self::default();
        let mut names = neighbours.unknown(own);
        while let Some(name) = names.pop() {
            if neighbours.of_folder(&name).is_some() {
                continue;
            }
            let root = places
                .iter()
                .map(|place| place.join(&name))
                .find(|root| root.join("package.json").exists());
            if let Some(root) = root {
                let (package, _) = load(&root).map_err(Box::new)?;
                names.extend(neighbours.unknown(&package));
                neighbours.packages.push(Neighbour {
                    folder: name,
                    package,
                });
            }
        }
        Ok(neighbours)
    }

    /// The folders that sequences of `package` name and that are not known yet.
    fn unknown(&self, package: &Package) -> Vec<String> {
        let mut names: Vec<String> = package
            .tests
            .iter()
            .flat_map(Test::in_order)
            .filter_map(|step| match &step.action {
                Action::Sequence { path } if self.find(package, &path.value).is_none() => {
                    normal(&path.value)
                        .split_once('/')
                        .map(|(first, _)| first.to_owned())
                }
                _ => None,
            })
            // A folder, and no way out of the place packages lie in.
            .filter(|name| !matches!(name.as_str(), "" | "." | "..") && !name.contains(':'))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    /// The test that a path within `from` names.
    pub fn find<'a>(&'a self, from: &'a Package, path: &str) -> Option<(&'a Package, &'a Test)> {
        let path = normal(path);
        if let Some(test) = test_of(from, &path) {
            return Some((from, test));
        }
        let (folder, rest) = path.split_once('/')?;
        let own_folder = from.root.file_name().is_some_and(|name| name == folder);
        let package = if own_folder {
            from
        } else {
            self.of_folder(folder)?
        };
        test_of(package, rest).map(|test| (package, test))
    }

    /// In the order they were met.
    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().map(|neighbour| &neighbour.package)
    }

    fn of_folder(&self, folder: &str) -> Option<&Package> {
        self.packages
            .iter()
            .find(|neighbour| neighbour.folder == folder)
            .map(|neighbour| &neighbour.package)
    }
}

fn test_of<'a>(package: &'a Package, path: &str) -> Option<&'a Test> {
    package.tests.iter().find(|test| test.file == path)
}

/// The path as `Test::file` has it: forward slashes, no `./`.
pub fn normal(path: &str) -> String {
    let path = path.trim().replace('\\', "/");
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    parts.collect::<Vec<_>>().join("/")
}
