//! Names with dots, as written in an expression.

use ruff_python_ast::{Expr, ExprCall};

/// `os.path.join` of an expression that is such a chain of names and nothing else.
pub fn dotted(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => Some(format!(
            "{}.{}",
            dotted(&attribute.value)?,
            attribute.attr.as_str()
        )),
        _ => None,
    }
}

/// The last word of what is called: `join` of `os.path.join(…)`, `query` of `_open()[0].query(…)`.
pub fn called(call: &ExprCall) -> Option<&str> {
    match &*call.func {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}
