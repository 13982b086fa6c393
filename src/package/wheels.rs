//! The wheels a package brings along.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use super::{
    distribution::{self, Distribution, normal},
    model::Text,
    requirement::Requirement,
};
use crate::diagnostic::{Diagnostic, Diagnostics, clip, quoted};

/// The first bytes of a zip file.
const ZIP: &[u8; 4] = b"PK\x03\x04";

/// How a package of sources ends, which `pip download` may fetch instead of a wheel.
const SOURCES: [&str; 4] = [".tar.gz", ".tar.bz2", ".tgz", ".zip"];

/// More than the longest name a file can have: whoever reads a warning copies it from there.
const MAX_FILE_NAME: usize = 300;

/// What `wheels/` holds, each in the order of names.
#[derive(Debug, Default)]
pub struct Wheels {
    /// What can be imported from.
    pub usable: Vec<PathBuf>,
    /// What cannot because it holds compiled code.
    pub compiled: Vec<PathBuf>,
    /// A warning for each file of no use.
    pub problems: Diagnostics,
}

/// Why nothing can be imported from a file, and what to do.
enum Flaw {
    Compiled,
    Other(&'static str, String),
}

/// Looks at `wheels/` without opening more than it must.
pub fn wheels(root: &Path) -> Wheels {
    let mut files: Vec<_> = fs::read_dir(root.join("wheels"))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    let mut wheels = Wheels::default();
    for path in files {
        let name = name_of(&path);
        let flaw = if SOURCES.iter().any(|ending| name.ends_with(ending)) {
            Some(sources(&name))
        } else if name.ends_with(".whl") {
            flaw(&path)
        } else {
            continue;
        };
        let Some(flaw) = flaw else {
            wheels.usable.push(path);
            continue;
        };
        let (why, hint) = match flaw {
            Flaw::Other(why, hint) => (why, hint),
            Flaw::Compiled => {
                wheels.compiled.push(path.clone());
                (
                    "holds compiled code, which cannot be imported",
                    without_compiling(&name),
                )
            }
        };
        let warning = Diagnostic::warning(format!("{} {why}", shown(&name)));
        wheels.problems.push(warning.hint(hint));
    }
    wheels
}

impl Wheels {
    /// What the usable wheels say of themselves and does not fit: their Python, each other, what they need. Opens each of them.
    pub fn misfits(&self) -> Diagnostics {
        let mut found = Diagnostics::default();
        let mut distributions: Vec<(String, Distribution)> = Vec::new();
        for path in &self.usable {
            let name = name_of(path);
            if let Some(tags) = python_tags(&name)
                && !tags.split('.').any(runs_here)
            {
                let problem = format!("{} is made for another Python ({tags})", shown(&name));
                let hint = "it is imported all the same; a wheel for Python 3 (…-py3-none-any.whl) is the safer one";
                found.push(Diagnostic::warning(problem).hint(hint));
            }
            match distribution::read(path) {
                Ok(distribution) => distributions.push((name, distribution)),
                Err(why) => {
                    let problem = format!("{} cannot be read: {why}", shown(&name));
                    found.push(Diagnostic::warning(problem).hint("download it again"));
                }
            }
        }
        for (index, (name, distribution)) in distributions.iter().enumerate() {
            let earlier = distributions[..index]
                .iter()
                .find(|(_, other)| normal(&other.name) == normal(&distribution.name));
            if let Some((first, _)) = earlier {
                let problem = format!("{} and {} are the same library", shown(first), shown(name));
                let hint = format!("modules come from {}; delete the other", copyable(first));
                found.push(Diagnostic::warning(problem).hint(hint));
            }
        }
        for (name, distribution) in &distributions {
            for needed in distribution.needed() {
                let there = distributions
                    .iter()
                    .any(|(_, other)| normal(&other.name) == normal(&needed));
                if there {
                    continue;
                }
                let compiled = self
                    .compiled
                    .iter()
                    .map(|path| name_of(path))
                    .find(|wheel| is_of(wheel, &needed));
                let problem = match compiled {
                    Some(wheel) => format!(
                        "{} needs {}, and {} holds compiled code",
                        shown(name),
                        quoted(&needed),
                        shown(&wheel)
                    ),
                    None => format!(
                        "{} needs {}, which is not in wheels/",
                        shown(name),
                        quoted(&needed)
                    ),
                };
                let hint = format!(
                    "put its pure-Python wheel there ({}; if there is none: {}), unless the tests do without what needs it",
                    download(&needed),
                    build(&needed, &needed),
                );
                found.push(Diagnostic::warning(problem).hint(hint));
            }
        }
        found
    }

    /// What the wheels say of themselves, those with compiled code too. Opens each of them; what cannot be read is left out.
    pub fn distributions(&self) -> Vec<Distribution> {
        let wheels = self.usable.iter().chain(&self.compiled);
        wheels
            .filter_map(|path| distribution::read(path).ok())
            .collect()
    }

