//! Variables of the environment that code names.

use std::collections::BTreeSet;

use ruff_python_ast::{
    Expr,
    visitor::{Visitor, walk_expr},
};

use super::{Code, dotted, text};

/// The variables that code asks for by a name that stands in it: `os.environ["NAME"]`, `os.environ.get("NAME")`, `os.getenv("NAME")`.
pub fn variables(code: &Code) -> BTreeSet<String> {
    let mut asked = Asked::default();
    for (_, body) in code.bodies() {
        asked.visit_body(body);
    }
    asked.0
}

#[derive(Default)]
struct Asked(BTreeSet<String>);

impl<'a> Visitor<'a> for Asked {
    fn visit_expr(&mut self, expression: &'a Expr) {
        let (of, name) = match expression {
            Expr::Subscript(subscript) => (dotted(&subscript.value), Some(&*subscript.slice)),
            Expr::Call(call) => (dotted(&call.func), call.arguments.args.first()),
            _ => (None, None),
        };
        let asks = |of: &str| {
            let of = of.strip_prefix("os.").unwrap_or(of);
            matches!(of, "environ" | "environ.get" | "environ.pop" | "getenv")
        };
        if let (true, Some(name)) = (of.is_some_and(|of| asks(&of)), name.and_then(text)) {
            self.0.insert(name.to_owned());
        }
        walk_expr(self, expression);
    }
}
