//! What a step asks the operator. Fields beyond these are warned of, so no mapping here is closed.

use schemars::JsonSchema;

use super::{
    value::{Name, Number, Scalar, Text},
    word::{ButtonAction, InputMode},
};

/// A question to the operator.
#[derive(JsonSchema)]
pub struct Prompt {
    /// What the operator reads; templates are filled in.
    pub message: Name,
    /// The heading; templates are filled in. Default: the step's name.
    pub title: Option<Text>,
    /// A picture, by its path in the package.
    #[schemars(extend("examples" = ["images/connector.png"]))]
    pub image: Option<Text>,
    /// The buttons, in order. Cancel, which aborts, comes of itself unless a button here has the action abort.
    pub buttons: Option<Vec<Button>>,
    /// Name of the button that Enter presses. Default: the first that is not Cancel.
    pub default_button: Option<Text>,
    /// A value the operator enters.
    pub input: Option<Input>,
}

/// One button.
#[derive(JsonSchema)]
pub struct Button {
    /// What stands on it.
    pub name: Name,
    /// What pressing it does: pass and continue go by the input's check, if there is one.
    pub action: ButtonAction,
}

/// A value the operator enters.
#[derive(JsonSchema)]
pub struct Input {
    /// What is entered.
    pub mode: InputMode,
    /// The variable that gets the value.
    pub variable: Option<Text>,
    /// mode: number: the lowest value that passes.
    pub low_limit: Option<Number>,
    /// mode: number: the highest value that passes.
    pub high_limit: Option<Number>,
    /// Unit of value and limits.
    pub unit: Option<Text>,
    /// What must be entered to pass. Default: anything passes.
    pub expected: Option<Scalar>,
    /// mode: list: what may be chosen.
    pub choices: Option<Vec<Text>>,
}
