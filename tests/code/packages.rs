//! The packages of this repository.

use std::path::{Path, PathBuf};

use rehearsal::diagnostic::Style;

use crate::package::read;

#[test]
fn the_packages_of_this_repository_are_free_of_findings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut packages: Vec<PathBuf> = ["examples", "tests/packages"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).expect("a folder"))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("package.json").exists())
        .collect();
    packages.sort();
    assert!(packages.len() >= 3);
    for package in packages {
        let read = read(&package);
        assert!(read.code.modules().all(|module| module.is_readable()));
        assert!(read.code.modules().count() > 0);
        assert_eq!(read.code.problems().render(&read.sources, Style::PLAIN), "");
        assert_eq!(
            read.found.render(&read.sources, Style::PLAIN),
            "",
            "{}",
            package.display()
        );
    }
}
