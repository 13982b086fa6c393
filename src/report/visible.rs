//! Text from outside, made safe to show: what could steer the terminal is written out.

use std::{borrow::Cow, fmt::Write};

/// Escapes control characters, and those that turn the direction of text. Tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            c if is_hidden(c) && c.is_ascii() => {
                // Writing to a String cannot fail.
                let _ = write!(shown, "\\x{:02x}", u32::from(c));
            }
            c if is_hidden(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

fn is_hidden(c: char) -> bool {
    let turns_direction =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c.is_control() && c != '\t') || turns_direction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_users_text_reaches_the_terminal_as_a_command() {
        for (text, shown) in [
            ("plain ohm \u{3a9}\ttab", "plain ohm \u{3a9}\ttab"),
            ("\u{1b}[2Jgone", "\\x1b[2Jgone"),
            ("a\r\nb\u{7}", "a\\r\\nb\\x07"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("abc\u{202e}cba", "abc\\u{202e}cba"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
