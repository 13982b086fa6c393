//! The file of `--answers`: step names and how each is answered.

use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        fields::{Fields, text},
        model::Text,
        node::{Entry, Node},
    },
    source::Span,
};

/// What the file says about one step, in the order its prompts are to be answered.
pub struct Entries {
    pub step: Text,
    pub answers: Vec<Written>,
}

/// One answer as it is written.
pub enum Written {
    /// `PASS`, or `PASS:12.3`
    Short(Text),
    /// `{button: PASS, value: "12.3"}`
    Long {
        button: Option<Text>,
        value: Option<Text>,
        at: Span,
    },
}

impl Written {
    pub fn at(&self) -> Span {
        match self {
            Self::Short(text) => text.at,
            Self::Long { at, .. } => *at,
        }
    }
}

pub fn read(node: &Node, problems: &mut Diagnostics) -> Vec<Entries> {
    if node.is_null() {
        return Vec::new();
    }
    let Some(fields) = Fields::of(node, "the answers file", problems) else {
        return Vec::new();
    };
    let entries = &fields.mapping().entries;
    entries
        .iter()
        .map(|entry| step(entry, fields.problems))
        .collect()
}

fn step(entry: &Entry, problems: &mut Diagnostics) -> Entries {
    let answers = match entry.value.items() {
        Some([]) => {
            let message = format!("no answer for step {}", quoted(&entry.key.value));
            problems.push(Diagnostic::error(message).at(entry.key.at));
            Vec::new()
        }
        Some(items) => items
            .iter()
            .filter_map(|item| answer(item, &entry.key, problems))
            .collect(),
        None => answer(&entry.value, &entry.key, problems)
            .into_iter()
            .collect(),
    };
    Entries {
        step: entry.key.clone(),
        answers,
    }
}

fn answer(node: &Node, step: &Text, problems: &mut Diagnostics) -> Option<Written> {
    let what = format!("the answer for step {}", quoted(&step.value));
    if node.is_null() {
        let problem = Diagnostic::error(format!("{what} is empty")).at(step.at);
        problems.push(problem.hint("write a button's name, or {button: NAME, value: \"12.3\"}"));
        return None;
    }
    let Node::Mapping(_) = node else {
        return text(node, &what, problems).map(Written::Short);
    };
    let mut fields = Fields::of(node, what, problems)?;
    let (button, value, at) = (fields.text("button"), fields.text("value"), fields.at());
    if button.is_none() && value.is_none() && fields.mapping().entries.is_empty() {
        let problem = Diagnostic::error(format!("{} is empty", fields.what())).at(at);
        fields.problems.push(problem);
    }
    fields.finish();
    Some(Written::Long { button, value, at })
}
