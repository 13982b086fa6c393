//! Messages with places that vary, and answers with places to fill in: `set {volts} V`.

use std::collections::{BTreeMap, BTreeSet};

/// A message in pieces. `{{` and `}}` stand for braces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Place(String),
}

/// What stood in the places of a message.
pub type Captured = BTreeMap<String, String>;

impl Pattern {
    /// Reads a pattern, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '{' | '}' if chars.peek() == Some(&c) => {
                    chars.next();
                    plain.push(c);
                }
                '{' => {
                    let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                    let name = name.trim();
                    if name.is_empty() || name.contains('{') {
                        return Err("has a { without a name and a }".into());
                    }
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(Piece::Place(name.into()));
                }
                '}' => return Err("has a } without a {".into()),
                c => plain.push(c),
            }
        }
        // A place that the end of the text cut off.
        if let Some(Piece::Place(name)) = pieces.last()
            && plain.is_empty()
            && !text.ends_with('}')
        {
            return Err(format!("has a place \"{name}\" without its }}"));
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// The names of its places.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Place(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// Gives places other names.
    pub fn places_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.0.iter_mut().filter_map(|piece| match piece {
            Piece::Place(name) => Some(name),
            Piece::Text(_) => None,
        })
    }

    /// Reads a pattern that messages are held to, or says what is wrong with it.
    pub fn parse_message(text: &str) -> Result<Self, String> {
        let pattern = Self::parse(text)?;
        for pair in pattern.0.windows(2) {
            if let [Piece::Place(one), Piece::Place(other)] = pair {
                return Err(format!("has nothing between {{{one}}} and {{{other}}}"));
            }
        }
        let mut seen = BTreeSet::new();
        if let Some(place) = pattern.places().find(|place| !seen.insert(*place)) {
            return Err(format!("has {{{place}}} twice"));
        }
        Ok(pattern)
    }

    /// What stands in its places, at least one character in each and as few as possible in all but the last; none when the message
    /// is another one.
    pub fn captured(&self, message: &str) -> Option<Captured> {
        let mut captured = Captured::new();
        let mut rest = message;
        let mut pieces = self.0.iter().peekable();
        if let Some(Piece::Text(text)) = pieces.peek() {
            rest = rest.strip_prefix(text.as_str())?;
            pieces.next();
        }
        while let Some(Piece::Place(name)) = pieces.next() {
            let text = match pieces.next() {
                None => "",
                Some(Piece::Text(text)) => text,
                Some(Piece::Place(_)) => return None,
            };
            let end = if pieces.peek().is_none() {
                rest.strip_suffix(text)?.len()
            } else {
                let first = rest.chars().next()?.len_utf8();
                first + rest.get(first..)?.find(text)?
            };
            let (part, behind) = rest.split_at(end);
            if part.is_empty() {
                return None;
            }
            captured.insert(name.clone(), part.into());
            rest = behind.strip_prefix(text)?;
        }
        rest.is_empty().then_some(captured)
    }

    /// The text with its places filled in; those of which nothing is known stay empty.
    pub fn filled(&self, mut value: impl FnMut(&str) -> Option<String>) -> String {
        let fill = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Place(name) => value(name).unwrap_or_default(),
        };
        self.0.iter().map(fill).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(pattern: &str, message: &str) -> Option<Vec<(String, String)>> {
        let captured = Pattern::parse(pattern).unwrap().captured(message);
        captured.map(|captured| captured.into_iter().collect())
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn places_take_what_stands_there() {
        assert_eq!(captured("reset", "reset"), Some(vec![]));
        assert_eq!(captured("reset", "resets"), None);
        assert_eq!(captured("", ""), Some(vec![]));
        assert_eq!(
            captured("set {volts} V", "set 3.3 V"),
            Some(vec![pair("volts", "3.3")])
        );
        assert_eq!(captured("set {volts} V", "set  V"), None);
        assert_eq!(
            captured("{key}={value}", "a=b=ä"),
            Some(vec![pair("key", "a"), pair("value", "b=ä")])
        );
        assert_eq!(captured("{{{x}}}", "{7}"), Some(vec![pair("x", "7")]));
        assert_eq!(
            captured("{a}-{b}.", "é--."),
            Some(vec![pair("a", "é"), pair("b", "-")])
        );
        assert_eq!(captured("{a}-{b}.", "--"), None);
        assert_eq!(captured("{a}{b}", "xy"), None);
    }

    #[test]
    fn a_message_needs_text_between_its_places() {
        let problem = "has nothing between {a} and {b}";
        assert_eq!(Pattern::parse_message("{a}{b}"), Err(problem.into()));
        assert!(Pattern::parse_message("{a} {b}").is_ok());
        let problem = "has {a} twice";
        assert_eq!(Pattern::parse_message("{a} {b} {a}"), Err(problem.into()));
    }

    /// No message takes long, however it is made.
    #[test]
    fn many_places_are_tried_once() {
        let pattern: String = (0..1000).map(|place| format!("{{x{place}}}a")).collect();
        let pattern = Pattern::parse_message(&pattern).unwrap();
        assert_eq!(
            pattern
                .captured(&"a".repeat(100_000))
                .map(|found| found.len()),
            Some(1000)
        );
        assert_eq!(pattern.captured(&"ba".repeat(999)), None);
    }

    #[test]
    fn places_are_filled_in() {
        let pattern = Pattern::parse("{a}, {{{b}}} {c}.").unwrap();
        let value = |name: &str| (name != "c").then(|| name.repeat(2));
        assert_eq!(pattern.filled(value), "aa, {bb} .");
    }

    #[test]
    fn braces_come_in_pairs() {
        for (text, problem) in [
            ("a {", "has a { without a name and a }"),
            ("a {b {c}", "has a { without a name and a }"),
            ("{}", "has a { without a name and a }"),
            ("a {b", "has a place \"b\" without its }"),
            ("a } b", "has a } without a {"),
        ] {
            assert_eq!(Pattern::parse(text), Err(problem.into()), "{text}");
        }
    }
}
