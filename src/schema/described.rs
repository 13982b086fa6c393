//! The files that have a schema.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value as Json};

use super::{bench::Bench, local::Local, package::Package, test::TestFile};

/// A kind of file that users write and editors can help with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Described {
    Test,
    Local,
    Bench,
    Package,
}

#[derive(Debug, thiserror::Error)]
#[error("failed to write the schema of {name} as text: {source}")]
pub struct SchemaError {
    name: &'static str,
    source: serde_json::Error,
}

impl Described {
    pub const ALL: [Self; 4] = [Self::Test, Self::Local, Self::Bench, Self::Package];

    /// What a command line calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Local => "local",
            Self::Bench => "bench",
            Self::Package => "package",
        }
    }

    /// Which files of a package it is.
    pub fn files(self) -> &'static str {
        match self {
            Self::Test => "tests/**/*.yaml",
            Self::Local => "local.yaml",
            Self::Bench => "bench.yaml",
            Self::Package => "package.json",
        }
    }

    /// What such a file is for.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Test => "the steps of a test and their limits",
            Self::Local => "what a station would inject, for local runs",
            Self::Bench => "the simulated bench",
            Self::Package => "who the package is",
        }
    }

    /// In draft 7, which every editor reads.
    pub fn schema(self) -> Json {
        match self {
            Self::Test => draft07::<TestFile>(),
            Self::Local => draft07::<Local>(),
            Self::Bench => draft07::<Bench>(),
            Self::Package => draft07::<Package>(),
        }
    }

    /// The schema as a file holds it.
    ///
    /// # Errors
    /// Where it cannot be written as text, which would be a bug.
    pub fn text(self) -> Result<String, SchemaError> {
        let mut text =
            serde_json::to_string_pretty(&self.schema()).map_err(|source| SchemaError {
                name: self.name(),
                source,
            })?;
        text.push('\n');
        Ok(text)
    }
}

/// What says which schema it is comes first, for people.
fn draft07<T: JsonSchema>() -> Json {
    let mut schema = SchemaSettings::draft07()
        .into_generator()
        .into_root_schema_for::<T>();
    let mut ordered = Map::new();
    for key in ["$schema", "title", "description"] {
        if let Some(value) = schema.remove(key) {
            ordered.insert(key.into(), value);
        }
    }
    ordered.extend(schema.as_object().cloned().unwrap_or_default());
    Json::Object(ordered)
}
