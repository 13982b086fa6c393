//! L22: one step, one function: connecting, measuring and disconnecting are steps of their own.

use ruff_python_ast::{
    Expr, ExprCall, Stmt,
    visitor::{Visitor, walk_expr, walk_stmt},
};

use super::words::words;
use crate::{
    code::{Code, called},
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::model::{Action, Package},
};

const RULE: &str = "L22";

/// What opens a connection, whoever it belongs to.
const CONNECTING: [&str; 6] = [
    "Serial",
    "connect",
    "create_connection",
    "open_connection",
    "open_port",
    "open_resource",
];

const DISCONNECTING: [&str; 4] = ["close", "close_connection", "close_port", "disconnect"];

/// Words of what measures.
const MEASURING: [&str; 8] = [
    "acquire", "meas", "measure", "query", "read", "readline", "sample", "scan",
];

pub fn check(package: &Package, code: &Code) -> Diagnostics {
    let mut found = Diagnostics::default();
    let steps = package
        .tests
        .iter()
        .flat_map(|test| test.setup.iter().chain(&test.steps).chain(&test.teardown));
    for step in steps {
        let Action::Python { module, function } = &step.action else {
            continue;
        };
        let Some(known) = code.function(&module.value, &function.value) else {
            continue;
        };
        // The function itself may come from another module than the one the step names.
        let body = code
            .modules()
            .filter(|module| module.file == Some(known.at.file))
            .flat_map(|module| module.body())
            .find_map(|statement| match statement {
                Stmt::FunctionDef(one) if one.name.range.start().to_u32() == known.at.start => {
                    Some(&one.body)
                }
                _ => None,
            });
        let Some(body) = body else {
            continue;
        };
        let mut does = Does::default();
        does.visit_body(body);
        if does.connect && does.measure && does.disconnect {
            let message = format!("{} connects, measures and disconnects", quoted(&known.name));
            let hint = "let a setup step connect, other steps measure, and a teardown step with `run_on_abort: true` disconnect: each has its own verdict, and the connection is closed whatever fails";
            // Two steps may call the same function; the same words are shown once.
            found.push(
                Diagnostic::advice(message)
                    .code(RULE)
                    .at(known.at)
                    .hint(hint),
            );
        }
    }
    found.sort();
    found
}

/// What a function does, by the names of what it calls.
#[derive(Default)]
struct Does {
    connect: bool,
    measure: bool,
    disconnect: bool,
}

fn connects(call: &ExprCall) -> bool {
    called(call).is_some_and(|name| CONNECTING.contains(&name))
}

impl<'a> Visitor<'a> for Does {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::With(with) = statement {
            let held = with
                .items
                .iter()
                .any(|item| matches!(&item.context_expr, Expr::Call(call) if connects(call)));
            self.disconnect |= held;
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            let name = called(call).unwrap_or_default();
            self.connect |= connects(call);
            self.disconnect |= DISCONNECTING.contains(&name);
            self.measure |= words(name)
                .iter()
                .any(|word| MEASURING.contains(&word.as_str()));
        }
        walk_expr(self, expression);
    }
}
