//! Which values must not be written down: those whose name says that they are secret.

/// What stands in a secret's place in events and reports.
pub const MASK: &str = "***";

/// Words in the names of secrets.
const WORDS: [&str; 7] = [
    "password",
    "passwd",
    "passphrase",
    "token",
    "secret",
    "apikey",
    "authorization",
];

/// Which names are those of secrets: those that hold one of a few words, in any case and with any separators, and
/// those that a package names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// With further names, in any case and with any separators.
    pub fn with(names: &[String]) -> Self {
        Self(names.iter().map(|name| plain(name)).collect())
    }

    pub fn cover(&self, name: &str) -> bool {
        let name = plain(name);
        WORDS.iter().any(|word| name.contains(word)) || self.0.contains(&name)
    }
}

fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
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
            assert!(Secrets::default().cover(key), "{key}");
        }
        for key in ["AGENT_HOST", "pass_count", "key", "tokyo", "PIN"] {
            assert!(!Secrets::default().cover(key), "{key}");
        }
        let named = Secrets::with(&["pin".into(), "X-Licence".into()]);
        for key in ["PIN", "x_licence", "password"] {
            assert!(named.cover(key), "{key}");
        }
        assert!(!named.cover("pins"));
    }
}
