//! Headers as SCPI's manuals write them: `[SOURce]:VOLTage[:LEVel]`.

/// How many keywords of a header may be left out.
const MOST_OPTIONAL: usize = 6;

/// A keyword with its short form in capitals: `VOLTage`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyword {
    short: String,
    long: String,
    /// What stands behind it, 1 where nothing does.
    number: u32,
}

/// A header with all its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// As it was written.
    pub text: String,
    pub query: bool,
    forms: Vec<Vec<Keyword>>,
}

impl Keyword {
    pub fn parse(text: &str) -> Option<Self> {
        let (word, number) = split_number(text)?;
        let short: String = word
            .chars()
            .take_while(|c| c.is_ascii_uppercase() || *c == '_')
            .collect();
        let rest = word.strip_prefix(short.as_str())?;
        let fits = short.starts_with(|c: char| c.is_ascii_uppercase())
            && rest.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        fits.then(|| Self {
            long: word.to_ascii_uppercase(),
            short,
            number,
        })
    }

    /// In any letter case.
    pub fn is(&self, text: &str) -> bool {
        split_number(text).is_some_and(|(word, number)| {
            number == self.number
                && (word.eq_ignore_ascii_case(&self.short) || word.eq_ignore_ascii_case(&self.long))
        })
    }

    /// Its short form, as an instrument answers it.
    pub fn short(&self) -> String {
        match self.number {
            1 => self.short.clone(),
            number => format!("{}{number}", self.short),
        }
    }

    pub fn is_like(&self, other: &Self) -> bool {
        let own = [&self.short, &self.long];
        self.number == other.number && (own.contains(&&other.short) || own.contains(&&other.long))
    }
}

/// A word and the number behind it.
fn split_number(text: &str) -> Option<(&str, u32)> {
    let word = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = text.strip_prefix(word)?;
    let number = if digits.is_empty() {
        1
    } else {
        digits.parse().ok()?
    };
    Some((word, number))
}

impl Header {
    /// Reads a header, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (body, query) = match text.trim().strip_suffix('?') {
            Some(body) => (body, true),
            None => (text.trim(), false),
        };
        if body.starts_with('*') {
            return Err("is a common command, and those are there by themselves");
        }
        let mut forms: Vec<Vec<Keyword>> = vec![Vec::new()];
        let (mut word, mut optional, mut options) = (String::new(), false, 0);
        // A colon at the end finishes the last word.
        for c in body.chars().chain([':']) {
            match c {
                '[' if !optional => {}
                ']' if optional => {}
                ':' => {}
                c if c.is_ascii_alphanumeric() || c == '_' => {
                    word.push(c);
                    continue;
                }
                _ => return Err("is no SCPI header"),
            }
            if !word.is_empty() {
                let keyword = Keyword::parse(&word)
                    .ok_or("needs the short form of each keyword in capitals")?;
                word.clear();
                let before = forms.clone();
                for form in &mut forms {
                    form.push(keyword.clone());
                }
                if optional {
                    options += 1;
                    forms.extend(before);
                }
                if options > MOST_OPTIONAL {
                    return Err("has more than six keywords that may be left out");
                }
            }
            optional = match c {
                '[' => true,
                ']' => false,
                _ => optional,
            };
        }
        if optional || forms.iter().any(Vec::is_empty) {
            return Err("is no SCPI header");
        }
        Ok(Self {
            text: text.trim().into(),
            query,
            forms,
        })
    }

    /// Whether these keywords name it.
    pub fn is(&self, keywords: &[&str]) -> bool {
        let same = |form: &Vec<Keyword>| {
            form.len() == keywords.len()
                && form
                    .iter()
                    .zip(keywords)
                    .all(|(keyword, text)| keyword.is(text))
        };
        self.forms.iter().any(same)
    }

    /// Whether some keywords name both.
    pub fn is_like(&self, other: &Self) -> bool {
        let same = |one: &Vec<Keyword>, other: &Vec<Keyword>| {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.is_like(other))
        };
        self.forms
            .iter()
            .any(|one| other.forms.iter().any(|other| same(one, other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_short_and_long_forms() {
        let header = Header::parse("[SOURce]:VOLTage[:LEVel][:IMMediate]").unwrap();
        for text in [
            "VOLT",
            "volt",
            "Voltage",
            "SOUR:VOLT",
            "source1:voltage:level:imm",
            "VOLT:IMM",
        ] {
            let keywords: Vec<_> = text.split(':').collect();
            assert!(header.is(&keywords), "{text}");
        }
        for text in ["VOLTA", "VOL", "SOUR", "VOLT2", "LEV", "VOLT:LEV:LEV", ""] {
            let keywords: Vec<_> = text.split(':').collect();
            assert!(!header.is(&keywords), "{text}");
        }
        assert!(Header::parse("OUTPut2?").unwrap().is(&["outp2"]));
        assert!(Header::parse("OUTPut2?").unwrap().query);
    }

    #[test]
    fn headers_that_some_text_names_are_alike() {
        let like = |one, other| {
            Header::parse(one)
                .unwrap()
                .is_like(&Header::parse(other).unwrap())
        };
        assert!(like("[SOURce]:VOLTage", "VOLT"));
        assert!(like("MEASure:VOLTage[:DC]?", "MEAS:VOLT"));
        assert!(!like("VOLTage", "VOLTage2"));
        assert!(!like("VOLTage", "CURRent"));
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for (text, problem) in [
            (
                "*IDN?",
                "is a common command, and those are there by themselves",
            ),
            (
                "voltage",
                "needs the short form of each keyword in capitals",
            ),
            (
                "VOLT:lev",
                "needs the short form of each keyword in capitals",
            ),
            ("VoLT", "needs the short form of each keyword in capitals"),
            ("", "is no SCPI header"),
            ("[VOLTage]", "is no SCPI header"),
            ("[VOLTage", "is no SCPI header"),
            ("VOLT AGE", "is no SCPI header"),
            ("[[A]:B]", "is no SCPI header"),
            ("A]", "is no SCPI header"),
            (
                "[A]:[B]:[C]:[D]:[E]:[F]:[G]:H",
                "has more than six keywords that may be left out",
            ),
        ] {
            assert_eq!(Header::parse(text), Err(problem), "{text}");
        }
    }
}
