//! A package folder to a checked model, or to everything that is wrong with it.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use super::{
    json, local, manifest,
    model::{Local, Manifest, Package, Test},
    node::Node,
    routing, test, text_file, yaml,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, clip, quoted},
    source::{FileId, Sources},
};

/// Files and folders below tests/, which a link can make endless.
const MAX_ENTRIES: usize = 20_000;

/// A package that can't be used: every problem of every file, and the files to show them in.
#[derive(Debug, thiserror::Error)]
#[error("failed to read the package: {} error{}", diagnostics.errors(), if diagnostics.errors() == 1 { "" } else { "s" })]
pub struct LoadError {
    pub sources: Sources,
    /// Errors and warnings, in the order of files and places.
    pub diagnostics: Diagnostics,
}

/// Reads and checks package.json, all YAML files below tests/, and local.yaml. The diagnostics beside a package are warnings.
///
/// # Errors
/// With any error in any file; all are reported at once.
pub fn load(root: &Path) -> Result<(Package, Diagnostics), LoadError> {
    let mut loader = Loader::default();
    let package = match std::path::absolute(root) {
        Ok(root) => loader.package(&root),
        Err(error) => {
            loader.problems.push(Diagnostic::error(format!(
                "failed to find {}: {error}",
                shown(root)
            )));
            None
        }
    };
    loader.problems.sort();
    match package {
        Some((root, manifest, tests, local)) if !loader.problems.has_errors() => {
            let package = Package {
                root,
                manifest,
                tests,
                local,
                sources: loader.sources,
            };
            Ok((package, loader.problems))
        }
        _ => Err(LoadError {
            sources: loader.sources,
            diagnostics: loader.problems,
        }),
    }
}

#[derive(Default)]
struct Loader {
    sources: Sources,
    problems: Diagnostics,
}

type Read = fn(&str, FileId, &mut Diagnostics) -> Option<Node>;