    /// What package.json asks for (`requirements.pipPackages`) and nothing in `wheels/` gives. Goes by the names of the files. A wheel with
    /// compiled code is there for a station; that it is of no use here is told of the file.
    pub fn missing(&self, requirements: &[Text]) -> Diagnostics {
        let mut found = Diagnostics::default();
        for text in requirements {
            let Some(needed) = Requirement::parse(&text.value).filter(|needed| needed.wanted)
            else {
                continue;
            };
            let of_it = |paths: &[PathBuf]| -> Vec<String> {
                let names = paths.iter().map(|path| name_of(path));
                names.filter(|wheel| is_of(wheel, &needed.name)).collect()
            };
            let there = of_it(&self.usable);
            let compiled = of_it(&self.compiled);
            let fits = |wheel: &String| needed.allows(version(wheel)) != Some(false);
            if there.iter().chain(&compiled).any(fits) {
                continue;
            }
            let written = format!("{}{}", needed.name, needed.versions);
            let mut problem = format!("{} is not in wheels/", quoted(&written));
            if let Some(wheel) = there.first().or(compiled.first()) {
                problem += &format!(", but {}", shown(wheel));
            }
            let argument = if needed.versions.is_empty() {
                written
            } else {
                format!("\"{written}\"")
            };
            let hint = format!(
                "no package is installed for a run; put its pure-Python wheel there: {}; if there is none: {}",
                download(&argument),
                build(&needed.name, &argument),
            );
            found.push(
                Diagnostic::warning(problem)
                    .at(text.at)
                    .code("L25")
                    .hint(hint),
            );
        }
        found
    }
}

/// Whether a wheel's name is that of a library.
fn is_of(wheel: &str, library: &str) -> bool {
    normal(wheel.split('-').next().unwrap_or(wheel)) == normal(library)
}

/// `1.0` of NAME-1.0-py3-none-any.whl.
fn version(wheel: &str) -> &str {
    wheel.split('-').nth(1).unwrap_or_default()
}

/// The command that fetches a wheel without compiled code.
fn download(requirement: &str) -> String {
    format!("`pip download --no-deps --platform any --only-binary :all: -d wheels {requirement}`")
}

/// The command that builds a wheel without its compiled half, for libraries that can do without it. Only this library is built: what
/// its build needs may well be compiled.
fn build(library: &str, requirement: &str) -> String {
    let own = if normal(library) == "pyyaml" {
        "PYYAML_FORCE_LIBYAML=0 "
    } else {
        ""
    };
    format!("`CC=false {own}pip wheel --no-deps --no-binary {library} -w wheels {requirement}`")
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn shown(name: &str) -> String {
    copyable(&format!("wheels/{name}"))
}

/// Quoted, and not shortened.
fn copyable(name: &str) -> String {
    format!("`{}`", clip(name, MAX_FILE_NAME))
}

fn sources(name: &str) -> Flaw {
    let hint = format!(
        "build a wheel of it: `pip wheel --no-deps -w wheels wheels/{name}`; it can be used if the wheel's name ends in -none-any.whl"
    );
    Flaw::Other("holds sources, and nothing is built here", hint)
}

fn without_compiling(name: &str) -> String {
    let library = name.split('-').next().unwrap_or(name);
    format!(
        "Rehearsal imports pure-Python wheels only (…-none-any.whl); look for one ({}), build one without the compiled half ({}), or take an older version or another library in Python",
        download(library),
        build(library, library)
    )
}

/// `py2.py3` of NAME-VERSION-py2.py3-none-any.whl.
fn python_tags(name: &str) -> Option<&str> {
    name.strip_suffix(".whl")?.rsplit('-').nth(2)
}

/// Whether a wheel with this tag is meant for a Python like this one.
fn runs_here(tag: &str) -> bool {
    matches!(tag, "py3" | "cp3" | "cp314")
        || tag
            .strip_prefix("py3")
            .is_some_and(|minor| minor.parse().is_ok_and(|minor: u8| minor <= 14))
}

fn flaw(path: &Path) -> Option<Flaw> {
    let name = name_of(path);
    let stem = name.strip_suffix(".whl")?;
    // NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM
    let tags: Vec<_> = stem.rsplitn(4, '-').collect();
    if tags.len() < 4 {
        let hint = "wheels are named NAME-VERSION-PYTHON-ABI-PLATFORM.whl";
        return Some(Flaw::Other("is not named like a wheel", hint.into()));
    }
    if tags[0] != "any" || tags[1] != "none" {
        return Some(Flaw::Compiled);
    }
    let mut start = [0; 4];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    if read.is_err() || start != *ZIP {
        return Some(Flaw::Other(
            "is no zip file, as a wheel must be",
            "download it again".into(),
        ));
    }
    None
}
