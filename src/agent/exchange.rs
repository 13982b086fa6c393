//! What was sent and answered, in one readable line and without secrets.

use http::{HeaderMap, Request, Response, header};
use serde_json::{Map, Value as Json};

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
    /// The request names a secret, whose value the answer may be.
    of_secret: bool,
}

impl Exchange {
    pub fn of(request: &Request<Vec<u8>>) -> Self {
        let json: Option<Json> = serde_json::from_slice(request.body()).ok();
        Self {
            query: request.uri().query().map(query).unwrap_or_default(),
            of_secret: matches!(&json, Some(Json::Object(fields)) if names_secret(fields)),
            request: body(request.headers(), request.body(), json),
            reply: String::new(),
        }
    }

    pub fn answered(&mut self, response: &Response<Vec<u8>>) {
        let mut json: Option<Json> = serde_json::from_slice(response.body()).ok();
        if let (true, Some(Json::Object(fields))) = (self.of_secret, &mut json) {
            hide_value(fields);
        }
        self.reply = body(response.headers(), response.body(), json);
    }
}

fn query(query: &str) -> String {
    format!("?{}", shorten(&Secrets::default().masked_form(query)))
}

/// `json`: the same as `bytes`, where they are JSON.
fn body(headers: &HeaderMap, bytes: &[u8], json: Option<Json>) -> String {
    if bytes.is_empty() {
        return String::new();
    }
    match json {
        Some(mut json) => {
            hide(&mut json);
            format!(" {}", shorten(&json.to_string()))
        }
        // Nobody knows what is a secret in it.
        None => {
            let kind = headers.get(header::CONTENT_TYPE);
            let kind = kind
                .and_then(|kind| kind.to_str().ok())
                .unwrap_or("no type");
            let kind = kind.split(';').next().unwrap_or_default();
            format!(" <{} bytes of {}>", bytes.len(), shorten(kind))
        }
    }
}

/// Hides what is a secret by the name it has or by the name beside it.
fn hide(json: &mut Json) {
    hide_values(json);
    Secrets::default().mask(json);
}

/// Hides the values of resources whose names are those of secrets.
fn hide_values(json: &mut Json) {
    match json {
        Json::Object(fields) => {
            if names_secret(fields) {
                hide_value(fields);
            }
            fields.values_mut().for_each(hide_values);
        }
        Json::Array(items) => items.iter_mut().for_each(hide_values),
        _ => {}
    }
}

/// Whether it is about a resource whose value is a secret.
fn names_secret(fields: &Map<String, Json>) -> bool {
    fields.iter().any(|(key, name)| {
        key.eq_ignore_ascii_case("Name")
            && name
                .as_str()
                .is_some_and(|name| Secrets::default().cover(name))
    })
}

fn hide_value(fields: &mut Map<String, Json>) {
    for (key, value) in fields {
        if key.eq_ignore_ascii_case("Value") {
            mask(value);
        }
    }
}

/// Whether there is a secret is none.
fn mask(value: &mut Json) {
    if !value.is_null() && !value.is_boolean() {
        *value = MASK.into();
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
            (
                "/a?pass%77ord=abc&api+key=5&%FF=1",
                r#"{"passwords": ["a", {"b": "c"}], "Token": {"value": "d"}, "secret": null}"#,
                r#"?pass%77ord=***&api+key=***&%FF=1 {"passwords":"***","Token":"***","secret":null}"#,
            ),
            (
                "/a",
                r#"[{"name": "WIFI_PASSWORD", "VALUE": "x"}, {"Name": "SSID", "Value": "Lab"}]"#,
                r#" [{"name":"WIFI_PASSWORD","VALUE":"***"},{"Name":"SSID","Value":"Lab"}]"#,
            ),
            (
                "/a",
                r#"{"Resources": {"WIFI_PASSWORD": "x", "SSID": "Lab"}}"#,
                r#" {"Resources":{"WIFI_PASSWORD":"***","SSID":"Lab"}}"#,
            ),
            ("/a", "", ""),
        ] {
            assert_eq!(shown(uri, json, sent), expected);
        }
        let broken = shown("/a", "application/json; x", r#"{"password": "open sesame""#);
        assert_eq!(broken, " <26 bytes of application/json>");
    }

    #[test]
    fn the_answer_to_a_question_for_a_secret_is_hidden() {
        for (name, expected) in [("WIFI_PASSWORD", "***"), ("SSID", "Lab")] {
            let question = format!("{{\"Name\": \"{name}\"}}").into_bytes();
            let mut exchange = Exchange::of(&Request::new(question));
            let reply = br#"{"value": "Lab"}"#.to_vec();
            exchange.answered(&Response::new(reply));
            assert_eq!(exchange.reply, format!(" {{\"value\":\"{expected}\"}}"));
        }
    }

    #[test]
    fn a_long_body_is_cut_and_stays_one_line() {
        let long = format!("\"{}\"", "\u{e4}".repeat(400));
        let expected = format!(" \"{}... (802 bytes)", "\u{e4}".repeat(MOST - 1));
        assert_eq!(shown("/a", "application/json", &long), expected);
    }
}
