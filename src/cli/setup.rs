//! What an interpreter is told at its start.

use std::path::Path;

use rehearsal_python::setup::Setup;

use super::Surroundings;
use crate::package::wheels;

/// Modules come from `python_modules/`, then from the standard library, then from `wheels/` (docs/decisions.md 26).
pub fn of_package(root: &Path, surroundings: &Surroundings) -> Setup {
    let mut path = vec![shown(&root.join("python_modules"))];
    path.extend(of_wheels(root));
    with_path(root, path, surroundings)
}

/// A script's own folder is added where it is run; what a package around it vendors is there as well.
pub fn of_script(package: Option<&Path>, surroundings: &Surroundings) -> Setup {
    let path = package.map(of_wheels).unwrap_or_default();
    Setup {
        terminals: surroundings.terminals,
        ..with_path(&surroundings.current, path, surroundings)
    }
}

fn with_path(root: &Path, path: Vec<String>, surroundings: &Surroundings) -> Setup {
    Setup {
        root: shown(root),
        path,
        executable: shown(&surroundings.executable),
        terminals: [false; 3],
        pid: std::process::id(),
        cpus: surroundings.processors,
        collect: true,
    }
}

fn of_wheels(root: &Path) -> Vec<String> {
    wheels(root).0.iter().map(|wheel| shown(wheel)).collect()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
