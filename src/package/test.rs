//! One YAML file of tests/.

use rehearsal_python::value::Value;

use super::{
    fields::Fields,
    model::{OnStepFailure, Policy, Spanned, Step, Test},
    node::Node,
    step,
};
use crate::diagnostic::{Diagnostic, Diagnostics, clip, quoted};

/// `None` where a required field is missing, which `problems` says.
pub fn read(node: &Node, file: &str, problems: &mut Diagnostics) -> Option<Test> {
    let test = root(node, file, problems)?;
    let mut fields = Fields::of(test, "`test`", problems)?;
    fields.missing_breaks("L01");
    let name = fields.required_text("name");
    let version = fields.required_text("version");
    warn_of_unquoted_version(&mut fields);
    let device = fields.text("device");
    let tags = fields.scalars("tags");
    let required_tags = fields.texts("required_tags");
    let variables = fields.scalars("variables");
    let setup = steps(&mut fields, "setup");
    let main = match fields.required("steps") {
        Some(_) => steps(&mut fields, "steps"),
        None => None,
    };
    let teardown = steps(&mut fields, "teardown");
    if let Some(node) = fields
        .node("steps")
        .filter(|node| node.items().is_some_and(<[Node]>::is_empty))
    {
        fields.problems.push(
            Diagnostic::error("`steps` is empty")
                .at(node.at())
                .code("L01")
                .hint("a test has at least one step"),
        );
    }
    let policy = fields.fields("policy").map(policy).unwrap_or_default();
    fields.finish();
    Some(Test {
        file: file.to_owned(),
        name: name?,
        version: version?,
        device,
        tags,
        required_tags,
        variables,
        setup: setup.unwrap_or_default(),
        steps: main?,
        teardown: teardown.unwrap_or_default(),
        policy,
    })
}

/// What stands below `test:`, the only key of the file.
fn root<'n>(node: &'n Node, file: &str, problems: &mut Diagnostics) -> Option<&'n Node> {
    let hint = "a file below tests/ starts with `test:`, and everything else is indented below it";
    let Node::Mapping(mapping) = node else {
        let found = if node.is_null() {
            "is empty".into()
        } else {
            format!("holds {} instead of a test", node.describe())
        };
        problems.push(
            Diagnostic::error(format!("{} {found}", quoted(file)))
                .at(node.at())
                .hint(hint),
        );
        return None;
    };
    let Some(test) = mapping.get("test") else {
        let at = mapping
            .entries
            .first()
            .map_or(mapping.at, |entry| entry.key.at);
        problems.push(
            Diagnostic::error(format!("{} has no `test:`", quoted(file)))
                .at(at)
                .hint(hint),
        );
        return None;
    };
    for entry in mapping
        .entries
        .iter()
        .filter(|entry| entry.key.value != "test")
    {
        let message = format!("unknown field {} beside `test`", quoted(&entry.key.value));
        problems.push(
            Diagnostic::error(message)
                .at(entry.key.at)
                .hint("indent it, if it belongs to the test"),
        );
    }
    if test.value.is_null() {
        problems.push(
            Diagnostic::error("`test` has no value")
                .at(test.key.at)
                .hint(hint),
        );
        return None;
    }
    Some(&test.value)
}

fn warn_of_unquoted_version(fields: &mut Fields<'_, '_>) {
    if let Some(Node::Scalar(version)) = fields.node("version")
        && !version.quoted
    {
        let number = !matches!(version.value, Value::Str(_));
        let hint = if number {
            "write all three parts in quotes, such as \"1.0.0\": YAML reads this one as a number"
                .into()
        } else {
            format!("write \"{}\"", clip(&version.text, 40))
        };
        fields.problems.push(
            Diagnostic::warning("`version` without quotes")
                .at(version.at)
                .code("L02")
                .hint(hint),
        );
    }
}

/// The steps of one phase; those with problems are left out.
fn steps(fields: &mut Fields<'_, '_>, phase: &'static str) -> Option<Vec<Step>> {
    let items = fields.list(phase)?;
    let read = |(index, item)| {
        step::read(
            item,
            &format!("step {} of `{phase}`", index + 1),
            fields.problems,
        )
    };
    Some(items.iter().enumerate().filter_map(read).collect())
}

fn policy(mut fields: Fields<'_, '_>) -> Policy {
    let on_step_failure = fields.one_of(
        "on_step_failure",
        &[
            ("abort", OnStepFailure::Abort),
            ("continue", OnStepFailure::Continue),
        ],
    );
    let timeout = fields.number("timeout").and_then(|seconds| {
        if seconds.value <= 0.0 {
            fields
                .problems
                .push(Diagnostic::error("`timeout` must be more than 0 seconds").at(seconds.at));
            return None;
        }
        Some(Spanned {
            value: seconds.value,
            at: seconds.at,
        })
    });
    fields.finish();
    Policy {
        on_step_failure,
        timeout,
    }
}
