//! Values that stand in the code as such.

use ruff_python_ast::{Expr, Number, UnaryOp};

/// The text of a string.
pub fn text(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(string) => Some(string.value.to_str()),
        _ => None,
    }
}

/// The value of an int or a float, with its sign.
pub fn number(expression: &Expr) -> Option<f64> {
    match expression {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(int) => int.to_string().parse().ok(),
            Number::Float(float) => Some(*float),
            Number::Complex { .. } => None,
        },
        Expr::UnaryOp(unary) => match unary.op {
            UnaryOp::USub => number(&unary.operand).map(|value| -value),
            UnaryOp::UAdd => number(&unary.operand),
            UnaryOp::Not | UnaryOp::Invert => None,
        },
        _ => None,
    }
}

/// Whether two strings follow each other in a list (`"-m", "pip"`).
pub fn adjacent(elements: &[Expr], first: &str, second: &str) -> bool {
    elements
        .windows(2)
        .any(|pair| text(&pair[0]) == Some(first) && text(&pair[1]) == Some(second))
}
