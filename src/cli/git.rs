//! What git knows about a package: the changes since the last commit, and what it ignores. Without git, or outside of a repository,
//! nothing.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    lint::assembly_file,
    package::model::{Action, Package},
};

/// Files that a station does not look at.
const LOCAL: [&str; 2] = ["local.yaml", "bench.yaml"];

/// L29, and the part of L27 that only git can tell.
pub fn check(package: &Package, found: &mut Diagnostics) {
    if git(&package.root, &["rev-parse", "--is-inside-work-tree"]).is_none() {
        return;
    }
    unchanged_version(package, found);
    ignored_assemblies(package, found);
}

fn unchanged_version(package: &Package, found: &mut Diagnostics) {
    let Some(committed) = git(&package.root, &["show", "HEAD:./package.json"]) else {
        return;
    };
    let version = serde_json::from_str::<serde_json::Value>(&committed)
        .ok()
        .and_then(|manifest| Some(manifest.get("version")?.as_str()?.to_owned()));
    let now = &package.manifest.version;
    if version.as_deref() != Some(now.value.as_str()) {
        return;
    }
    let Some(status) = git(
        &package.root,
        &[
            "status",
            "--porcelain=v1",
            "-z",
            "--no-renames",
            "--untracked-files=all",
            "--",
            ".",
        ],
    ) else {
        return;
    };
    let names = status.split('\0').filter_map(|entry| entry.get(3..));
    let changed: Vec<&str> = names
        .filter(|path| !LOCAL.contains(&path.rsplit('/').next().unwrap_or(path)))
        .collect();
    let Some(first) = changed.first() else {
        return;
    };
    let what = match changed.len() {
        1 => format!("{} has changed", crate::diagnostic::quoted(first)),
        many => format!("{many} files have changed"),
    };
    let problem = Diagnostic::warning(format!(
        "{what} since the last commit, and the version has not"
    ));
    found.push(problem.at(now.at).code("L29").hint(
        "a station that has this version ignores the change: raise the last number for a fix, the middle one for new steps",
    ));
}

fn ignored_assemblies(package: &Package, found: &mut Diagnostics) {
    let steps = package.tests.iter().flat_map(|test| test.in_order());
    for step in steps {
        let Action::Dotnet { assembly, .. } = &step.action else {
            continue;
        };
        let file = format!("assemblies/{}", assembly_file(assembly));
        let ignored = package.root.join(&file).is_file()
            && git(&package.root, &["check-ignore", "-q", "--", &file]).is_some();
        if ignored {
            let problem =
                Diagnostic::warning(format!("git ignores {}", crate::diagnostic::quoted(&file)));
            found.push(
                problem
                    .at(assembly.at)
                    .code("L27")
                    .hint("a station builds nothing: take it out of .gitignore and commit it"),
            );
        }
    }
}

/// What git prints, if it is there and succeeds. It changes nothing and starts nothing that the repository names.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
