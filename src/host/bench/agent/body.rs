//! The JSON a client sends, its fields found in any letter case and checked for their types.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::problem::Problem;

/// One JSON object of a request; a field that is null counts as absent.
pub struct Body {
    fields: Map<String, Json>,
}

/// Reads the whole body as JSON.
pub fn parse(bytes: &[u8]) -> Result<Json, Problem> {
    if bytes.is_empty() {
        return Err(Problem::bad_request(
            "the request has no body: JSON is expected",
        ));
    }
    serde_json::from_slice(bytes)
        .map_err(|error| Problem::bad_request(format!("the body is no JSON: {error}")))
}

impl Body {
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        Self::of(parse(bytes)?)
    }

    pub fn of(json: Json) -> Result<Self, Problem> {
        match json {
            Json::Object(fields) => Ok(Self { fields }),
            other => Err(Problem::bad_request(format!(
                "the body must be a JSON object, not {}",
                describe(&other)
            ))),
        }
    }

    fn field(&self, name: &str) -> Option<&Json> {
        self.fields
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .filter(|value| !value.is_null())
    }

    pub fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        let text = |value: &'_ Json| wrong(name, "text", value);
        self.field(name)
            .map(|value| value.as_str().ok_or_else(|| text(value)))
            .transpose()
    }

    pub fn owned_text(&self, name: &str) -> Result<Option<String>, Problem> {
        Ok(self.text(name)?.map(String::from))
    }

    pub fn required_text(&self, name: &str) -> Result<&str, Problem> {
        self.text(name)?.ok_or_else(|| missing(name))
    }

    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.field(name)
            .map(|value| {
                value
                    .as_bool()
                    .ok_or_else(|| wrong(name, "true or false", value))
            })
            .transpose()
    }

    /// A whole number of at least `least`.
    pub fn whole(&self, name: &str, least: i64) -> Result<Option<i64>, Problem> {
        let Some(value) = self.field(name) else {
            return Ok(None);
        };
        let number = value.as_i64().ok_or_else(|| match value {
            Json::Number(_) => Problem::bad_request(format!(
                "field \"{name}\" must be a whole number, not {value}"
            )),
            other => wrong(name, "a whole number", other),
        })?;
        if number < least {
            return Err(Problem::bad_request(format!(
                "field \"{name}\" must be at least {least}, not {number}"
            )));
        }
        Ok(Some(number))
    }

    /// A finite number.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Problem> {
        self.field(name)
            .map(|value| value.as_f64().ok_or_else(|| wrong(name, "a number", value)))
            .transpose()
    }

    /// Empty when absent.
    pub fn list(&self, name: &str) -> Result<&[Json], Problem> {
        self.field(name)
            .map(|value| value.as_array().ok_or_else(|| wrong(name, "a list", value)))
            .transpose()
            .map(|items| items.map(Vec::as_slice).unwrap_or_default())
    }

    /// An object within this one.
    pub fn section(&self, name: &str) -> Result<Option<Self>, Problem> {
        self.field(name)
            .map(|value| match value {
                Json::Object(fields) => Ok(Self {
                    fields: fields.clone(),
                }),
                other => Err(wrong(name, "an object", other)),
            })
            .transpose()
    }

    /// A list of objects.
    pub fn sections(&self, name: &str) -> Result<Option<Vec<Self>>, Problem> {
        if self.field(name).is_none() {
            return Ok(None);
        }
        let objects = self.list(name)?.iter().map(|item| match item {
            Json::Object(fields) => Ok(Self {
                fields: fields.clone(),
            }),
            other => Err(wrong(name, "a list of objects", other)),
        });
        objects.collect::<Result<_, _>>().map(Some)
    }

    /// The same without other fields than these.
    #[must_use]
    pub fn only(mut self, names: &[&str]) -> Self {
        self.fields
            .retain(|key, _| names.iter().any(|name| key.eq_ignore_ascii_case(name)));
        self
    }

    /// A word or the number of its flags.
    pub fn flags<T>(
        &self,
        name: &str,
        from_text: impl Fn(&str) -> Option<T>,
        from_bits: impl Fn(u64) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.field(name) else {
            return Ok(None);
        };
        let found = match value {
            Json::String(text) => from_text(text),
            Json::Number(number) => number.as_u64().and_then(from_bits),
            other => return Err(wrong(name, "text", other)),
        };
        found
            .map(Some)
            .ok_or_else(|| Problem::bad_request(format!("field \"{name}\" cannot be {value}")))
    }

    pub fn required_texts(&self, name: &str) -> Result<Vec<&str>, Problem> {
        let value = self.field(name).ok_or_else(|| missing(name))?;
        let items = value
            .as_array()
            .ok_or_else(|| wrong(name, "a list of text", value))?;
        items
            .iter()
            .map(|item| {
                item.as_str()
                    .ok_or_else(|| wrong(name, "a list of text", item))
            })
            .collect()
    }

    /// Names and texts.
    pub fn required_text_map(&self, name: &str) -> Result<IndexMap<&str, &str>, Problem> {
        let value = self.field(name).ok_or_else(|| missing(name))?;
        let entries = value
            .as_object()
            .ok_or_else(|| wrong(name, "an object of text", value))?;
        let text =
            |(key, value): (&'_ String, &'_ Json)| wrong(&format!("{name}.{key}"), "text", value);
        entries
            .iter()
            .map(|(key, value)| {
                Ok((
                    key.as_str(),
                    value.as_str().ok_or_else(|| text((key, value)))?,
                ))
            })
            .collect()
    }

    /// Names and plain values, numbers and booleans as their text; empty when absent.
    pub fn plain_map(&self, name: &str) -> Result<IndexMap<String, String>, Problem> {
        let entries = self.object(name)?.into_iter().flatten();
        entries
            .map(|(key, value)| {
                let text = match value {
                    Json::String(text) => text.clone(),
                    Json::Number(_) | Json::Bool(_) => value.to_string(),
                    other => return Err(wrong(&format!("{name}.{key}"), "text", other)),
                };
                Ok((key.clone(), text))
            })
            .collect()
    }

    pub fn object(&self, name: &str) -> Result<Option<&Map<String, Json>>, Problem> {
        self.field(name)
            .map(|value| {
                value
                    .as_object()
                    .ok_or_else(|| wrong(name, "an object", value))
            })
            .transpose()
    }
}

fn missing(name: &str) -> Problem {
    Problem::bad_request(format!("field \"{name}\" is missing"))
}

fn wrong(name: &str, wanted: &str, found: &Json) -> Problem {
    Problem::bad_request(format!(
        "field \"{name}\" must be {wanted}, not {}",
        describe(found)
    ))
}

pub fn describe(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
