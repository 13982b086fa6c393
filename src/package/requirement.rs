//! What a package or a wheel asks the package index for (`requests[socks]>=2,<3; python_version < "3.11"`).

use super::marker;

/// The signs of version specifiers, the longer before those they begin with.
const SIGNS: [&str; 8] = ["===", "~=", "==", "!=", "<=", ">=", "<", ">"];

#[derive(Debug, PartialEq)]
pub struct Requirement {
    pub name: String,
    /// As written, without brackets and spaces; empty for any version.
    pub versions: String,
    /// Whether it is asked for in the Python that packages get. Not so with a marker beyond what is understood here, which
    /// may well be for another system.
    pub wanted: bool,
}

impl Requirement {
    /// None for what names no library, such as an address or a switch of pip.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || "._-".contains(letter)))
            .unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let mut rest = rest.trim_start();
        if !name.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            || !(rest.is_empty() || rest.starts_with(|letter| "[(<>=!~;@".contains(letter)))
        {
            return None;
        }
        if rest.starts_with('[') {
            rest = rest.split_once(']')?.1.trim_start();
        }
        let (versions, marker) = match rest.strip_prefix('@') {
            // A semicolon is part of an address unless a space stands before it.
            Some(address) => ("", address.split_once(" ;").unwrap_or_default().1),
            None => rest.split_once(';').unwrap_or((rest, "")),
        };
        let versions = versions.trim();
        let bare = versions
            .strip_prefix('(')
            .and_then(|versions| versions.strip_suffix(')'));
        Some(Self {
            name: name.into(),
            versions: bare.unwrap_or(versions).split_whitespace().collect(),
            wanted: marker.trim().is_empty() || marker::holds(marker) == Some(true),
        })
    }

    /// Whether a version is one of those asked for; None where that is not understood.
    pub fn allows(&self, version: &str) -> Option<bool> {
        let mut allowed = true;
        for specifier in self.versions.split(',').map(str::trim) {
            if specifier.is_empty() {
                continue;
            }
            let (sign, wanted) = SIGNS
                .iter()
                .find_map(|sign| Some((*sign, specifier.strip_prefix(sign)?.trim())))?;
            allowed &= match (sign, wanted.strip_suffix(".*")) {
                ("==", Some(start)) => begins(version, start)?,
                ("!=", Some(start)) => !begins(version, start)?,
                ("~=", None) => {
                    let (start, _) = wanted.rsplit_once('.')?;
                    marker::compare(version, ">=", wanted, true)? && begins(version, start)?
                }
                (_, None) => marker::compare(version, sign, wanted, true)?,
                (_, Some(_)) => return None,
            };
        }
        Some(allowed)
    }
}

/// Whether a version's first numbers are these.
fn begins(version: &str, start: &str) -> Option<bool> {
    let mut version = marker::numbers(version)?;
    let start = marker::numbers(start)?;
    version.resize(version.len().max(start.len()), 0);
    Some(version.starts_with(&start))
}

#[cfg(test)]
mod tests {
    use super::Requirement;

    #[test]
    fn a_requirement_is_read_as_pip_reads_it() {
        for (text, name, versions, wanted) in [
            ("idna<4, >=2.5", "idna", "<4,>=2.5", true),
            ("a[x,y] (>=1) ; os_name == 'nt'", "a", ">=1", false),
            ("b-c.d ; moon == 'full'", "b-c.d", "", false),
            (
                "e @ https://host/e.whl;x ; os_name == 'posix'",
                "e",
                "",
                true,
            ),
        ] {
            let expected = Requirement {
                name: name.into(),
                versions: versions.into(),
                wanted,
            };
            assert_eq!(Requirement::parse(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "-r more.txt",
            "git+https://host/x",
            "./x.whl",
            "two words",
        ] {
            assert_eq!(Requirement::parse(text), None, "{text}");
        }
    }

    #[test]
    fn versions_are_compared_as_far_as_they_are_numbers() {
        for (versions, version, expected) in [
            ("", "1.0rc1", Some(true)),
            ("==5.28.1", "5.28.1", Some(true)),
            ("==5.28.1", "5.28.10", Some(false)),
            (">=2,<3", "2.32.3", Some(true)),
            (">=2, <3", "3", Some(false)),
            ("~=2.2.1", "2.2.9", Some(true)),
            ("~=2.2.1", "2.3", Some(false)),
            ("==1.0.*", "1", Some(true)),
            ("!=1.5.*", "1.5.7", Some(false)),
            (">=1", "1.0rc1", None),
            ("newest", "1.0", None),
        ] {
            let requirement = Requirement::parse(&format!("x {versions}"));
            let allowed = match requirement {
                Some(requirement) => requirement.allows(version),
                None => None,
            };
            assert_eq!(allowed, expected, "{versions} {version}");
        }
    }
}
