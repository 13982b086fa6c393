//! No terminal and no answers: a prompt ends the run instead of making it hang.

use super::{Operator, Question, Response};
use crate::{diagnostic::quoted, flow::interruption::Stop};

/// Answers nothing, and says how answers can be given.
pub struct Nobody;

impl Operator for Nobody {
    fn ask(&mut self, question: &Question, stop: &Stop) -> Response {
        if stop.fired() {
            return Response::Stopped;
        }
        Response::Nobody(format!(
            "nobody is there to answer the prompt of step {}: standard input is no terminal; answer it with {}, with --answers \
             FILE, or with --unattended",
            quoted(&question.step),
            example(question),
        ))
    }
}

/// The switch that would answer this question, as a shell takes it.
pub(super) fn example(question: &Question) -> String {
    let button = question
        .buttons
        .get(question.default)
        .map_or("", |button| button.name.as_str());
    let value = if question.entry.is_some() {
        ":VALUE"
    } else {
        ""
    };
    let answer = format!("{}={button}{value}", question.step);
    match answer.contains('\'') {
        true => format!("--answer \"{answer}\""),
        false => format!("--answer '{answer}'"),
    }
}
