//! L33: prompts whose buttons do not fit together.

use super::Subject;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        fields::nearest,
        model::{Action, ButtonAction},
    },
};

/// The button every prompt gets that has none to abort with.
const CANCEL: &str = "Cancel";

pub fn check(subject: &Subject<'_>, found: &mut Diagnostics) {
    for (_, step) in subject.steps() {
        let (Action::Prompt(prompt) | Action::Manual(Some(prompt))) = &step.action else {
            continue;
        };
        let aborts = |action: ButtonAction| action == ButtonAction::Abort;
        let own_abort = prompt.buttons.iter().any(|one| aborts(one.action.value));
        if let Some(first) = prompt.buttons.first()
            && prompt.buttons.iter().all(|one| aborts(one.action.value))
        {
            let problem = Diagnostic::warning(format!(
                "every button of step {} aborts the run",
                quoted(&step.name.value)
            ));
            found.push(
                problem
                    .at(first.action.at)
                    .code("L33")
                    .hint("add one with `action: pass` or `action: continue`"),
            );
        }
        let Some(default) = &prompt.default_button else {
            continue;
        };
        let mut names: Vec<&str> = prompt
            .buttons
            .iter()
            .map(|one| one.name.value.as_str())
            .collect();
        if !own_abort {
            names.push(CANCEL);
        }
        if names.contains(&default.value.as_str()) {
            continue;
        }
        let problem = Diagnostic::warning(format!("no button is named {}", quoted(&default.value)));
        let hint = match nearest(&default.value, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the buttons are {}", names.join(", ")),
        };
        found.push(problem.at(default.at).code("L33").hint(hint));
    }
}
