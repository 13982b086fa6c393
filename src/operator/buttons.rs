//! The buttons of a step that asks, with those Maestro adds by itself (docs/decisions.md 22, 23).

use super::Button;
use crate::package::model::{self, Action, ButtonAction, Prompt};

/// All buttons of a step, in the order they are shown; none when the step asks nothing. A file without buttons gets OK, or PASS and
/// FAIL where the step is `manual`; one without an aborting button gets Cancel.
pub fn buttons(action: &Action) -> Option<Vec<Button>> {
    let (prompt, stand_ins) = match action {
        Action::Prompt(prompt) => (Some(prompt), &[("OK", ButtonAction::Continue)][..]),
        Action::Manual(prompt) => (
            prompt.as_ref(),
            &[("PASS", ButtonAction::Pass), ("FAIL", ButtonAction::Fail)][..],
        ),
        _ => return None,
    };
    let mut all: Vec<Button> = prompt
        .map(|prompt| prompt.buttons.iter().map(Button::from).collect())
        .unwrap_or_default();
    if all.is_empty() {
        all.extend(
            stand_ins
                .iter()
                .map(|&(name, action)| Button::new(name, action)),
        );
    }
    if !all.iter().any(Button::aborts) {
        all.push(Button::new("Cancel", ButtonAction::Abort));
    }
    Some(all)
}

/// Which of the buttons Enter takes: the one that the file names, else the first that does not abort.
pub fn default_button(prompt: Option<&Prompt>, buttons: &[Button]) -> usize {
    let named = prompt.and_then(|prompt| prompt.default_button.as_ref());
    named
        .and_then(|name| buttons.iter().position(|button| button.name == name.value))
        .or_else(|| buttons.iter().position(|button| !button.aborts()))
        .unwrap_or_default()
}

/// The button of this name; letter case counts only where two names differ by nothing else.
pub(super) fn named(buttons: &[Button], name: &str) -> Option<usize> {
    let exact = buttons.iter().position(|button| button.name == name);
    exact.or_else(|| {
        let folded = name.to_lowercase();
        only(buttons, |button| button.name.to_lowercase() == folded)
    })
}

/// The one button whose name begins like this, letter case aside.
pub(super) fn beginning(buttons: &[Button], letters: &str) -> Option<usize> {
    let folded = letters.to_lowercase();
    if folded.is_empty() {
        return None;
    }
    only(buttons, |button| {
        button.name.to_lowercase().starts_with(&folded)
    })
}

/// "PASS, FAIL, Cancel"
pub(super) fn names(buttons: &[Button]) -> String {
    let names: Vec<&str> = buttons.iter().map(|button| button.name.as_str()).collect();
    names.join(", ")
}

fn only(buttons: &[Button], wanted: impl Fn(&Button) -> bool) -> Option<usize> {
    let mut found = buttons
        .iter()
        .enumerate()
        .filter(|(_, button)| wanted(button));
    match (found.next(), found.next()) {
        (Some((index, _)), None) => Some(index),
        _ => None,
    }
}

impl Button {
    pub fn new(name: impl Into<String>, action: ButtonAction) -> Self {
        Self {
            name: name.into(),
            action,
        }
    }

    pub fn aborts(&self) -> bool {
        self.action == ButtonAction::Abort
    }

    /// Whether the value decides, so that there must be one.
    pub fn judges(&self) -> bool {
        matches!(self.action, ButtonAction::Pass | ButtonAction::Continue)
    }
}

impl From<&model::Button> for Button {
    fn from(button: &model::Button) -> Self {
        Self::new(&button.name.value, button.action.value)
    }
}