impl Loader {
    fn package(&mut self, root: &Path) -> Option<(PathBuf, Manifest, Vec<Test>, Local)> {
        if let Some(problem) = no_package(root) {
            self.problems.push(problem);
            return None;
        }
        let manifest = self.tree(root, "package.json", json::read);
        let manifest = manifest.and_then(|node| manifest::read(&node, &mut self.problems));
        let tests = self.tests(root);
        let local = match fs::symlink_metadata(root.join("local.yaml")) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Local::default(),
            _ => {
                let node = self.tree(root, "local.yaml", yaml::read);
                node.map(|node| self.local(root, &node)).unwrap_or_default()
            }
        };
        Some((root.to_owned(), manifest?, tests, local))
    }

    fn local(&mut self, root: &Path, node: &Node) -> Local {
        let (mut local, file) = local::read(node, root, &mut self.problems);
        if let Some(file) = file {
            let path = root.join(&file.value);
            if path.is_file() {
                let node = self.tree(root, &file.value, yaml::read);
                let folder = path.parent().unwrap_or(root);
                local.routing =
                    node.and_then(|node| routing::read(&node, folder, &mut self.problems));
            } else {
                let message = format!("no file {}", quoted(&file.value));
                let problem = Diagnostic::error(message).at(file.at);
                self.problems.push(
                    problem.hint(
                        "`routing` is a path from the package's folder, or the routing itself",
                    ),
                );
            }
        }
        local
    }

    fn tests(&mut self, root: &Path) -> Vec<Test> {
        let folder = root.join("tests");
        if !folder.is_dir() {
            let hint = "the YAML files of a package lie in the folder tests/ beside package.json";
            self.problems
                .push(Diagnostic::error(format!("no folder tests/ in {}", shown(root))).hint(hint));
            return Vec::new();
        }
        let mut files = self.yaml_files(&folder);
        files.sort();
        if files.is_empty() {
            let problem = Diagnostic::error(format!("no YAML file below {}", shown(&folder)));
            self.problems
                .push(problem.hint("add tests/main.yaml, starting with `test:`"));
        }
        let mut tests = Vec::new();
        for file in files {
            let node = self.tree(root, &file, yaml::read);
            tests.extend(node.and_then(|node| test::read(&node, &file, &mut self.problems)));
        }
        tests
    }

    /// Every YAML file below tests/, by its path from the package root; each folder once, whatever links lead to it.
    fn yaml_files(&mut self, tests: &Path) -> Vec<String> {
        let (mut seen, mut files) = (HashSet::new(), Vec::new());
        let mut left = MAX_ENTRIES;
        let mut waiting = vec![(tests.to_owned(), "tests".to_owned())];
        while let Some((folder, name)) = waiting.pop() {
            let entries = fs::canonicalize(&folder).and_then(|real| {
                if seen.insert(real) {
                    fs::read_dir(&folder)?.collect()
                } else {
                    Ok(Vec::new())
                }
            });
            let mut entries: Vec<fs::DirEntry> = match entries {
                Ok(entries) => entries,
                Err(error) => {
                    self.problems.push(Diagnostic::error(format!(
                        "failed to read the folder {}: {error}",
                        shown(&folder)
                    )));
                    continue;
                }
            };
            // Real folders are taken before links to them: the list of waiting ones is taken from its end.
            entries.sort_by_key(|entry| (!entry.path().is_symlink(), entry.file_name()));
            left = left.saturating_sub(entries.len());
            if left == 0 {
                let problem = Diagnostic::error(format!(
                    "more than {MAX_ENTRIES} files and folders below tests/"
                ));
                self.problems
                    .push(problem.hint("does a link in it lead out of the package?"));
                return files;
            }
            for entry in entries {
                let own = entry.file_name().to_string_lossy().into_owned();
                let path = entry.path();
                let below = format!("{name}/{own}");
                if own.starts_with('.') {
                    continue;
                }
                if path.is_dir() {
                    waiting.push((path, below));
                } else if is_yaml(&path) {
                    files.push(below);
                }
            }
        }
        files
    }

    fn tree(&mut self, root: &Path, name: &str, read: Read) -> Option<Node> {
        let file = text_file::read(
            &root.join(name),
            name,
            &mut self.sources,
            &mut self.problems,
        )?;
        read(&self.sources.get(file).text, file, &mut self.problems)
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("yaml") || end.eq_ignore_ascii_case("yml"))
}

/// Why there is no package at `root`, if there is none.
fn no_package(root: &Path) -> Option<Diagnostic> {
    let is_package = |folder: &Path| folder.join("package.json").exists();
    let above = || root.ancestors().skip(1).find(|folder| is_package(folder));
    if !root.exists() {
        return Some(match root.symlink_metadata() {
            Ok(_) => Diagnostic::error(format!("{} is a link to nothing", shown(root))),
            Err(_) => Diagnostic::error(format!("no folder {}", shown(root)))
                .hint("name the folder that holds package.json"),
        });
    }
    if !root.is_dir() {
        let problem = Diagnostic::error(format!("{} is a file, not a package folder", shown(root)));
        return Some(match above() {
            Some(folder) => problem.hint(format!("the package is {}", shown(folder))),
            None => problem.hint("name the folder that holds package.json"),
        });
    }
    if is_package(root) || root.join("package.json").is_symlink() {
        return None;
    }
    let problem = Diagnostic::error(format!("no package.json in {}", shown(root)));
    let mut below: Vec<PathBuf> = fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|folder| is_package(folder))
        .collect();
    below.sort();
    Some(match (below.first(), above()) {
        (Some(folder), _) => problem.hint(format!("{} is a package", shown(folder))),
        (None, Some(folder)) => problem.hint(format!("the package is {}", shown(folder))),
        (None, None) => problem.hint("name the folder that holds package.json"),
    })
}

fn shown(path: &Path) -> String {
    format!("`{}`", clip(&path.to_string_lossy(), 200))
}
