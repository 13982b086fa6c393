//! Whoever answers the prompts of a test: a person at the terminal, answers given beforehand, or nobody.

mod question;

pub use question::{Answer, AnsweredBy, Button, Entry, Operator, Question, Response};
