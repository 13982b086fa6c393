//! Where two things that were said differ, field by field.

use std::fmt;

use serde_json::Value as Json;

use super::{
    content::Content,
    format::{Ended, Entry, Exchange},
};

/// One field that differs, with what stands there on either side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `method`, `path`, or `body.` and the names from the outside in.
    pub field: String,
    pub expected: String,
    pub actual: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            expected,
            actual,
        } = self;
        write!(f, "{field}: expected {expected}, actual {actual}")
    }
}

/// Where a request differs from the one that was recorded; `ignore` names fields of bodies that may.
pub fn differences(expected: &Exchange, actual: &Exchange, ignore: &[String]) -> Vec<Difference> {
    let fields = |its: &Exchange| [its.method.clone(), its.path.clone()];
    let mut found = unlike(["method", "path"], fields(expected), fields(actual));
    contents(
        "body",
        expected.body.as_ref(),
        actual.body.as_ref(),
        ignore,
        &mut found,
    );
    found
}

/// Where two recorded answers differ.
pub fn answers(expected: &Exchange, actual: &Exchange, ignore: &[String]) -> Vec<Difference> {
    let fields = |its: &Exchange| {
        [
            its.status.map_or("no answer".into(), |it| it.to_string()),
            its.media.clone().unwrap_or("JSON".into()),
            format!("{:?}", its.headers),
            its.closed.map_or("goes on", Ended::shown).into(),
        ]
    };
    let names = ["status", "media", "headers", "connection"];
    let mut found = unlike(names, fields(expected), fields(actual));
    contents(
        "reply",
        expected.reply.as_ref(),
        actual.reply.as_ref(),
        ignore,
        &mut found,
    );
    found
}

fn unlike<const N: usize>(
    names: [&str; N],
    expected: [String; N],
    actual: [String; N],
) -> Vec<Difference> {
    let pairs = names.into_iter().zip(expected.into_iter().zip(actual));
    pairs
        .filter(|(_, (expected, actual))| expected != actual)
        .map(|(field, (expected, actual))| Difference {
            field: field.into(),
            expected,
            actual,
        })
        .collect()
}

fn contents(
    name: &str,
    expected: Option<&Content>,
    actual: Option<&Content>,
    ignore: &[String],
    found: &mut Vec<Difference>,
) {
    match (expected, actual) {
        (Some(Content::Json(expected)), Some(Content::Json(actual))) => {
            json(name, "", Some(expected), Some(actual), ignore, found);
        }
        (expected, actual) if expected != actual => found.push(Difference {
            field: name.into(),
            expected: expected.map_or("nothing".into(), shown),
            actual: actual.map_or("nothing".into(), shown),
        }),
        _ => {}
    }
}

fn json(
    name: &str,
    path: &str,
    expected: Option<&Json>,
    actual: Option<&Json>,
    ignore: &[String],
    found: &mut Vec<Difference>,
) {
    if expected == actual || ignore.iter().any(|pattern| matches(pattern, path)) {
        return;
    }
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match (expected, actual) {
        (Some(Json::Object(left)), Some(Json::Object(right))) => {
            let new = right.keys().filter(|key| !left.contains_key(*key));
            for key in left.keys().chain(new) {
                json(
                    name,
                    &below(key),
                    left.get(key),
                    right.get(key),
                    ignore,
                    found,
                );
            }
        }
        (Some(Json::Array(left)), Some(Json::Array(right))) => {
            for index in 0..left.len().max(right.len()) {
                let key = below(&index.to_string());
                json(name, &key, left.get(index), right.get(index), ignore, found);
            }
        }
        _ => found.push(Difference {
            field: if path.is_empty() {
                name.into()
            } else {
                format!("{name}.{path}")
            },
            expected: expected.map_or("nothing".into(), Json::to_string),
            actual: actual.map_or("nothing".into(), Json::to_string),
        }),
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.split('.'), path.split('.'));
    pattern.clone().count() == path.clone().count()
        && pattern
            .zip(path)
            .all(|(want, is)| want == "*" || want == is)
}

/// What was said, on one line.
pub fn shown(content: &Content) -> String {
    match content {
        Content::Json(json) => json.to_string(),
        Content::Text(text) => format!("{text:?}"),
        Content::Hex(digits) => format!("hex {digits}"),
    }
}

/// What the code did, on one line.
pub fn action(entry: &Entry) -> String {
    if let Some(connect) = &entry.connect {
        return format!("connect to {}:{}", connect.host, connect.port);
    }
    if let Some(http) = &entry.http {
        let body = http.body.as_ref().map(|body| format!(" {}", shown(body)));
        return format!("{} {}{}", http.method, http.path, body.unwrap_or_default());
    }
    match (&entry.sent, &entry.received) {
        (Some(sent), _) => format!("send {}", shown(sent)),
        (_, Some(received)) => format!("receive {}", shown(received)),
        _ => format!(
            "the connection is {}",
            entry.closed.map_or("over", Ended::shown)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(method: &str, body: &str) -> Exchange {
        Exchange {
            method: method.into(),
            path: "/api/comm/i2c".into(),
            body: Content::of_body(body.as_bytes(), None, &Default::default()),
            status: None,
            reply: None,
            media: None,
            headers: std::collections::BTreeMap::new(),
            closed: None,
        }
    }

    fn told(expected: &Exchange, actual: &Exchange, ignore: &[&str]) -> Vec<String> {
        let ignore: Vec<_> = ignore.iter().map(ToString::to_string).collect();
        let found = differences(expected, actual, &ignore);
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn json_is_compared_field_by_field() {
        let expected = exchange(
            "POST",
            r#"{"Address": "50", "Data": {"Time": 1, "Bytes": [1, 2]}}"#,
        );
        let actual = exchange(
            "POST",
            r#"{"Address": "51", "Data": {"Time": 2, "Bytes": [1, 3, 4]}, "Extra": null}"#,
        );
        assert_eq!(
            told(&expected, &actual, &["Data.Time"]),
            [
                "body.Address: expected \"50\", actual \"51\"",
                "body.Data.Bytes.1: expected 2, actual 3",
                "body.Data.Bytes.2: expected nothing, actual 4",
                "body.Extra: expected nothing, actual null",
            ]
        );
        assert!(told(&expected, &expected, &[]).is_empty());
        assert_eq!(
            told(&expected, &actual, &["Address", "Data.*", "Extra"]),
            [""; 0]
        );
        assert_eq!(
            told(&expected, &exchange("PUT", "*IDN?"), &[]),
            [
                "method: expected POST, actual PUT",
                r#"body: expected {"Address":"50","Data":{"Time":1,"Bytes":[1,2]}}, actual "*IDN?""#,
            ]
        );
    }
}
