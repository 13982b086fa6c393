//! A function that a step can call.

use ruff_python_ast::{Decorator, Expr, ExprLambda, StmtFunctionDef};

use super::{Returns, Signature, dotted, returns, span};
use crate::source::{FileId, Span};

/// Decorators behind which a function takes and returns what it did before.
const TRANSPARENT: [&str; 12] = [
    "atexit.register",
    "cache",
    "final",
    "functools.cache",
    "functools.lru_cache",
    "lru_cache",
    "no_type_check",
    "override",
    "staticmethod",
    "typing.final",
    "typing.no_type_check",
    "typing.override",
];

#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    pub name: String,
    /// Its name where it is defined.
    pub at: Span,
    /// What calling it gives.
    pub callable: Callable,
    /// `None` where a decorator, or whoever made it, may have changed it.
    pub signature: Option<Signature>,
    pub returns: Returns,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callable {
    /// Its body runs.
    Plain,
    /// A coroutine, which somebody must await.
    Coroutine,
    /// A generator, which somebody must go through.
    Generator,
}

impl Function {
    pub(super) fn of(definition: &StmtFunctionDef, file: FileId) -> Self {
        let decorated = definition
            .decorator_list
            .iter()
            .any(|decorator| !is_transparent(decorator));
        let (returns, generator) = returns::of_function(definition, file);
        Self {
            name: definition.name.to_string(),
            at: span(file, &definition.name),
            callable: match (decorated, definition.is_async, generator) {
                (true, _, _) | (false, false, false) => Callable::Plain,
                (false, true, false) => Callable::Coroutine,
                (false, _, true) => Callable::Generator,
            },
            signature: (!decorated).then(|| Signature::of(&definition.parameters, file)),
            returns: if decorated {
                Returns::default()
            } else {
                returns
            },
        }
    }

    /// `name = lambda …`
    pub(super) fn of_lambda(name: &str, lambda: &ExprLambda, file: FileId) -> Self {
        Self {
            name: name.into(),
            at: span(file, lambda),
            callable: Callable::Plain,
            signature: Some(match &lambda.parameters {
                Some(parameters) => Signature::of(parameters, file),
                None => Signature::default(),
            }),
            returns: returns::of_expression(&lambda.body, file),
        }
    }
}

fn is_transparent(decorator: &Decorator) -> bool {
    let expression = match &decorator.expression {
        Expr::Call(call) => &call.func,
        expression => expression,
    };
    dotted(expression).is_some_and(|name| TRANSPARENT.contains(&name.as_str()))
}
