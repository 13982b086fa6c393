//! What was said: JSON, text, or bytes in hexadecimal. What looks like a secret is left out.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::flow::Secrets;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    Json(Json),
    Text(String),
    /// In upper case, two digits a byte.
    Hex(String),
}

impl Content {
    /// The body of a message with this media type; none when it is empty.
    pub fn of_body(bytes: &[u8], media: Option<&str>, secrets: &Secrets) -> Option<Self> {
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if bytes.is_empty() {
            return None;
        }
        let says = media.is_some_and(|media| media.to_ascii_lowercase().contains("json"));
        if (says || matches!(first, Some(b'{' | b'[')))
            && let Ok(json) = serde_json::from_slice(bytes)
        {
            let mut json = json;
            secrets.mask(&mut json);
            return Some(Self::Json(json));
        }
        Some(match Self::of_bytes(bytes) {
            Self::Text(text) => Self::Text(secrets.masked_form(&text)),
            other => other,
        })
    }

    /// The body of an answer. What its server does not call JSON may be a file, whose bytes count: it is kept as it is, unless there is a secret in it.
    pub fn of_answer(bytes: &[u8], media: Option<&str>, secrets: &Secrets) -> Option<Self> {
        let body = Self::of_body(bytes, media, secrets)?;
        let is_file = media.is_some_and(|media| !media.to_ascii_lowercase().contains("json"));
        Some(match body {
            Self::Json(json)
                if is_file && serde_json::from_slice(bytes).is_ok_and(|its: Json| its == json) =>
            {
                Self::of_bytes(bytes)
            }
            body => body,
        })
    }

    /// Text when all of it can be shown, else hexadecimal.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let shows = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        match str::from_utf8(bytes) {
            Ok(text) if text.chars().all(shows) => Self::Text(text.into()),
            _ => Self::Hex(bytes.iter().map(|byte| format!("{byte:02X}")).collect()),
        }
    }

    /// The bytes it stands for; JSON in its shortest form.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Json(json) => json.to_string().into_bytes(),
            Self::Text(text) => text.clone().into_bytes(),
            Self::Hex(digits) => digits
                .as_bytes()
                .chunks(2)
                .filter_map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
                .collect(),
        }
    }
}

/// A path without the values of those of its query's fields whose names say that they are secret.
pub fn masked_path(path: &str, secrets: &Secrets) -> String {
    match path.split_once('?') {
        Some((path, query)) => format!("{path}?{}", secrets.masked_form(query)),
        None => path.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_can_be_read_is_kept_to_be_read() {
        let body = |text: &str| Content::of_body(text.as_bytes(), None, &Secrets::default());
        assert_eq!(body(""), None);
        assert_eq!(
            body("{\"a\": 1.50}"),
            Some(Content::Json(
                serde_json::from_str("{\"a\": 1.50}").expect("JSON")
            ))
        );
        assert_eq!(body("*IDN?\n"), Some(Content::Text("*IDN?\n".into())));
        let bytes = [0, 0xff, 0x10];
        let hex = Content::of_bytes(&bytes);
        assert_eq!(hex, Content::Hex("00FF10".into()));
        assert_eq!(hex.bytes(), bytes);
    }

    #[test]
    fn a_file_that_happens_to_be_json_is_kept_as_it_is() {
        let none = Secrets::default();
        let file = b"{\n  \"a\": 1\n}";
        let octets = Some("application/octet-stream");
        let kept = Content::of_answer(file, octets, &none);
        assert_eq!(kept, Some(Content::Text("{\n  \"a\": 1\n}".into())));
        let reply = Content::of_answer(file, Some("application/json"), &none);
        assert_eq!(reply, Some(Content::Json(json!({"a": 1}))));
        let secret = Content::of_answer(b"{\"token\": \"x\"}", octets, &none);
        assert_eq!(secret, Some(Content::Json(json!({"token": "***"}))));
    }

    #[test]
    fn secrets_are_left_out() {
        let named = Secrets::with(&["PIN".into()]);
        let body = Content::of_body(
            br#"{"wifi": {"ssid": "lab", "password": "hunter2"}, "token": null, "pin": 4711, "passwordSet": false}"#,
            None,
            &named,
        );
        let expected = json!({"wifi": {"ssid": "lab", "password": "***"}, "token": null, "pin": "***", "passwordSet": false});
        assert_eq!(body, Some(Content::Json(expected)));
        assert_eq!(
            masked_path("/a?tail=5&api_key=x", &named),
            "/a?tail=5&api_key=***"
        );
        assert_eq!(masked_path("/a", &named), "/a");
        assert_eq!(masked_path("/a?pass%77ord=x", &named), "/a?pass%77ord=***");
        let form = Content::of_body(b"user=x&password=y&b=", None, &named);
        assert_eq!(form, Some(Content::Text("user=x&password=***&b=".into())));
    }
}
