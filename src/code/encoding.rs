//! Python files in another encoding than UTF-8, which they name in a comment at their top (PEP 263).

use std::path::Path;

use crate::{
    diagnostic::{Diagnostic, Diagnostics, clip, quoted},
    package::text_file,
    source::{FileId, Sources},
};

/// Those of 0x80 to 0x9f in Windows' Western encoding; the control characters among them are in no use.
const CP1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Where ISO 8859-15 differs from ISO 8859-1.
const LATIN9: [(u8, char); 8] = [
    (0xa4, '€'),
    (0xa6, 'Š'),
    (0xa8, 'š'),
    (0xb4, 'Ž'),
    (0xb8, 'ž'),
    (0xbc, 'Œ'),
    (0xbd, 'œ'),
    (0xbe, 'Ÿ'),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    Latin9,
    Cp1252,
}

/// Reads a Python file as the text that Python makes of it.
pub fn read(
    path: &Path,
    name: &str,
    sources: &mut Sources,
    problems: &mut Diagnostics,
) -> Option<FileId> {
    let bytes = text_file::bytes_of(path, name, problems)?;
    let written = declared(&bytes).unwrap_or("utf-8");
    let shown = clip(name, 200);
    match encoding(written) {
        // Most encodings have the ASCII characters where UTF-8 has them.
        None if bytes.is_ascii() && !written.to_ascii_lowercase().starts_with("utf") => {
            text_file::text(&bytes, name, sources, problems)
        }
        None => {
            let problem = format!(
                "`{shown}` is not checked: it is written in the encoding {}",
                quoted(written)
            );
            let hint = "save it as UTF-8, and take out the comment that names the encoding";
            problems.push(Diagnostic::warning(problem).hint(hint));
            None
        }
        Some(Encoding::Utf8) => text_file::text(&bytes, name, sources, problems),
        Some(Encoding::Ascii) => {
            if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii()) {
                let problem = format!(
                    "`{shown}` is not ASCII, as its comment says: byte 0x{:02x} at offset {at}",
                    bytes[at]
                );
                let hint = "save it as UTF-8, and take out the comment that names the encoding";
                problems.push(Diagnostic::error(problem).hint(hint));
                return None;
            }
            text_file::text(&bytes, name, sources, problems)
        }
        Some(one) => {
            let text: String = bytes.iter().map(|byte| one.character(*byte)).collect();
            Some(sources.add(name, text))
        }
    }
}

impl Encoding {
    fn character(self, byte: u8) -> char {
        let other = match self {
            Self::Cp1252 => byte
                .checked_sub(0x80)
                .and_then(|index| CP1252.get(usize::from(index)).copied()),
            Self::Latin9 => LATIN9
                .iter()
                .find_map(|(its, character)| (*its == byte).then_some(*character)),
            Self::Utf8 | Self::Ascii | Self::Latin1 => None,
        };
        other.unwrap_or(char::from(byte))
    }
}

/// The encoding that a comment in the first two lines names: `# -*- coding: latin-1 -*-`.
fn declared(bytes: &[u8]) -> Option<&str> {
    // Saved with a byte order mark it is UTF-8.
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return None;
    }
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        // Anything else than a comment in the first line ends the search.
        if !line.starts_with(b"#") {
            return None;
        }
        if let Some(name) = named(line) {
            return Some(name);
        }
    }
    None
}

fn named(comment: &[u8]) -> Option<&str> {
    let word = b"coding";
    let after = comment
        .windows(word.len() + 1)
        .position(|part| part.starts_with(word) && matches!(part.last(), Some(b':' | b'=')))?
        + word.len()
        + 1;
    let rest = comment.get(after..)?.trim_ascii_start();
    let belongs = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let end = rest.iter().position(|byte| !belongs(byte));
    let name = rest.get(..end.unwrap_or(rest.len()))?;
    let name = std::str::from_utf8(name).ok()?;
    (!name.is_empty()).then_some(name)
}

/// By the names that Python knows; `None` for those that are not read here.
fn encoding(written: &str) -> Option<Encoding> {
    let name = written.to_ascii_lowercase().replace('_', "-");
    Some(match name.as_str() {
        "utf-8" | "utf8" | "u8" | "utf-8-sig" | "utf-8-unix" | "utf-8-dos" => Encoding::Utf8,
        "ascii" | "us-ascii" | "646" => Encoding::Ascii,
        "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "iso-latin-1"
        | "8859" | "cp819" | "latin-1-unix" | "latin-1-dos" | "iso-8859-1-unix" => Encoding::Latin1,
        "latin-9" | "latin9" | "l9" | "iso-8859-15" | "iso8859-15" | "iso-8859-15-unix" => {
            Encoding::Latin9
        }
        "cp1252" | "windows-1252" | "1252" => Encoding::Cp1252,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_named_in_a_comment_of_the_first_two_lines() {
        for (text, expected) in [
            ("# -*- coding: latin-1 -*-\n", Some("latin-1")),
            (
                "#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\n",
                Some("cp1252"),
            ),
            ("\n#coding:ascii", Some("ascii")),
            ("# coding\n# coding = utf-8\n", None),
            ("\u{feff}# coding: latin-1\n", None),
            ("x = 1\n# coding: latin-1\n", None),
            ("\n\n# coding: latin-1\n", None),
            ("", None),
        ] {
            assert_eq!(declared(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn a_byte_is_the_character_that_its_encoding_has_there() {
        for (encoding, byte, character) in [
            (Encoding::Latin1, 0xb0, '°'),
            (Encoding::Latin1, 0xa4, '¤'),
            (Encoding::Latin9, 0xa4, '€'),
            (Encoding::Latin9, 0xb0, '°'),
            (Encoding::Cp1252, 0x80, '€'),
            (Encoding::Cp1252, 0x99, '™'),
            (Encoding::Cp1252, 0xb5, 'µ'),
            (Encoding::Cp1252, b'a', 'a'),
        ] {
            assert_eq!(encoding.character(byte), character, "{encoding:?} {byte}");
        }
    }
}
