//! L34: tags that a test requires and nothing here supplies.

use super::Subject;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::fields::nearest,
};

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    let local = &subject.package.local.tags;
    for test in &subject.package.tests {
        for required in &test.required_tags {
            let key = required.value.as_str();
            let value = local.get(key).or_else(|| test.tags.get(key));
            if value.is_some_and(|value| !value.text.trim().is_empty()) {
                continue;
            }
            let known = local.keys().chain(test.tags.keys()).map(String::as_str);
            let near = nearest(key, known.filter(|known| *known != key));
            let problem =
                Diagnostic::advice(format!("no tag gives the required {} a value", quoted(key)));
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "a local run asks for it: put it below `tags` of local.yaml, or give --tag {key}=VALUE"
                ),
            };
            found.push(problem.at(required.at).code("L34").hint(hint));
        }
    }
}
