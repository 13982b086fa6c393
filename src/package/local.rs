//! local.yaml: what Maestro would inject, for local runs.

use std::path::Path;

use indexmap::IndexMap;

use super::{
    fields::{Fields, nearest, scalars, wrong_type},
    model::{Local, Scalar, Text},
    node::Node,
    routing,
};
use crate::diagnostic::{Diagnostic, Diagnostics, quoted};

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
    if let Some(permissions) = fields.entry("permissions") {
        let problem = Diagnostic::warning("`permissions` is not read yet").at(permissions.key.at);
        fields.problems.push(problem);
    }
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
    };
    (local, file)
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
