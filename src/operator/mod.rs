//! Whoever answers the prompts of a test: a person at the terminal, answers given beforehand, or nobody (docs/prompts.md).
//!
//! [`Question`] and [`Operator`] are the contract with the engine; the rest are the homes of answers. [`Given`] comes before any
//! other ([`Given::before`]).

mod answers_file;
mod buttons;
mod entry;
mod given;
mod given_first;
mod keyboard;
mod nobody;
mod question;
mod terminal;
mod unattended;

pub use buttons::{buttons, default_button};
pub use given::Given;
pub use given_first::GivenFirst;
pub use nobody::Nobody;
pub use question::{Answer, AnsweredBy, Button, Entry, Operator, Question, Response};
pub use terminal::Terminal;
pub use unattended::Unattended;
