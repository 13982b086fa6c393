//! L08: templates that hold more than a name.

use super::Subject;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, clip, quoted},
    package::names::{BUILT_IN, is_identifier, is_injected, is_name, templates},
};

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for (test, step) in subject.steps() {
        for (name, value) in &step.outputs {
            if !test.variables.contains_key(name)
                && let Some(hint) = unreadable(name)
            {
                let message = format!("nothing can read the output {}", quoted(name));
                let problem = Diagnostic::warning(message).at(value.at);
                found.push(problem.code("L08").hint(hint));
            }
        }
        for (text, at, _) in templates(step) {
            for mark in crate::package::names::marks(text) {
                let name = mark.trim();
                // Whatever was declared is a name.
                if is_name(name) || test.variables.contains_key(name) {
                    continue;
                }
                let (message, hint) = explain(name);
                let at = match name.is_empty() {
                    true => at,
                    false => subject.within(at, mark),
                };
                found.push(Diagnostic::error(message).at(at).code("L08").hint(hint));
            }
            if let Some(open) = unclosed(text) {
                let problem = Diagnostic::error(format!("`{{{{{open}` is never closed"));
                found.push(problem.at(at).code("L08").hint("write `}}` after the name"));
            }
        }
    }
}

/// What to do about the name of an output that no template finds.
fn unreadable(name: &str) -> Option<String> {
    let own = BUILT_IN.contains(&name) || ["cfg", "exec", "mes"].contains(&name);
    if own || is_injected(name) {
        return Some("the system's own values go by this name: choose another".into());
    }
    let hint = "name it with letters, digits and `_`, the first no digit";
    (!is_identifier(name)).then(|| hint.into())
}

fn explain(name: &str) -> (String, String) {
    let shown = quoted(name);
    if name.is_empty() {
        return (
            "a template without a name".into(),
            "write a name between the braces, such as {{voltage}}".into(),
        );
    }
    if let Some(bare) = name
        .strip_prefix("test.")
        .filter(|bare| is_identifier(bare))
    {
        return (
            format!("{shown} is the old form of a template"),
            format!("write {{{{{bare}}}}}"),
        );
    }
    if name.contains("{{") {
        let inner = name.rsplit("{{").next().unwrap_or_default().trim();
        return (
            format!(
                "a template within a template: {}",
                quoted(&format!("{{{{{name}}}}}"))
            ),
            format!(
                "put the inner one into a variable of its own first, with `outputs` of an earlier step: {{{{{}}}}}",
                clip(inner, 40)
            ),
        );
    }
    let dotted = name.contains('.') && name.split('.').all(is_identifier);
    if dotted {
        return (
            format!("{shown} has a dot, which names of variables have not"),
            "only cfg., exec. and mes. have parts; return the value under a plain name".into(),
        );
    }
    (
        format!("{shown} is an expression, and templates only put in values"),
        "compute it in the test code and return it under a name of its own".into(),
    )
}

/// What follows `{{` without its `}}`.
fn unclosed(text: &str) -> Option<String> {
    let (_, last) = text.rsplit_once("{{")?;
    (!last.contains("}}")).then(|| clip(last.trim_end(), 40))
}
