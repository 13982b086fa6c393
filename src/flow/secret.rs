//! Which values must not be written down: those whose name says that they are secret.

/// What stands in a secret's place in events and reports.
pub const MASK: &str = "***";

/// Whether a key names a secret: it holds "password", "token", "secret" or "apikey", in any case and with any separators.
pub fn looks_secret(key: &str) -> bool {
    let key: String = key
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    ["password", "passwd", "token", "secret", "apikey"]
        .iter()
        .any(|word| key.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_known_in_any_spelling() {
        for key in [
            "PASSWORD",
            "mes_token",
            "Client-Secret",
            "API_KEY",
            "apiKey",
        ] {
            assert!(looks_secret(key), "{key}");
        }
        for key in ["AGENT_HOST", "pass_count", "key", "tokyo"] {
            assert!(!looks_secret(key), "{key}");
        }
    }
}
