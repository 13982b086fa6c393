//! What was sent and answered, in one readable line and without secrets.

use std::borrow::Cow;

use http::{HeaderMap, Request, Response, header};
use serde_json::Value as Json;

use crate::flow::{MASK, Secrets};

/// The most characters of a body that are shown.
const MOST: usize = 300;
/// The parts of a request and its answer beside method, path and status; each is empty, or begins so that it can follow what stands
/// before it. No header is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// With its question mark.
    pub query: String,
    pub request: String,
    pub reply: String,
}

impl Exchange {
    pub fn of(request: &Request<Vec<u8>>) -> Self {
        Self {
            query: request.uri().query().map(query).unwrap_or_default(),
            request: body(request.headers(), request.body()),
            reply: String::new(),
        }
    }

    pub fn answered(&mut self, response: &Response<Vec<u8>>) {
        self.reply = body(response.headers(), response.body());
    }
}

fn query(query: &str) -> String {
    let shown = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if Secrets::default().cover(name) => Cow::Owned(format!("{name}={MASK}")),
        _ => Cow::Borrowed(pair),
    });
    format!("?{}", shorten(&shown.collect::<Vec<_>>().join("&")))
}

fn body(headers: &HeaderMap, bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    match serde_json::from_slice(bytes) {
        Ok(mut json) => {
            hide(&mut json);
            format!(" {}", shorten(&json.to_string()))
        }
        // Nobody knows what is a secret in it.
        Err(_) => {
            let kind = headers.get(header::CONTENT_TYPE);
            let kind = kind
                .and_then(|kind| kind.to_str().ok())
                .unwrap_or("no type");
            let kind = kind.split(';').next().unwrap_or_default();
            format!(" <{} bytes of {}>", bytes.len(), shorten(kind))
        }
    }
}

fn hide(json: &mut Json) {
    match json {
        Json::Object(fields) => {
            for (name, value) in fields {
                if Secrets::default().cover(name) && (value.is_string() || value.is_number()) {
                    *value = MASK.into();
                } else {
                    hide(value);
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}

/// One line of text, not too long.
fn shorten(text: &str) -> String {
    let plain = text.replace(|c: char| c.is_control(), " ");
    match plain.char_indices().nth(MOST) {
        Some((end, _)) => {
            let kept = plain.get(..end).unwrap_or_default();
            format!("{kept}... ({} bytes)", text.len())
        }
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(uri: &str, kind: &str, sent: &str) -> String {
        let request = Request::post(uri)
            .header("Content-Type", kind)
            .header("Authorization", "Basic c2VjcmV0")
            .body(sent.as_bytes().to_vec())
            .unwrap();
        let exchange = Exchange::of(&request);
        exchange.query + &exchange.request
    }

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        let json = "application/json";
        for (uri, sent, expected) in [
            (
                "/a",
                r#"{"wifi": {"ssid": "Lab", "Password": "open sesame"}}"#,
                r#" {"wifi":{"ssid":"Lab","Password":"***"}}"#,
            ),
            (
                "/a?x=1&api_key=abc&y",
                r#"[{"X-Api-Key": 5, "passwordSet": true}]"#,
                r#"?x=1&api_key=***&y [{"X-Api-Key":"***","passwordSet":true}]"#,
            ),
            ("/a", "", ""),
        ] {
            assert_eq!(shown(uri, json, sent), expected);
        }
        let broken = shown("/a", "application/json; x", r#"{"password": "open sesame""#);
        assert_eq!(broken, " <26 bytes of application/json>");
    }

    #[test]
    fn a_long_body_is_cut_and_stays_one_line() {
        let long = format!("\"{}\"", "\u{e4}".repeat(400));
        let expected = format!(" \"{}... (802 bytes)", "\u{e4}".repeat(MOST - 1));
        assert_eq!(shown("/a", "application/json", &long), expected);
    }
}
