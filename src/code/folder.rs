//! The files below python_modules/.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use crate::diagnostic::{Diagnostic, Diagnostics, clip};

/// Files and folders below python_modules/, which a link can make endless.
const MAX_ENTRIES: usize = 20_000;

/// Folders within folders.
const MAX_LEVELS: usize = 32;

/// Where a package keeps its test code.
pub const NAME: &str = "python_modules";

/// What can be imported from there.
#[derive(Debug, Default)]
pub struct Folder {
    /// Each Python file by its path from the package root, with forward slashes; in the order of paths.
    pub files: Vec<(String, PathBuf)>,
    /// The folders within, dotted.
    pub folders: HashSet<String>,
    /// Modules that are no source, dotted: compiled ones.
    pub compiled: HashSet<String>,
}

/// Goes through the folder; without one there are no files.
pub fn read(root: &Path, problems: &mut Diagnostics) -> Folder {
    let mut folder = Folder::default();
    let top = root.join(NAME);
    if !top.is_dir() {
        return folder;
    }
    let mut seen = HashSet::new();
    let mut left = MAX_ENTRIES;
    let mut waiting = vec![(top, String::from(NAME))];
    while let Some((path, name)) = waiting.pop() {
        let entries = fs::canonicalize(&path).and_then(|real| {
            if seen.insert(real) {
                fs::read_dir(&path)?.collect()
            } else {
                Ok(Vec::new())
            }
        });
        let mut entries: Vec<fs::DirEntry> = match entries {
            Ok(entries) => entries,
            Err(error) => {
                problems.push(Diagnostic::error(format!(
                    "failed to read the folder `{}`: {error}",
                    clip(&name, 200)
                )));
                continue;
            }
        };
        // Real folders are taken before links to them: the list of waiting ones is taken from its end.
        entries.sort_by_key(|entry| (!entry.path().is_symlink(), entry.file_name()));
        left = left.saturating_sub(entries.len());
        if left == 0 {
            let problem = format!("more than {MAX_ENTRIES} files and folders below {NAME}/");
            problems.push(
                Diagnostic::error(problem).hint("does a link in it lead out of the package?"),
            );
            break;
        }
        for entry in entries {
            let own = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            let below = format!("{name}/{own}");
            if own.starts_with('.') || own == "__pycache__" {
                continue;
            }
            if path.is_dir() {
                folder.folders.insert(module(&below));
                if below.matches('/').count() < MAX_LEVELS {
                    waiting.push((path, below));
                }
            } else if own.ends_with(".py") {
                folder.files.push((below, path));
            } else if [".so", ".pyd", ".pyc"].iter().any(|end| own.ends_with(end)) {
                let stem = own.split('.').next().unwrap_or_default();
                folder.compiled.insert(module(&format!("{name}/{stem}")));
            }
        }
    }
    folder.files.sort();
    folder
}

/// The dotted names of everything that can be imported from a package's python_modules/, whose files are not looked into.
pub fn modules_of(root: &Path) -> HashSet<String> {
    // What cannot be read there is for a check of that package.
    let folder = read(root, &mut Diagnostics::default());
    let files = folder.files.iter().map(|(path, _)| module(path));
    files.chain(folder.folders).chain(folder.compiled).collect()
}

/// `pkg.module` of `python_modules/pkg/module.py`; `pkg` of `python_modules/pkg/__init__.py`.
pub fn module(path: &str) -> String {
    let path = path.strip_prefix("python_modules/").unwrap_or(path);
    let path = path.strip_suffix(".py").unwrap_or(path);
    path.strip_suffix("/__init__")
        .unwrap_or(path)
        .replace('/', ".")
}
