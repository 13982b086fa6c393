//! L17: a measurement that judges what the YAML says instead of what the code measured.

use super::Subject;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{model::Action, names::marks},
};

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for (_, step) in subject.steps() {
        if !matches!(step.action, Action::Python { .. } | Action::Dotnet { .. }) {
            continue;
        }
        for measurement in &step.measurements {
            let Some(value) = &measurement.value else {
                continue;
            };
            if marks(&value.text).next().is_some() {
                continue;
            }
            let problem = Diagnostic::warning(format!(
                "measurement {} judges a fixed value, not what the code measured",
                quoted(&measurement.name.value)
            ));
            let hint = format!(
                "write the name that the function returns, such as \"{{{{{}}}}}\"",
                example(&value.text)
            );
            found.push(problem.at(value.at).code("L17").hint(hint));
        }
    }
}

/// A bare name was most likely meant as a template.
fn example(text: &str) -> &str {
    let text = text.trim();
    match crate::package::names::is_identifier(text)
        && text.len() <= 40
        && !matches!(text, "true" | "false" | "True" | "False")
    {
        true => text,
        false => "result",
    }
}
