//! Values as Python writes them.

use std::fmt::Write as _;

use rehearsal_python::value::{BigInt, Value};

use crate::{flow::Variable, package::model::Number};

/// Words that Python does not take as names.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// A text between double quotes; what could not be seen in the file is escaped.
pub fn text(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if hidden(c) => {
                let code = u32::from(c);
                // Writing to a String cannot fail.
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Control characters, and those that change how what follows is shown.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A variable's first value. A number whose text Python would write differently (`007`, `1.50`) is that text: templates show it as
/// written, and measurements read it as the same number.
pub fn variable(variable: &Variable) -> String {
    let number = |plain: String| match *variable.text() == plain {
        true => plain,
        false => text(&variable.text()),
    };
    match &variable.value {
        Value::None => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(int) => number(int.to_string()),
        Value::Big(int) => number(int.as_str().into()),
        Value::Float(float) if float.is_finite() => number(format!("{float:?}")),
        Value::Float(_) | Value::Str(_) | Value::List(_) | Value::Dict(_) => text(&variable.text()),
    }
}

/// A limit or target: whole where it is written so.
pub fn limit(number: &Number) -> String {
    match BigInt::parse(&number.text) {
        Some(whole) => whole.as_str().into(),
        None => format!("{:?}", number.value),
    }
}

/// Whether Python takes the text as a name.
pub fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters
        .next()
        .is_some_and(|c| c == '_' || c.is_ascii_alphabetic());
    first && characters.all(|c| c == '_' || c.is_ascii_alphanumeric()) && !KEYWORDS.contains(&text)
}

/// A name in snake_case from any text; it may be empty or begin with a digit.
pub fn snake_case(text: &str) -> String {
    let mut out = String::new();
    let mut after_small = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && after_small {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
            after_small = !c.is_ascii_uppercase();
        } else {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
            after_small = false;
        }
    }
    out.trim_end_matches('_').into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_one_line_between_quotes() {
        assert_eq!(
            text("a\"b\\c\n\u{7f}\u{202e}Ω"),
            r#""a\"b\\c\n\x7f\u202eΩ""#
        );
    }

    #[test]
    fn names_of_settings_become_names_of_python() {
        for (given, expected) in [
            ("AGENT_HOST", "agent_host"),
            ("ProductId", "product_id"),
            ("mes.Order-No", "mes_order_no"),
            ("Ωmega", "mega"),
            ("9V", "9_v"),
        ] {
            assert_eq!(snake_case(given), expected, "{given}");
        }
        assert!(is_name("host") && !is_name("class") && !is_name("9v") && !is_name(""));
    }
}
