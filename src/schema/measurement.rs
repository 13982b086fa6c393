//! One measurement of a step.

use schemars::JsonSchema;

use super::{
    value::{Name, Number, Scalar, Text},
    word::{MeasurementKind, Operator},
};

/// One measured value and what it is held to. Numeric: low_limit <= value <= high_limit unless an operator says otherwise.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Measurement {
    /// Its name in every record, in UPPER_SNAKE_CASE; templates are filled in.
    #[schemars(extend("examples" = ["SUPPLY_5V"]))]
    pub name: Name,
    /// What the value is. Default: numeric.
    #[schemars(extend("default" = "numeric"))]
    pub r#type: Option<MeasurementKind>,
    /// The value, as a template. Default: what the step returned under this name in lower case, else {{result}}.
    #[schemars(extend("examples" = ["{{supply_5v}}"]))]
    pub value: Option<Scalar>,
    /// The nominal value; what equal and notequal compare with. In a mock step it is the value, too.
    pub target: Option<Number>,
    /// The lowest value that passes.
    pub low_limit: Option<Number>,
    /// The highest value that passes.
    pub high_limit: Option<Number>,
    /// Unit of value and limits, such as V, mA, degC, MHz.
    #[schemars(extend("examples" = ["V"]))]
    pub unit: Option<Text>,
    /// How a numeric value is compared: equal and notequal with target, the greater ones with low_limit, the less ones with
    /// high_limit; log only records. Default: with both limits, inclusive.
    pub operator: Option<Operator>,
    /// What a boolean or string value must be. Booleans in any letter case, strings exactly.
    pub expected: Option<Text>,
}
