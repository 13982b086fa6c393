//! local.yaml: what Maestro would inject, for local runs.

use std::path::Path;

use indexmap::IndexMap;

use super::{
    fields::{Fields, nearest, scalars, wrong_type},
    model::{Declared, Local, Reachable, Scalar, Text},
    node::Node,
    routing,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    endpoint::{self, Endpoint},
};

const EXEC: [&str; 3] = ["serial_number", "operator", "station_id"];

/// Reads local.yaml, which lies in the folder `root`. Beside it comes the file that `routing` names instead of holding the routing
/// itself; to read it is left to the caller.
pub fn read(node: &Node, root: &Path, problems: &mut Diagnostics) -> (Local, Option<Text>) {
    // An empty file, or one in which everything is commented out.
    if node.is_null() {
        return (Local::default(), None);
    }
    let Some(mut fields) = Fields::of(node, "local.yaml", problems) else {
        return (Local::default(), None);
    };
    let cfg = fields.scalars("cfg");
    let exec = exec(&mut fields);
    let tags = fields.scalars("tags");
    let mes = fields.scalars("mes");
    let stubs = stubs(&mut fields);
    let permissions = permissions(&mut fields);
    let secrets = fields.texts("secrets");
    let secrets = secrets.into_iter().map(|name| name.value).collect();
    let (routing, file) = match fields.node("routing") {
        Some(Node::Scalar(_)) => (None, fields.required_text("routing")),
        Some(node) => (routing::read(node, root, fields.problems), None),
        None => (None, None),
    };
    fields.finish();
    let local = Local {
        cfg,
        exec,
        tags,
        mes,
        stubs,
        routing,
        permissions,
        secrets,
    };
    (local, file)
}

fn permissions(fields: &mut Fields<'_, '_>) -> Declared {
    let Some(mut fields) = fields.fields("permissions") else {
        return Declared::default();
    };
    let sandbox = fields.boolean("sandbox").is_some_and(|wanted| wanted.value);
    let allowed = reachable(&mut fields);
    let denied = match fields.fields("deny") {
        None => Reachable::default(),
        Some(mut fields) => {
            let denied = reachable(&mut fields);
            fields.finish();
            denied
        }
    };
    fields.finish();
    Declared {
        sandbox,
        allowed,
        denied,
    }
}

fn reachable(fields: &mut Fields<'_, '_>) -> Reachable {
    let net = endpoints(fields, "net");
    let mut texts = |key| {
        let texts: Vec<Text> = fields.texts(key);
        texts.into_iter().map(|text| text.value).collect()
    };
    Reachable {
        net,
        read: texts("read"),
        write: texts("write"),
        run: texts("run"),
        env: texts("env"),
    }
}

fn endpoints(fields: &mut Fields<'_, '_>, key: &'static str) -> Vec<Endpoint> {
    let texts: Vec<Text> = fields.texts(key);
    let mut endpoints = Vec::new();
    for text in texts {
        match text.value.parse() {
            Ok(endpoint) => endpoints.push(endpoint),
            Err(_) => fields.problems.push(
                Diagnostic::error(format!("{} is no HOST:PORT", quoted(&text.value)))
                    .at(text.at)
                    .hint(endpoint::HELP),
            ),
        }
    }
    endpoints
}

/// Names beyond the three are passed on, unless one is likely a slip.
fn exec(fields: &mut Fields<'_, '_>) -> IndexMap<String, Scalar> {
    if let Some(Node::Mapping(mapping)) = fields.node("exec") {
        for entry in mapping
            .entries
            .iter()
            .filter(|entry| !EXEC.contains(&entry.key.value.as_str()))
        {
            if let Some(near) = nearest(&entry.key.value, EXEC) {
                let message = format!(
                    "unknown field {}, did you mean `{near}`?",
                    quoted(&entry.key.value)
                );
                fields
                    .problems
                    .push(Diagnostic::error(message).at(entry.key.at));
            }
        }
    }
    fields.scalars("exec")
}

fn stubs(fields: &mut Fields<'_, '_>) -> IndexMap<String, IndexMap<String, Scalar>> {
    let mut stubs = IndexMap::new();
    match fields.node("stubs") {
        None => {}
        Some(Node::Mapping(mapping)) => {
            for entry in &mapping.entries {
                let returned = match entry.value.is_null() {
                    true => IndexMap::new(),
                    false => scalars(&entry.value, &entry.key.value, fields.problems),
                };
                stubs.insert(entry.key.value.clone(), returned);
            }
        }
        Some(other) => fields
            .problems
            .push(wrong_type("`stubs`", "a mapping", other)),
    }
    stubs
}
