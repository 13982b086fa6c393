//! Which values must not be written down: those whose name says that they are secret.

use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

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

    /// A template's name for a setting, such as `cfg.PIN`, is covered as the setting's own.
    pub fn cover(&self, name: &str) -> bool {
        let own = name.rsplit('.').next().unwrap_or(name);
        let (name, own) = (plain(name), plain(own));
        WORDS.iter().any(|word| name.contains(word))
            || self.0.contains(&name)
            || self.0.contains(&own)
    }
}

impl Secrets {
    /// Takes the values out of JSON whose names are covered. Whether there is one is no secret.
    pub fn mask(&self, json: &mut Json) {
        match json {
            Json::Object(fields) => {
                for (name, value) in fields {
                    let tells = !value.is_null() && !value.is_boolean() && *value != "";
                    if self.cover(name) && tells {
                        *value = MASK.into();
                    } else {
                        self.mask(value);
                    }
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.mask(item)),
            _ => {}
        }
    }

    /// The fields of a form or a query without the values whose names are covered: `user=x&password=***`.
    pub fn masked_form(&self, text: &str) -> String {
        let covered = |name: &str| self.cover(&percent_decode_str(name).decode_utf8_lossy());
        let fields: Vec<_> = text
            .split('&')
            .map(|field| match field.split_once('=') {
                Some((name, value)) if covered(name) && !value.is_empty() => {
                    format!("{name}={MASK}")
                }
                _ => field.into(),
            })
            .collect();
        fields.join("&")
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
        for key in ["PIN", "x_licence", "password", "cfg.PIN", "exec.tag.pin"] {
            assert!(named.cover(key), "{key}");
        }
        assert!(!named.cover("pins"));
    }
}
