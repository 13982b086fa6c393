//! L09: conditions that are no expression, and braces where nothing fills them in.

use rehearsal_python::value::Value;

use super::{Subject, names::inherited};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        expression::{Expression, has_single_equals, injected, outside_of_quotes},
        model::{Action, Prompt, Step, Test, Text},
        names::{conditions, marks},
    },
    source::Span,
};

const FORMS: &str = "compare with == != < <= > >=, and join with && || and !";

/// Python's words, and other spellings that YAML knows, with those of expressions.
const VALUES: [(&str, &str); 5] = [
    ("True", "true"),
    ("TRUE", "true"),
    ("False", "false"),
    ("FALSE", "false"),
    ("None", "null"),
];

/// Whether an expression takes this word for a variable where a value was meant.
pub(super) fn is_misspelt_value(name: &str) -> bool {
    VALUES.iter().any(|(wrong, _)| *wrong == name)
}

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for test in &subject.package.tests {
        types(subject, test, found);
    }
    for (_, step) in subject.steps() {
        if let Some(condition) = &step.precondition {
            expression(subject, "`precondition`", condition, found);
        }
        let repeat = step.repeat.as_ref();
        if let Some(condition) = repeat.and_then(|repeat| repeat.value.condition.as_ref()) {
            expression(subject, "`repeat.condition`", condition, found);
        }
        literals(subject, step, found);
    }
}

fn expression(subject: &Subject<'_>, what: &str, condition: &Text, found: &mut Diagnostics) {
    let text = condition.value.as_str();
    let mut report = |at: Span, message: String, hint: String| {
        found.push(Diagnostic::error(message).at(at).code("L09").hint(hint));
    };
    if let Some(mark) = marks(text).next() {
        let bare = text.replace("{{", "").replace("}}", "");
        return report(
            subject.within(condition.at, &format!("{{{{{mark}}}}}")),
            format!("templates are not filled in within {what}"),
            format!("write the bare name: {}", quoted(bare.trim())),
        );
    }
    for (wrong, right) in [
        ("and", "&&"),
        ("or", "||"),
        ("not", "!"),
        ("AND", "&&"),
        ("OR", "||"),
    ] {
        if outside_of_quotes(text)
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == wrong)
        {
            return report(
                subject.within(condition.at, wrong),
                format!("`{wrong}` is no operator in {what}"),
                format!("write `{right}`"),
            );
        }
    }
    for (wrong, right) in VALUES {
        if outside_of_quotes(text)
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == wrong)
        {
            return report(
                subject.within(condition.at, wrong),
                format!("`{wrong}` is no value in {what}"),
                format!("write `{right}`"),
            );
        }
    }
    if has_single_equals(&outside_of_quotes(text)) {
        return report(
            condition.at,
            format!("`=` compares nothing in {what}"),
            "write `==`".into(),
        );
    }
    if let Some(space) = injected(text) {
        return report(
            subject.within(condition.at, space),
            format!("`{space}.` cannot be read in {what}"),
            format!(
                "make a variable of it in an earlier step, such as `outputs: {{plain_name: \"{{{{{space}.NAME}}}}\"}}`, and compare that"
            ),
        );
    }
    if let Err(why) = Expression::parse(text) {
        report(condition.at, format!("{what}: {why}"), FORMS.into());
    }
}

/// Numbers and texts where only true or false can decide, as far as nothing but their declaration gives them a value.
fn types(subject: &Subject<'_>, test: &Test, found: &mut Diagnostics) {
    if test
        .in_order()
        .all(|step| conditions(step).next().is_none())
    {
        return;
    }
    let mut made = inherited(subject, test, &mut vec![test.file.as_str()]);
    for step in test.in_order() {
        made.extend(subject.makes(step));
    }
    if made.open {
        return;
    }
    let declared = |name: &str| {
        let scalar = test.variables.get(name).filter(|_| !made.has(name))?;
        match scalar.value {
            Value::Bool(_) | Value::None => None,
            Value::Str(_) => Some((scalar, "a text")),
            _ => Some((scalar, "a number")),
        }
    };
    for (condition, _) in test.in_order().flat_map(conditions) {
        let Ok(expression) = Expression::parse(&condition.value) else {
            continue;
        };
        for name in expression.flags() {
            if let Some((scalar, kind)) = declared(name) {
                let message = format!("{} is {kind}, neither true nor false", quoted(name));
                let problem = Diagnostic::error(message)
                    .at(subject.within(condition.at, name))
                    .also(scalar.at, "its value");
                found.push(problem.code("L09").hint(
                    "compare it, such as `name == 1`, or declare it as true or false without quotes",
                ));
            }
        }
        for name in expression.compared_with_booleans() {
            if let Some((scalar, kind)) = declared(name) {
                let message = format!(
                    "{kind} never equals true or false, and {} is one",
                    quoted(name)
                );
                let problem = Diagnostic::warning(message)
                    .at(subject.within(condition.at, name))
                    .also(scalar.at, "its value");
                found.push(problem.code("L09").hint(
                    "declare it as true or false without quotes, or compare it with what it can be",
                ));
            }
        }
    }
}

/// Fields that are taken as they are written.
fn literals(subject: &Subject<'_>, step: &Step, found: &mut Diagnostics) {
    let mut texts: Vec<(&str, &str, Span)> = Vec::new();
    for measurement in &step.measurements {
        let unit = measurement.unit.as_ref().map(|text| ("unit", text));
        let expected = measurement.expected.as_ref().map(|text| ("expected", text));
        let both = unit.into_iter().chain(expected);
        texts.extend(both.map(|(field, text)| (field, text.value.as_str(), text.at)));
    }
    match &step.action {
        Action::Prompt(prompt) | Action::Manual(Some(prompt)) => of_prompt(prompt, &mut texts),
        Action::Sequence { path } => texts.push(("sequence", &path.value, path.at)),
        Action::Python { module, function } => {
            texts.push(("module", &module.value, module.at));
            texts.push(("function", &function.value, function.at));
        }
        _ => {}
    }
    for (field, text, at) in texts {
        if let Some(mark) = marks(text).next() {
            let template = format!("{{{{{mark}}}}}");
            let problem = Diagnostic::warning(format!(
                "{} stays as it is written in `{field}`",
                quoted(&template)
            ));
            found.push(problem.at(subject.within(at, &template)).code("L09").hint(
                "templates are filled in in parameters, outputs, measurement values and names, and the message and title of prompts",
            ));
        }
    }
}

fn of_prompt<'a>(prompt: &'a Prompt, texts: &mut Vec<(&'static str, &'a str, Span)>) {
    let mut add = |field, text: Option<&'a Text>| {
        texts.extend(text.map(|text| (field, text.value.as_str(), text.at)));
    };
    add("image", prompt.image.as_ref());
    add("default_button", prompt.default_button.as_ref());
    for button in &prompt.buttons {
        add("name", Some(&button.name));
    }
    if let Some(input) = &prompt.input {
        add("variable", input.variable.as_ref());
        add("unit", input.unit.as_ref());
        let expected = input.expected.as_ref();
        texts.extend(expected.map(|scalar| ("expected", scalar.text.as_str(), scalar.at)));
    }
}
