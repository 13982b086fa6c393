//! What a wheel says of itself in its METADATA, and which modules it holds.

use std::{collections::BTreeSet, fs::File, io::Read as _, path::Path};

use zip::ZipArchive;

use super::requirement::Requirement;

/// More than any METADATA: a wheel may say what it likes of its sizes.
const MAX_METADATA: u64 = 16 << 20;

/// One library.
#[derive(Debug)]
pub struct Distribution {
    pub name: String,
    /// Its `Requires-Dist` lines.
    pub requirements: Vec<String>,
    /// What can be imported from it, by the top-level names.
    pub modules: BTreeSet<String>,
}

/// Reads the METADATA of a wheel.
///
/// # Errors
/// What is wrong with the file, as a sentence's end.
pub fn read(path: &Path) -> Result<Distribution, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut archive = ZipArchive::new(file).map_err(|error| error.to_string())?;
    let files: Vec<String> = archive
        .file_names()
        .flatten()
        .map(std::borrow::Cow::into_owned)
        .collect();
    let name = files
        .iter()
        .find(|name| name.ends_with(".dist-info/METADATA") && name.matches('/').count() == 1)
        .ok_or("it has no METADATA")?;
    let entry = archive.by_name(name).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    entry
        .take(MAX_METADATA)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    let mut distribution = parse(&String::from_utf8_lossy(&bytes))
        .ok_or_else(|| String::from("its METADATA has no Name"))?;
    distribution.modules = files.iter().filter_map(|file| module_of(file)).collect();
    Ok(distribution)
}

/// The top-level module that a file of a wheel belongs to: `serial` of serial/tools/miniterm.py, `six` of six.py or
/// six-1.0.data/purelib/six.py.
fn module_of(file: &str) -> Option<String> {
    let (first, rest) = file.split_once('/').unwrap_or((file, ""));
    if first.ends_with(".dist-info") {
        return None;
    }
    if first.ends_with(".data") {
        let (kind, inner) = rest.split_once('/')?;
        return matches!(kind, "purelib" | "platlib")
            .then(|| module_of(inner))
            .flatten();
    }
    let name = if rest.is_empty() {
        let (name, ending) = first.split_once('.')?;
        let importable = ["py", "so", "pyd"]
            .iter()
            .any(|one| ending == *one || ending.ends_with(&format!(".{one}")));
        importable.then_some(name)?
    } else {
        first
    };
    let named = name
        .chars()
        .all(|letter| letter.is_alphanumeric() || letter == '_');
    (named && !name.is_empty()).then(|| name.to_owned())
}

/// The headers end at the first empty line; the long description follows.
fn parse(metadata: &str) -> Option<Distribution> {
    let mut name = None;
    let mut requirements = Vec::new();
    for line in metadata.lines().take_while(|line| !line.is_empty()) {
        match line.split_once(':') {
            Some(("Name", value)) => name = Some(value.trim().to_owned()),
            Some(("Requires-Dist", value)) => requirements.push(value.trim().to_owned()),
            _ => {}
        }
    }
    Some(Distribution {
        name: name?,
        requirements,
        modules: BTreeSet::new(),
    })
}

impl Distribution {
    /// The names of the libraries that it cannot do without here.
    pub fn needed(&self) -> impl Iterator<Item = String> {
        self.requirements
            .iter()
            .filter_map(|text| Requirement::parse(text))
            .filter(|requirement| requirement.wanted)
            .map(|requirement| requirement.name)
    }
}

/// A name as the package index compares it.
pub fn normal(name: &str) -> String {
    let mut normal = String::new();
    for part in name.split(['-', '_', '.']).filter(|part| !part.is_empty()) {
        if !normal.is_empty() {
            normal.push('-');
        }
        normal.push_str(&part.to_ascii_lowercase());
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_library_needs_here_is_told_from_what_others_need() {
        let distribution = parse(
            "Name: My.Lib\nRequires-Dist: idna<4,>=2.5\nRequires-Dist: PySocks (!=1.5.7); extra == 'socks'\n\
             Requires-Dist: typing_extensions>=4; python_version < \"3.11\"\nRequires-Dist: colorama; sys_platform == 'win32'\n\
             Requires-Dist: attrs[x] ; python_version >= '3.8' and extra != 'none'\n\nRequires-Dist: text\n",
        )
        .unwrap();
        assert_eq!(distribution.needed().collect::<Vec<_>>(), ["idna", "attrs"]);
        assert_eq!(normal(&distribution.name), normal("my__LIB"));
    }

    #[test]
    fn the_modules_of_a_wheel_are_its_top_level_names() {
        for (file, module) in [
            ("six.py", Some("six")),
            ("serial/tools/miniterm.py", Some("serial")),
            ("_yaml.cpython-311-x86_64-linux-gnu.so", Some("_yaml")),
            ("six-1.0.data/purelib/six.py", Some("six")),
            ("six-1.0.data/scripts/six", None),
            ("six-1.0.dist-info/METADATA", None),
            ("LICENSE.txt", None),
            ("README", None),
        ] {
            assert_eq!(module_of(file).as_deref(), module, "{file}");
        }
    }
}
