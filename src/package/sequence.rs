//! Where a `type: sequence` step leads (docs/decisions.md 21).

use super::model::{Package, Test};

/// The test that a path names: below the own package first, else its first part is the folder of a package beside it.
pub fn find<'a>(
    package: &'a Package,
    siblings: &'a [Package],
    path: &str,
) -> Option<(&'a Package, &'a Test)> {
    let path = normal(path);
    if let Some(test) = package.tests.iter().find(|test| test.file == path) {
        return Some((package, test));
    }
    let (folder, rest) = path.split_once('/')?;
    let owner = siblings.iter().find(|sibling| {
        sibling
            .root
            .file_name()
            .is_some_and(|name| name.to_string_lossy() == folder)
    })?;
    let test = owner.tests.iter().find(|test| test.file == rest)?;
    Some((owner, test))
}

/// The path as `Test::file` has it: forward slashes, no `./`.
pub fn normal(path: &str) -> String {
    let path = path.trim().replace('\\', "/");
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    parts.collect::<Vec<_>>().join("/")
}
