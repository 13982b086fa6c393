//! The user's files as read, and places in them.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::{Deserialize, Serialize};

/// Which file of a [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A piece of one file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

/// A place as people and reports name it: line and column count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Relative to the package root, with forward slashes.
    pub file: String,
    pub line: u32,
    pub column: u32,
}

/// The text of every file read so far.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
    /// Where the lines of each file start, found when first asked for: a long test asks for every step's place.
    lines: Vec<OnceLock<Vec<usize>>>,
    long: Vec<OnceLock<LongValues>>,
}

/// Values that go on after the line they start in: their ends by their starts, in bytes.
pub type LongValues = BTreeMap<u32, u32>;

#[derive(Debug)]
pub struct Source {
    /// As messages name it.
    pub name: String,
    pub text: String,
}

impl Sources {
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(Source {
            name: name.into(),
            text: text.into(),
        });
        self.lines.push(OnceLock::new());
        self.long.push(OnceLock::new());
        id
    }

    /// # Panics
    /// With an id of another `Sources`.
    pub fn get(&self, file: FileId) -> &Source {
        &self.files[file.0 as usize]
    }

    /// Every file, in the order they were read.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        (0..).map(FileId).zip(&self.files)
    }

    /// The values of a file that have several lines; `find` reads them from its text when they are first asked for.
    ///
    /// # Panics
    /// With an id of another `Sources`.
    pub fn long_values(&self, file: FileId, find: fn(&str) -> LongValues) -> &LongValues {
        self.long[file.0 as usize].get_or_init(|| find(&self.get(file).text))
    }

    pub fn place(&self, at: Span) -> Place {
        let source = self.get(at.file);
        let starts = self.lines[at.file.0 as usize].get_or_init(|| line_starts(&source.text));
        let start = (at.start as usize).min(source.text.len());
        let line = starts.partition_point(|&line| line <= start);
        let line_start = starts[line - 1];
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place {
            file: source.name.clone(),
            line: count(line),
            column: count(
                source
                    .text
                    .get(line_start..start)
                    .map_or(0, |before| before.chars().count())
                    + 1,
            ),
        }
    }
}

/// Whether a file as a traceback names it is one of the package: its path is relative. Python's own files have an absolute path or a
/// name in angle brackets.
pub fn is_of_package(file: &str) -> bool {
    let drive = file.as_bytes().get(1) == Some(&b':');
    !(drive || file.starts_with(['/', '\\', '<']) || file.starts_with(".."))
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(text.match_indices('\n').map(|(newline, _)| newline + 1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_1() {
        let mut sources = Sources::default();
        let file = sources.add("tests/a.yaml", "a: 1\nä: 2\n");
        let place = |start| {
            let Place { line, column, .. } = sources.place(Span {
                file,
                start,
                end: start,
            });
            (line, column)
        };
        assert_eq!(place(0), (1, 1));
        assert_eq!(place(4), (1, 5));
        assert_eq!(place(5), (2, 1));
        assert_eq!(place(9), (2, 4));
        assert_eq!(place(11), (3, 1));
        assert_eq!(place(99), (3, 1));
    }

    #[test]
    fn only_relative_paths_are_of_the_package() {
        for file in ["python_modules/a.py", "a.py"] {
            assert!(is_of_package(file), "{file}");
        }
        for file in [
            "/usr/lib/a.py",
            "C:\\a.py",
            "\\\\host\\a.py",
            "<frozen os>",
            "../a.py",
        ] {
            assert!(!is_of_package(file), "{file}");
        }
    }
}
