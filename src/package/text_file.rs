//! A file of the package as text, or what keeps it from being one.

use std::{fs::File, io::Read, path::Path};

use crate::{
    diagnostic::{Diagnostic, Diagnostics, clip},
    source::{FileId, Sources, Span},
};

/// Larger files are refused unread.
pub const MAX_SIZE: u64 = 4 << 20;

/// Reads a file into `sources` under `name`. A byte order mark is left out, so that columns count from the first character.
pub fn read(
    path: &Path,
    name: &str,
    sources: &mut Sources,
    problems: &mut Diagnostics,
) -> Option<FileId> {
    let bytes = bytes_of(path, name, problems)?;
    text(&bytes, name, sources, problems)
}

/// What is in a file.
pub fn bytes_of(path: &Path, name: &str, problems: &mut Diagnostics) -> Option<Vec<u8>> {
    let shown = format!("`{}`", clip(name, 200));
    match bytes(path) {
        Ok(bytes) => Some(bytes),
        Err(Unreadable::Io(error)) => {
            problems.push(Diagnostic::error(format!(
                "failed to read {shown}: {error}"
            )));
            None
        }
        Err(Unreadable::NotAFile) => {
            problems.push(Diagnostic::error(format!("{shown} is not a regular file")));
            None
        }
        Err(Unreadable::TooLarge) => {
            let problem =
                Diagnostic::error(format!("{shown} is larger than {} MB", MAX_SIZE >> 20));
            problems.push(
                problem
                    .hint("put data into a file that the test code reads, such as data/table.csv"),
            );
            None
        }
    }
}

/// Adds what was read to `sources`.
pub fn text(
    bytes: &[u8],
    name: &str,
    sources: &mut Sources,
    problems: &mut Diagnostics,
) -> Option<FileId> {
    let shown = format!("`{}`", clip(name, 200));
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        problems
            .push(Diagnostic::error(format!("{shown} is UTF-16 text")).hint("save it as UTF-8"));
        return None;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(sources.add(name, text)),
        Err(error) => {
            // Everything before the bad byte is as long in the text shown as in the file.
            let start = error.valid_up_to();
            let file = sources.add(name, String::from_utf8_lossy(bytes));
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            let at = Span {
                file,
                start: count(start),
                end: count(start + '\u{fffd}'.len_utf8()),
            };
            let byte = bytes.get(start).copied().unwrap_or_default();
            problems.push(
                Diagnostic::error(format!(
                    "{shown} is not UTF-8 text: byte 0x{byte:02x} at offset {start}"
                ))
                .at(at)
                .hint("save it as UTF-8"),
            );
            None
        }
    }
}

enum Unreadable {
    Io(std::io::Error),
    NotAFile,
    TooLarge,
}

impl From<std::io::Error> for Unreadable {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Unreadable> {
    // Asked before opening, for opening a named pipe waits for its writer.
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(Unreadable::NotAFile);
    }
    if metadata.len() > MAX_SIZE {
        return Err(Unreadable::TooLarge);
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_SIZE + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_SIZE {
        return Err(Unreadable::TooLarge);
    }
    Ok(bytes)
}
