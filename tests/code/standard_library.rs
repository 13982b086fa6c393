//! False alarms: the rules over code that was not written for Maestro.

use std::{collections::BTreeMap, fs, path::Path};

use crate::package::{Package, read};

/// CPython's own modules on this machine, where there are any; REHEARSAL_CODE names another folder of Python.
fn folder() -> Option<std::path::PathBuf> {
    let named = std::env::var_os("REHEARSAL_CODE").map(Into::into);
    let usual = || Path::new("/usr/lib/python3.11").to_owned();
    Some(named.unwrap_or_else(usual)).filter(|path| path.is_dir())
}

#[test]
fn the_rules_are_quiet_about_other_peoples_code() {
    let Some(folder) = folder() else {
        eprintln!("no Python files to try the rules on");
        return;
    };
    let mut package = Package::new();
    let mut count = 0;
    let mut waiting = vec![folder.clone()];
    while let Some(below) = waiting.pop() {
        for entry in fs::read_dir(below).expect("a folder").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // Python's own tests hold files that are wrong on purpose.
            if path.is_dir()
                && !path.is_symlink()
                && !["lib2to3", "test", "tests"].contains(&&*name)
            {
                waiting.push(path);
            } else if path.is_file()
                && name.ends_with(".py")
                && let Ok(text) = fs::read(&path)
            {
                let name = path
                    .strip_prefix(&folder)
                    .expect("below")
                    .display()
                    .to_string();
                package = package.file(&format!("python_modules/{name}"), text);
                count += 1;
            }
        }
    }
    let read = read(&package.path());
    let mut by_rule: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in &read.found {
        let lines = by_rule.entry(one.code.unwrap_or_default()).or_default();
        lines.push(one.line(&read.sources));
    }
    eprintln!("{count} files: {by_rule:#?}");
    assert!(
        read.code.problems().is_empty(),
        "{:?}",
        read.code.problems()
    );
    let limits = by_rule.get("L21").map_or(0, Vec::len);
    assert!(limits == 0, "{by_rule:#?}");
}
