//! Parameters of commands, and how a line is taken apart.

use super::status::{BAD_STRING, BAD_SUFFIX, DATA_TYPE, OUT_OF_RANGE, ScpiError};

/// Multipliers of units. `MA` is mega; an `M` is milli, but before `OHM` and `HZ`.
const MULTIPLIERS: [(&str, f64); 8] = [
    ("N", 1e-9),
    ("U", 1e-6),
    ("MA", 1e6),
    ("M", 1e-3),
    ("K", 1e3),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e-12),
];

/// Splits at a character, but not within quotes.
pub fn split(text: &str, at: char) -> Vec<&str> {
    let mut quote = None;
    text.split(|c: char| match (c, quote) {
        (c, None) if c == '"' || c == '\'' => {
            quote = Some(c);
            false
        }
        (c, Some(open)) if c == open => {
            quote = None;
            false
        }
        (c, None) => c == at,
        _ => false,
    })
    .collect()
}

/// A finite number with or without a unit, in that unit.
pub fn number(text: &str, unit: Option<&str>) -> Result<f64, ScpiError> {
    let number = quantity(text, unit)?;
    number.is_finite().then_some(number).ok_or(OUT_OF_RANGE)
}

fn quantity(text: &str, unit: Option<&str>) -> Result<f64, ScpiError> {
    let digits = numeric_length(text);
    let (number, suffix) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| DATA_TYPE)?;
    let suffix = suffix.trim();
    if suffix.is_empty() {
        return Ok(number);
    }
    let unit = unit.ok_or(BAD_SUFFIX)?.to_ascii_uppercase();
    let suffix = suffix.to_ascii_uppercase();
    let multiplier = suffix.strip_suffix(&unit).ok_or(BAD_SUFFIX)?;
    if multiplier.is_empty() {
        return Ok(number);
    }
    if multiplier == "M" && ["OHM", "HZ"].contains(&unit.as_str()) {
        return Ok(number * 1e6);
    }
    MULTIPLIERS
        .iter()
        .find(|(name, _)| *name == multiplier)
        .map(|(_, factor)| number * factor)
        .ok_or(BAD_SUFFIX)
}

/// How many bytes at the beginning are a decimal number.
fn numeric_length(text: &str) -> usize {
    let mut end = 0;
    let mut exponent = false;
    let bytes = text.as_bytes();
    while let Some(byte) = bytes.get(end) {
        let before = end.checked_sub(1).and_then(|at| bytes.get(at));
        let sign_fits = end == 0 || (exponent && matches!(before, Some(b'e' | b'E')));
        match byte {
            b'0'..=b'9' | b'.' => {}
            b'+' | b'-' if sign_fits => {}
            b'e' | b'E' if end > 0 && !exponent && begins_exponent(&bytes[end + 1..]) => {
                exponent = true;
            }
            _ => break,
        }
        end += 1;
    }
    end
}

fn begins_exponent(rest: &[u8]) -> bool {
    match rest {
        [b'+' | b'-', digit, ..] | [digit, ..] => digit.is_ascii_digit(),
        [] => false,
    }
}

/// `ON`, `OFF`, or a number, which is on unless it rounds to 0.
pub fn boolean(text: &str) -> Result<bool, ScpiError> {
    if text.eq_ignore_ascii_case("ON") {
        return Ok(true);
    }
    if text.eq_ignore_ascii_case("OFF") {
        return Ok(false);
    }
    number(text, None).map(|number| number.round() != 0.0)
}

/// A text in quotes of either kind; two of them stand for one.
pub fn string(text: &str) -> Result<String, ScpiError> {
    let mut chars = text.chars();
    let quote = chars.next().filter(|c| *c == '"' || *c == '\'');
    let quote = quote.ok_or(DATA_TYPE)?;
    let inner = chars.as_str().strip_suffix(quote).ok_or(BAD_STRING)?;
    let doubled = [quote, quote].iter().collect::<String>();
    let rest = inner.replace(&doubled, "");
    if rest.contains(quote) {
        return Err(BAD_STRING);
    }
    Ok(inner.replace(&doubled, &quote.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_have_units() {
        for (text, unit, expected) in [
            ("3.3", None, Ok(3.3)),
            ("-1e-3", None, Ok(-0.001)),
            ("+.5E+1", None, Ok(5.0)),
            ("3.3V", Some("V"), Ok(3.3)),
            ("330 mv", Some("V"), Ok(0.33)),
            ("2MAOHM", Some("OHM"), Ok(2e6)),
            ("2MOHM", Some("OHM"), Ok(2e6)),
            ("2kHz", Some("HZ"), Ok(2000.0)),
            ("3.3V", None, Err(BAD_SUFFIX)),
            ("3.3A", Some("V"), Err(BAD_SUFFIX)),
            ("3.3XV", Some("V"), Err(BAD_SUFFIX)),
            ("", None, Err(DATA_TYPE)),
            ("abc", Some("V"), Err(DATA_TYPE)),
            ("inf", None, Err(DATA_TYPE)),
            ("1e400", None, Err(OUT_OF_RANGE)),
            ("-1E400", Some("V"), Err(OUT_OF_RANGE)),
            ("1e308 MAV", Some("V"), Err(OUT_OF_RANGE)),
            ("1-2", None, Err(BAD_SUFFIX)),
        ] {
            assert_eq!(number(text, unit), expected, "{text}");
        }
    }

    #[test]
    fn quotes_hold_together() {
        assert_eq!(split("A 'x;y';B", ';'), ["A 'x;y'", "B"]);
        assert_eq!(string("\"a\"\"b'\""), Ok("a\"b'".into()));
        assert_eq!(string("'a"), Err(BAD_STRING));
        assert_eq!(string("'a'b'"), Err(BAD_STRING));
        assert_eq!(string("a"), Err(DATA_TYPE));
    }

    #[test]
    fn booleans_are_words_or_numbers() {
        for (text, expected) in [
            ("on", Ok(true)),
            ("Off", Ok(false)),
            ("1", Ok(true)),
            ("0.2", Ok(false)),
            ("true", Err(DATA_TYPE)),
        ] {
            assert_eq!(boolean(text), expected, "{text}");
        }
    }
}
