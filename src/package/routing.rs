//! The routing of local.yaml: which tests a unit goes through, in which order (docs/routing.md). It stands in for the routing of an
//! MES.

use std::path::{Path, PathBuf};

use glob::Pattern;
use indexmap::IndexMap;

use super::{
    fields::{Fields, text, wrong_type},
    model::{Spanned, Text},
    node::{Entry, Node},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    source::Span,
};

mod decision;

pub use decision::{LastResults, Rule, Unit, Violation};

#[derive(Debug)]
pub struct Routing {
    /// The key `routes`.
    pub at: Span,
    /// At least one.
    pub routes: Vec<Route>,
    /// Serial number → the tests that are known to have passed.
    pub completed: IndexMap<String, Vec<Text>>,
    /// Where results are kept and looked up; absolute.
    pub history: Option<Spanned<PathBuf>>,
}

/// A way through the tests, and the units it is for. An empty list stands for all there are.
#[derive(Debug)]
pub struct Route {
    /// The key `tests`.
    pub at: Span,
    /// Their names, in this order; each once, at least one.
    pub tests: Vec<Text>,
    pub serials: Vec<Spanned<Pattern>>,
    pub products: Vec<Text>,
    pub revisions: Vec<Text>,
}

/// Reads a routing; `folder` is where the file is that holds it.
pub fn read(node: &Node, folder: &Path, problems: &mut Diagnostics) -> Option<Routing> {
    let mut fields = Fields::of(node, "the routing", problems)?;
    fields.required("routes");
    let at = fields.entry("routes").map(|entry| entry.key.at);
    let items = fields.list("routes");
    if items.is_some_and(<[Node]>::is_empty) {
        let problem = Diagnostic::error("`routes` is empty").at(fields.at());
        fields
            .problems
            .push(problem.hint("add a route, such as `- tests: [First Test, Second Test]`"));
    }
    let routes: Vec<Route> = items
        .unwrap_or_default()
        .iter()
        .enumerate()
        .filter_map(|(index, item)| route(item, index + 1, fields.problems))
        .collect();
    let completed = match fields.node("completed") {
        None => IndexMap::new(),
        Some(Node::Mapping(mapping)) => {
            let entries = mapping.entries.iter();
            entries
                .map(|entry| completed(entry, fields.problems))
                .collect()
        }
        Some(other) => {
            let problem = wrong_type("`completed`", "a mapping", other);
            fields
                .problems
                .push(problem.hint("write `SERIAL: [First Test, Second Test]`"));
            IndexMap::new()
        }
    };
    let history = fields
        .has("history")
        .then(|| fields.required_text("history"))
        .flatten()
        .map(|path| Spanned {
            value: folder.join(path.value),
            at: path.at,
        });
    fields.expect("history");
    fields.finish();
    Some(Routing {
        at: at?,
        routes,
        completed,
        history,
    })
}

fn route(node: &Node, number: usize, problems: &mut Diagnostics) -> Option<Route> {
    let mut fields = Fields::of(node, format!("route {number}"), problems)?;
    fields.required("tests");
    let at = fields.entry("tests").map(|entry| entry.key.at);
    let tests = names(&mut fields, "tests", "name at least one test");
    for (index, test) in tests.iter().enumerate() {
        if let Some(first) = tests[..index]
            .iter()
            .find(|first| first.value == test.value)
        {
            let message = format!(
                "test {} stands twice on route {number}",
                quoted(&test.value)
            );
            let problem = Diagnostic::error(message).at(test.at);
            fields.problems.push(
                problem
                    .also(first.at, "first here")
                    .hint("remove one; a test may be run again at any time once it may run"),
            );
        }
    }
    let any = "leave the field out where any will do";
    let serials = names(&mut fields, "serials", any);
    let serials = serials
        .into_iter()
        .filter_map(|text| pattern(text, fields.problems))
        .collect();
    let products = names(&mut fields, "products", any);
    let revisions = names(&mut fields, "revisions", any);
    fields.finish();
    Some(Route {
        at: at?,
        tests,
        serials,
        products,
        revisions,
    })
}

/// A list of plain values that must not be empty where it is written.
fn names(fields: &mut Fields<'_, '_>, key: &'static str, hint: &str) -> Vec<Text> {
    if fields.list(key).is_some_and(<[Node]>::is_empty) {
        let at = fields.entry(key).map_or(fields.at(), |entry| entry.key.at);
        let message = format!("{} of {} is empty", quoted(key), fields.what());
        fields
            .problems
            .push(Diagnostic::error(message).at(at).hint(hint));
        return Vec::new();
    }
    // Asked for a second time, a wrong type would be reported twice.
    match fields.node(key) {
        Some(Node::Sequence(_)) => fields.texts(key),
        _ => Vec::new(),
    }
}

fn pattern(text: Text, problems: &mut Diagnostics) -> Option<Spanned<Pattern>> {
    match Pattern::new(&text.value) {
        Ok(value) => Some(Spanned { value, at: text.at }),
        Err(error) => {
            let message = format!("{} is no pattern: {}", quoted(&text.value), error.msg);
            problems.push(
                Diagnostic::error(message)
                    .at(text.at)
                    .hint("`*` stands for any text, `?` for one character, `[12]` for either"),
            );
            None
        }
    }
}

fn completed(entry: &Entry, problems: &mut Diagnostics) -> (String, Vec<Text>) {
    let serial = &entry.key.value;
    let what = format!("{} of `completed`", quoted(serial));
    let tests = match &entry.value {
        Node::Sequence(sequence) => {
            let item = format!("a test of {what}");
            let items = sequence.items.iter();
            items
                .filter_map(|node| text(node, &item, problems))
                .collect()
        }
        node if node.is_null() => Vec::new(),
        other => {
            let problem = wrong_type(&what, "a list", other);
            problems.push(problem.hint("write `SERIAL: [First Test, Second Test]`"));
            Vec::new()
        }
    };
    (serial.clone(), tests)
}
