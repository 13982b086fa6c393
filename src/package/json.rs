//! JSON text (RFC 8259, nothing more) to a tree of nodes.
//!
//! Our own reader, because a value's place in the file is wanted, which `serde_json` does not tell; a test holds the two to the same
//! idea of what JSON is.

use rehearsal_python::value::Value;

use super::{
    model::{Scalar, Spanned, Text},
    node::{Entry, MAX_DEPTH, MAX_NODES, Mapping, Node, Sequence, number},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    source::{FileId, Span},
};

/// `None`: it is no JSON, which `problems` says; with a tree there may be duplicate keys among them.
pub fn read(text: &str, file: FileId, problems: &mut Diagnostics) -> Option<Node> {
    let mut reader = Reader {
        text,
        file,
        at: 0,
        nodes: 0,
        problems,
    };
    match reader.document() {
        Ok(node) => Some(node),
        Err(problem) => {
            problems.push(*problem);
            None
        }
    }
}

type Read<T> = Result<T, Box<Diagnostic>>;

struct Reader<'a> {
    text: &'a str,
    file: FileId,
    /// The byte read next; always at a character's start.
    at: usize,
    nodes: usize,
    problems: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn document(&mut self) -> Read<Node> {
        self.space();
        let node = self.value(0)?;
        self.space();
        match self.peek() {
            None => Ok(node),
            Some(_) => Err(self.unexpected("expected the end of the file")),
        }
    }

    fn value(&mut self, depth: usize) -> Read<Node> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let problem = Diagnostic::error(format!("more than {MAX_NODES} values in one file"));
            return Err(problem.at(self.span(self.at, self.at)).into());
        }
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.array(depth),
            Some('"') => {
                let text = self.string()?;
                let value = Value::Str(text.value.clone());
                Ok(Node::Scalar(Scalar {
                    value,
                    text: text.value,
                    quoted: true,
                    at: text.at,
                }))
            }
            _ => self.word(),
        }
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Read<Node> {
        let rest = &self.text[self.at..];
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || "+-._".contains(c)))
            .unwrap_or(rest.len());
        let word = &rest[..length];
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::None,
            _ if is_number(word) => number(word).unwrap_or(Value::None),
            _ => return Err(self.unexpected("expected a value")),
        };
        let start = self.at;
        self.at += length;
        Ok(Node::Scalar(Scalar {
            value,
            text: word.to_owned(),
            quoted: false,
            at: self.span(start, self.at),
        }))
    }

    fn object(&mut self, depth: usize) -> Read<Node> {
        let start = self.open(depth)?;
        let mut entries: Vec<Entry> = Vec::new();
        let mut known = std::collections::HashMap::new();
        let mut more = self.more('}', true)?;
        while more {
            if self.peek() != Some('"') {
                return Err(self.unexpected("expected a key in double quotes"));
            }
            let key = self.string()?;
            self.space();
            if !self.eat(':') {
                return Err(self.unexpected("expected `:` after a key"));
            }
            self.space();
            let value = self.value(depth + 1)?;
            match known
                .get(&key.value)
                .and_then(|index: &usize| entries.get(*index))
            {
                Some(first) => self.problems.push(
                    Diagnostic::error(format!("duplicate key {}", quoted(&key.value)))
                        .at(key.at)
                        .also(first.key.at, "first given here")
                        .hint("remove one of the two"),
                ),
                None => {
                    known.insert(key.value.clone(), entries.len());
                    entries.push(Entry { key, value });
                }
            }
            more = self.more('}', false)?;
        }
        Ok(Node::Mapping(Mapping {
            entries,
            at: self.first_line(start),
        }))
    }

    fn array(&mut self, depth: usize) -> Read<Node> {
        let start = self.open(depth)?;
        let mut items = Vec::new();
        let mut more = self.more(']', true)?;
        while more {
            items.push(self.value(depth + 1)?);
            more = self.more(']', false)?;
        }
        Ok(Node::Sequence(Sequence {
            items,
            at: self.first_line(start),
        }))
    }

    fn open(&mut self, depth: usize) -> Read<usize> {
        let start = self.at;
        self.at += 1;
        if depth >= MAX_DEPTH {
            let problem = Diagnostic::error(format!(
                "lists and mappings are nested more than {MAX_DEPTH} deep"
            ));
            return Err(problem.at(self.span(start, self.at)).into());
        }
        Ok(start)
    }

    /// Whether another item follows; takes the comma before it, or the bracket.
    fn more(&mut self, close: char, first: bool) -> Read<bool> {
        self.space();
        if self.eat(close) {
            return Ok(false);
        }
        if first {
            return Ok(true);
        }
        let comma = self.at;
        if !self.eat(',') {
            return Err(self.unexpected(&format!("expected `,` or `{close}`")));
        }
        self.space();
        if self.peek() == Some(close) {
            return Err(Diagnostic::error("not valid JSON: trailing comma")
                .at(self.span(comma, comma + 1))
                .hint(format!("remove the comma before `{close}`"))
                .into());
        }
        Ok(true)
    }

    fn string(&mut self) -> Read<Text> {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let from = self.at;
            match self.next() {
                Some('"') => {
                    return Ok(Spanned {
                        value,
                        at: self.span(start, self.at),
                    });
                }
                Some('\\') => value.push(self.escape(from)?),
                None | Some('\n' | '\r') => {
                    let problem = Diagnostic::error("not valid JSON: a text has no closing quote");
                    let line = self.first_line(start);
                    return Err(problem.at(line).into());
                }
                Some(c) if c < ' ' => {
                    let escape = if c == '\t' {
                        "\\t".into()
                    } else {
                        format!("\\u{:04x}", u32::from(c))
                    };
                    return Err(
                        Diagnostic::error("not valid JSON: control character in a text")
                            .at(self.span(from, self.at))
                            .hint(format!("write it as {escape}"))
                            .into(),
                    );
                }
                Some(c) => value.push(c),
            }
        }
    }

    /// What follows a backslash, itself at `from`.
    fn escape(&mut self, from: usize) -> Read<char> {
        let plain = match self.next() {
            Some(c @ ('"' | '\\' | '/')) => Some(c),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('u') => self.unicode(),
            _ => None,
        };
        plain.ok_or_else(|| {
            Diagnostic::error("not valid JSON: unknown escape in a text")
                .at(self.span(from, self.at))
                .hint("write `\\\\` for a backslash")
                .into()
        })
    }

    /// Four hexadecimal digits, and the second half of a surrogate pair.
    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        let second = (self.eat('\\') && self.eat('u'))
            .then(|| self.hex())
            .flatten()?;
        let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + low)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn unexpected(&self, expected: &str) -> Box<Diagnostic> {
        let hint = match self.peek() {
            Some('/' | '#') => Some("JSON has no comments"),
            Some('\'') => Some("JSON wants double quotes"),
            _ => None,
        };
        let found = match self.peek() {
            None => ", found the end of the file".into(),
            Some(c) => format!(", found {}", quoted(&c.to_string())),
        };
        let expected = if expected.contains("end of the file") {
            expected.to_owned()
        } else {
            format!("{expected}{found}")
        };
        let end = self.at
            + self
                .peek()
                .filter(|c| !c.is_control())
                .map_or(0, char::len_utf8);
        let problem =
            Diagnostic::error(format!("not valid JSON: {expected}")).at(self.span(self.at, end));
        Box::new(match hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        })
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            file: self.file,
            start: count(start),
            end: count(end),
        }
    }

    fn first_line(&self, start: usize) -> Span {
        let piece = self.text[start..self.at]
            .lines()
            .next()
            .unwrap_or_default()
            .trim_end();
        self.span(start, start + piece.len())
    }
}

/// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?`
fn is_number(word: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let word = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = match word.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (word, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent
            .is_none_or(|exponent| digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn accepted(text: &str) -> bool {
        let mut problems = Diagnostics::default();
        let file = Sources::default().add("package.json", text);
        read(text, file, &mut problems).is_some()
    }

    #[test]
    fn what_is_json_is_what_serde_json_says() {
        let seeds = [
            r#"{"a": [1, -0.5e+3, true, false, null, "\u00e4\ud83d\ude00\n\\"], "b": {"c": {}}, "d": []}"#,
            r#"[01, 1., .5, +1, -, 1e, NaN, Infinity, 'x', "\x", "\ud800", "\udc00"]"#,
            "\t{\r\n\t\"tab\": \"a\tb\"}\n",
            "{\"a\": 1,} // comment",
            "\u{feff}{}",
            "\u{a0}{}",
        ];
        let replacements = [
            "", ",", "\"", "\\", "]", "}", "0", "-", "e", ".", "ä", "\u{0}", "tru", "\\u12",
        ];
        for seed in seeds {
            for (at, c) in seed.char_indices() {
                for replacement in replacements {
                    for tail in [&seed[at + c.len_utf8()..], ""] {
                        let text = format!("{}{replacement}{tail}", &seed[..at]);
                        let judge = serde_json::from_str::<serde_json::Value>(&text).is_ok();
                        assert_eq!(accepted(&text), judge, "{text:?}");
                    }
                }
            }
        }
    }
}
