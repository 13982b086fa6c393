//! The text of a value: a number, a boolean or anything.

/// The form of a value's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Number,
    Logic,
    Text,
}

impl Form {
    /// The text as the agent keeps it, or what was wanted instead.
    pub fn normalise(self, text: &str) -> Result<String, &'static str> {
        match self {
            Self::Number => text
                .trim()
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
                .map(|_| text.trim().into())
                .ok_or("a decimal number"),
            Self::Logic => logic(text).map(logic_text).ok_or(LOGIC_WANTED),
            Self::Text => Ok(text.into()),
        }
    }
}

pub const LOGIC_WANTED: &str = "\"True\" or \"False\"";

/// Reads `True` and `False` in any letter case, `1` and `0`.
pub fn logic(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// A boolean as the agent writes it.
pub fn logic_text(value: bool) -> String {
    if value { "True" } else { "False" }.into()
}
