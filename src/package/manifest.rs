//! package.json.

use super::{
    fields::{Fields, wrong_type},
    model::{LifecycleStatus, Manifest, Requirements, Scalar, Text},
    node::Node,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use rehearsal_python::value::Value;

const LIFECYCLE: [(&str, LifecycleStatus); 4] = [
    ("NotReleased", LifecycleStatus::NotReleased),
    ("Evaluation", LifecycleStatus::Evaluation),
    ("Released", LifecycleStatus::Released),
    ("Obsolete", LifecycleStatus::Obsolete),
];

/// `None` where a required field is missing, which `problems` says.
pub fn read(node: &Node, problems: &mut Diagnostics) -> Option<Manifest> {
    let mut fields = Fields::of(node, "package.json", problems)?;
    fields.missing_breaks("L28");
    let name = required_text(&mut fields, "name");
    let version = required_text(&mut fields, "version");
    let author = required_text(&mut fields, "author");
    let author_email = text(&mut fields, "authorEmail");
    let description = required_text(&mut fields, "description");
    let lifecycle_status = fields.one_of("lifecycleStatus", &LIFECYCLE);
    let supported_product_ids = texts(&mut fields, "supportedProductIds");
    let published_date = text(&mut fields, "publishedDate");
    let requirements = fields
        .fields("requirements")
        .map(requirements)
        .unwrap_or_default();
    if let Some(name) = name.as_ref().filter(|name| !is_package_name(&name.value)) {
        fields.problems.push(
            Diagnostic::warning("package name that a station refuses")
                .at(name.at)
                .code("L28")
                .hint("1 to 64 letters, digits, `_` and `-`, the first a letter or digit"),
        );
    }
    if let Some(version) = version
        .as_ref()
        .filter(|version| !starts_with_three_numbers(&version.value))
    {
        fields.problems.push(
            Diagnostic::warning("package version that a station refuses")
                .at(version.at)
                .code("L28")
                .hint("write MAJOR.MINOR.PATCH, such as 1.0.0"),
        );
    }
    if let Some(date) = published_date.as_ref().filter(|date| !is_date(&date.value)) {
        fields.problems.push(
            Diagnostic::warning("`publishedDate` is not an ISO 8601 date")
                .at(date.at)
                .code("L28")
                .hint("write 2026-01-31 or 2026-01-31T12:00:00Z"),
        );
    }
    fields.finish_open();
    Some(Manifest {
        name: name?,
        version: version?,
        author: author?,
        author_email,
        description: description?,
        lifecycle_status,
        supported_product_ids,
        published_date,
        requirements,
    })
}

fn requirements(mut fields: Fields<'_, '_>) -> Requirements {
    let read = Requirements {
        min_dot_net_version: text(&mut fields, "minDotNetVersion"),
        min_python_version: text(&mut fields, "minPythonVersion"),
        pip_packages: texts(&mut fields, "pipPackages"),
    };
    fields.finish_open();
    read
}

/// A JSON string; unlike in YAML, a number is none.
fn text(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<Text> {
    let node = fields.node(key)?;
    is_string(node, &format!("`{key}`"), fields.problems)
        .then(|| fields.text(key))
        .flatten()
}

fn required_text(fields: &mut Fields<'_, '_>, key: &'static str) -> Option<Text> {
    match fields.node(key) {
        Some(node) if !is_string(node, &format!("`{key}`"), fields.problems) => None,
        _ => fields.required_text(key),
    }
}

fn texts(fields: &mut Fields<'_, '_>, key: &'static str) -> Vec<Text> {
    for item in fields.node(key).and_then(Node::items).unwrap_or_default() {
        if !is_string(item, &format!("an item of `{key}`"), fields.problems) {
            return Vec::new();
        }
    }
    fields.texts(key)
}

fn is_string(node: &Node, what: &str, problems: &mut Diagnostics) -> bool {
    let is = matches!(
        node,
        Node::Scalar(Scalar {
            value: Value::Str(_),
            ..
        })
    );
    if !is {
        let problem = wrong_type(what, "a text", node);
        problems.push(match node {
            Node::Scalar(_) => problem.hint("put it in double quotes"),
            _ => problem,
        });
    }
    is
}

/// 1 to 64 letters, digits, `_` and `-`, the first a letter or digit.
pub fn is_package_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// Whatever may follow them.
pub fn starts_with_three_numbers(version: &str) -> bool {
    let mut parts = version.splitn(3, '.');
    let mut whole = || {
        parts
            .next()
            .is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let two = whole() && whole();
    two && parts
        .next()
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_date(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok() || text.parse::<jiff::civil::DateTime>().is_ok()
}
