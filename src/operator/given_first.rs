//! Answers given beforehand, and somebody to ask where there is none.

use super::{Given, Operator, Question, Response};
use crate::flow::interruption::Stop;

/// Made by [`Given::before`].
pub struct GivenFirst {
    pub(super) given: Given,
    pub(super) then: Box<dyn Operator>,
}

impl Operator for GivenFirst {
    fn ask(&mut self, question: &Question, stop: &Stop) -> Response {
        if stop.fired() {
            return Response::Stopped;
        }
        match self.given.answer(question) {
            Some(response) => response,
            None => self.then.ask(question, stop),
        }
    }
}
