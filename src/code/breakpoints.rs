//! Whether code wants to be debugged.

use ruff_python_ast::{
    Expr,
    visitor::{Visitor, walk_expr},
};

use super::Code;

/// Whether `breakpoint()` is called somewhere.
pub fn has_breakpoints(code: &Code) -> bool {
    let mut found = Found(false);
    for (_, body) in code.bodies() {
        found.visit_body(body);
    }
    found.0
}

struct Found(bool);

impl<'a> Visitor<'a> for Found {
    fn visit_expr(&mut self, expression: &'a Expr) {
        let call = expression.as_call_expr();
        let name = call.and_then(|call| call.func.as_name_expr());
        self.0 |= name.is_some_and(|name| name.id == "breakpoint");
        walk_expr(self, expression);
    }
}
