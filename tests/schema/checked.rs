//! A file as its reader and its schema see it.

use std::{fs, path::Path};

use jsonschema::Validator;
use rehearsal::{
    diagnostic::{Diagnostic, Diagnostics, Severity},
    host::bench,
    package::{json, load, node::Node, yaml},
    schema::Described,
    source::Sources,
};
use rehearsal_python::value::Value;
use serde_json::Value as Json;
use tempfile::TempDir;

const MANIFEST: &str =
    r#"{"name": "Demo_v01", "version": "1.0.0", "author": "Jo", "description": "a demo"}"#;
const TEST: &str = "test: {name: T, version: \"1.0.0\", steps: [{name: S, type: mock}]}";

/// A kind of file with its schema, and a package to put such files into.
pub struct Checked {
    pub described: Described,
    validator: Validator,
    package: TempDir,
}

impl Checked {
    pub fn new(described: Described) -> Self {
        let schema = described.schema();
        let package = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(package.path().join("tests")).expect("a folder");
        fs::write(package.path().join("package.json"), MANIFEST).expect("a file");
        fs::write(package.path().join("tests/main.yaml"), TEST).expect("a file");
        Self {
            described,
            validator: jsonschema::draft7::new(&schema).expect("a schema of draft 7"),
            package,
        }
    }

    /// What the reader says of such a file.
    pub fn read(&self, text: &str) -> Vec<Diagnostic> {
        let problems = match self.described {
            Described::Bench => return read_bench(None, text),
            Described::Test => self.load("tests/main.yaml", text),
            Described::Local => self.load("local.yaml", text),
            Described::Package => self.load("package.json", text),
        };
        problems.iter().cloned().collect()
    }

    fn load(&self, name: &str, text: &str) -> Diagnostics {
        fs::write(self.package.path().join(name), text).expect("a file");
        match load(self.package.path()) {
            Ok((_, warnings)) => warnings,
            Err(error) => error.diagnostics,
        }
    }

    pub fn is_accepted(&self, text: &str) -> bool {
        !has_errors(&self.read(text))
    }

    pub fn is_valid(&self, text: &str) -> bool {
        self.validator.is_valid(&seen(self.described, text))
    }

    /// What the schema says against such a file.
    pub fn complaints(&self, text: &str) -> Vec<String> {
        let value = seen(self.described, text);
        let errors = self.validator.iter_errors(&value);
        errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }
}

/// What the reader says of a bench, beside the files it names.
pub fn read_bench(folder: Option<&Path>, text: &str) -> Vec<Diagnostic> {
    let (mut sources, mut problems) = (Sources::default(), Diagnostics::default());
    let file = sources.add("bench.yaml", text);
    match folder {
        Some(folder) => bench::read_beside(folder, text, file, &mut problems),
        None => bench::read(text, file, &mut problems),
    };
    problems.iter().cloned().collect()
}

pub fn has_errors(problems: &[Diagnostic]) -> bool {
    problems.iter().any(|one| one.severity == Severity::Error)
}

/// A file as an editor sees it that knows YAML 1.2.
fn seen(described: Described, text: &str) -> Json {
    let (mut sources, mut problems) = (Sources::default(), Diagnostics::default());
    let file = sources.add("file", text);
    let node = match described {
        Described::Package => json::read(text, file, &mut problems),
        _ => yaml::read(text, file, &mut problems),
    };
    node.map_or(Json::Null, |node| as_json(&node))
}

fn as_json(node: &Node) -> Json {
    match node {
        Node::Scalar(scalar) => match &scalar.value {
            Value::None => Json::Null,
            Value::Bool(value) => (*value).into(),
            Value::Int(value) => (*value).into(),
            Value::Float(value) if value.is_finite() => (*value).into(),
            Value::Big(value) => value.as_str().parse::<f64>().expect("a number").into(),
            _ => scalar.text.as_str().into(),
        },
        Node::Sequence(sequence) => sequence.items.iter().map(as_json).collect(),
        Node::Mapping(mapping) => {
            let entries = mapping.entries.iter();
            Json::Object(
                entries
                    .map(|entry| (entry.key.value.clone(), as_json(&entry.value)))
                    .collect(),
            )
        }
    }
}
