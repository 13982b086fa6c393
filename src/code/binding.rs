//! What the names at the top of a module stand for.

use indexmap::IndexMap;
use ruff_python_ast::{
    Expr, ExprCall, Stmt,
    visitor::{Visitor, walk_expr, walk_stmt},
};

use super::{Function, dotted, span};
use crate::source::{FileId, Span};

/// How a name got its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Binding {
    Function(Box<Function>),
    /// `f = g`
    Alias(String),
    /// `f = functools.partial(g, …)`: what it is of, how many positions and which names it gives.
    Partial(String, usize, Vec<String>),
    /// `from module import name`
    From(String, String),
    Module,
    Class(Span),
    /// A number, a text, a list: nothing that can be called.
    Value(Span),
    Unknown,
}

/// The names of a module, each with all that may have been given to it.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub bound: IndexMap<String, Vec<Binding>>,
    /// Modules of `from module import *`.
    pub starred: Vec<String>,
    /// Whether names are made in ways that cannot be read.
    pub dynamic: bool,
}

/// Reads the names of a module. `resolve` makes the module of `from … import` absolute.
pub(super) fn names(
    body: &[Stmt],
    file: FileId,
    resolve: &dyn Fn(u32, &str) -> Option<String>,
) -> Names {
    let mut reader = Reader {
        file,
        resolve,
        within: 0,
        names: Names::default(),
    };
    reader.visit_body(body);
    reader.names
}

struct Reader<'r> {
    file: FileId,
    resolve: &'r dyn Fn(u32, &str) -> Option<String>,
    /// How many `if`, `try` and loops are around.
    within: usize,
    names: Names,
}

/// Calls that can make names of their own.
const MAKERS: [&str; 5] = ["exec", "globals", "setattr", "sys.modules.update", "vars"];

impl Reader<'_> {
    fn bind(&mut self, name: &str, binding: Binding) {
        let all = self.names.bound.entry(name.to_owned()).or_default();
        if self.within == 0 {
            all.clear();
        }
        all.push(binding);
    }

    fn target(&mut self, target: &Expr, value: Option<&Expr>) {
        match target {
            Expr::Name(name) => {
                let binding = value.map_or(Binding::Unknown, |value| {
                    self.value(name.id.as_str(), value)
                });
                self.bind(name.id.as_str(), binding);
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.target(one, None)),
            Expr::List(list) => list.elts.iter().for_each(|one| self.target(one, None)),
            Expr::Starred(starred) => self.target(&starred.value, None),
            _ => {}
        }
    }

    fn value(&self, name: &str, value: &Expr) -> Binding {
        match value {
            Expr::Lambda(lambda) => {
                Binding::Function(Box::new(Function::of_lambda(name, lambda, self.file)))
            }
            Expr::Name(_) | Expr::Attribute(_) => {
                dotted(value).map_or(Binding::Unknown, Binding::Alias)
            }
            Expr::Call(call) => partial(call).unwrap_or(Binding::Unknown),
            Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::FString(_)
            | Expr::BytesLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Dict(_)
            | Expr::Set(_)
            | Expr::ListComp(_)
            | Expr::DictComp(_)
            | Expr::SetComp(_) => Binding::Value(span(self.file, value)),
            _ => Binding::Unknown,
        }
    }
}

/// `functools.partial(g, 1, b=2)`
fn partial(call: &ExprCall) -> Option<Binding> {
    let function = dotted(&call.func)?;
    if !matches!(function.as_str(), "functools.partial" | "partial") {
        return None;
    }
    let (of, positions) = call.arguments.args.split_first()?;
    let plain = !positions.iter().any(Expr::is_starred_expr);
    let names: Option<Vec<String>> = call
        .arguments
        .keywords
        .iter()
        .map(|keyword| keyword.arg.as_ref().map(ToString::to_string))
        .collect();
    Some(match (dotted(of), names) {
        (Some(of), Some(names)) if plain => Binding::Partial(of, positions.len(), names),
        _ => Binding::Unknown,
    })
}

impl<'a> Visitor<'a> for Reader<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(function) => {
                let name = function.name.as_str();
                if name == "__getattr__" {
                    self.names.dynamic = true;
                }
                let read = Function::of(function, self.file);
                self.bind(name, Binding::Function(Box::new(read)));
                let mut globals = Globals(Vec::new());
                globals.visit_body(&function.body);
                for name in globals.0 {
                    // A function may give it a value at any time.
                    let all = self.names.bound.entry(name.to_owned()).or_default();
                    all.push(Binding::Unknown);
                }
                return;
            }
            Stmt::ClassDef(class) => {
                self.bind(&class.name, Binding::Class(span(self.file, &class.name)));
                return;
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.target(target, Some(&assign.value));
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.target(&assign.target, Some(value));
                }
            }
            Stmt::AugAssign(assign) => self.target(&assign.target, None),
            Stmt::For(each) => self.target(&each.target, None),
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.target(target, None);
                    }
                }
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.target(target, None);
                }
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let whole = alias.name.as_str();
                    let first = whole.split('.').next().unwrap_or(whole);
                    let name = alias.asname.as_deref().unwrap_or(first);
                    self.bind(name, Binding::Module);
                }
            }
            Stmt::ImportFrom(import) => {
                let named = import.module.as_deref().unwrap_or_default();
                let module = (self.resolve)(import.level, named);
                for alias in &import.names {
                    let name = alias.name.as_str();
                    let (own, binding) = match (&module, name) {
                        (Some(module), "*") => {
                            self.names.starred.push(module.clone());
                            continue;
                        }
                        (None, "*") => {
                            self.names.dynamic = true;
                            continue;
                        }
                        (Some(module), _) => (name, Binding::From(module.clone(), name.into())),
                        (None, _) => (name, Binding::Unknown),
                    };
                    self.bind(alias.asname.as_deref().unwrap_or(own), binding);
                }
            }
            _ => {}
        }
        let nested = matches!(
            statement,
            Stmt::If(_) | Stmt::Try(_) | Stmt::For(_) | Stmt::While(_) | Stmt::Match(_)
        );
        self.within += usize::from(nested);
        walk_stmt(self, statement);
        self.within -= usize::from(nested);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call)
                if dotted(&call.func).is_some_and(|name| MAKERS.contains(&name.as_str())) =>
            {
                self.names.dynamic = true;
            }
            Expr::Named(named) => self.target(&named.target, None),
            Expr::Lambda(_) => return,
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// The names that a function declares `global`.
struct Globals<'a>(Vec<&'a str>);

impl<'a> Visitor<'a> for Globals<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Global(global) = statement {
            self.0.extend(global.names.iter().map(|name| name.as_str()));
        }
        walk_stmt(self, statement);
    }
}
