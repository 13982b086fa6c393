//! `--unattended`: prompts answer themselves, as Maestro's unattended mode does.

use super::{Answer, AnsweredBy, Operator, Question, Response, nobody::example};
use crate::{diagnostic::quoted, flow::interruption::Stop, package::model::ButtonAction};

/// From the action taken first to the one taken last.
const ORDER: [ButtonAction; 4] = [
    ButtonAction::Continue,
    ButtonAction::Pass,
    ButtonAction::Fail,
    ButtonAction::Abort,
];

/// Presses the first button of the best action. It makes up no value, since that could turn a bad unit into a PASS.
pub struct Unattended;

impl Operator for Unattended {
    fn ask(&mut self, question: &Question, stop: &Stop) -> Response {
        if stop.fired() {
            return Response::Stopped;
        }
        let press = |action| {
            question
                .buttons
                .iter()
                .position(|button| button.action == action)
        };
        let button = ORDER.into_iter().find_map(press).unwrap_or_default();
        let judges = question
            .buttons
            .get(button)
            .is_some_and(|button| button.judges());
        match &question.entry {
            Some(entry) if judges => Response::Nobody(format!(
                "step {} asks for {}, and --unattended makes up no values; give one with {} or in an answers file",
                quoted(&question.step),
                entry.wanted(),
                example(&Question {
                    default: button,
                    ..question.clone()
                }),
            )),
            _ => Response::Answered(Answer {
                button,
                value: None,
                by: AnsweredBy::Unattended,
            }),
        }
    }
}
