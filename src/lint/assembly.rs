//! L27: .NET code that the package does not bring along.

use std::{fs, path::Path};

use super::Subject;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        fields::nearest,
        model::{Action, Text},
    },
};

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    let folder = subject.package.root.join("assemblies");
    let files = names(&folder);
    for (_, step) in subject.steps() {
        let Action::Dotnet { assembly, .. } = &step.action else {
            continue;
        };
        let file = file_name(assembly);
        if folder.join(&file).is_file() {
            continue;
        }
        let problem = Diagnostic::error(format!("assemblies/ has no {}", quoted(&file)));
        let hint = match nearest(&file, files.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if files.is_empty() => {
                "build it, and commit the DLL to assemblies/: a station builds nothing".into()
            }
            None => format!("it holds {}", files.join(", ")),
        };
        found.push(problem.at(assembly.at).code("L27").hint(hint));
    }
}

/// The file below assemblies/; the ending may be left out.
pub fn file_name(assembly: &Text) -> String {
    let name = assembly.value.trim().replace('\\', "/");
    let name = name.strip_prefix("assemblies/").unwrap_or(&name);
    match name.to_ascii_lowercase().ends_with(".dll") {
        true => name.to_owned(),
        false => format!("{name}.dll"),
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.to_ascii_lowercase().ends_with(".dll"))
        .collect();
    names.sort();
    names.truncate(10);
    names
}
