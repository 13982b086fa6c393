//! What a function visibly returns.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
};

use ruff_python_ast::{
    Expr, ExprBinOp, ExprCall, ExprDict, Operator, Stmt, StmtFunctionDef, UnaryOp,
    visitor::{Visitor, walk_expr, walk_stmt},
};
use ruff_text_size::{Ranged, TextRange};

use super::{dotted, literal, span};
use crate::source::{FileId, Span};

/// Functions whose result is a number, as far as measuring code goes.
const NUMBERS: [&str; 11] = [
    "abs", "float", "int", "max", "mean", "median", "min", "round", "stdev", "sum", "time",
];

/// Modules whose functions give numbers.
const OF_NUMBERS: [&str; 2] = ["math.", "statistics."];

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Returns {
    /// The keys of the dictionaries it visibly returns, each once, in the order of the code.
    pub keys: Vec<Key>,
    /// Whether it can return no other keys.
    pub complete: bool,
    /// Whether it may return something that is neither a dictionary nor None, and becomes `result`.
    pub result: bool,
    /// A return whose value is a number that has been computed.
    pub number: Option<Span>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub name: String,
    pub at: Span,
    /// Whether its value is a number that has been computed.
    pub number: bool,
}

impl Returns {
    /// Of a function that returns nothing.
    fn nothing() -> Self {
        Self {
            complete: true,
            ..Self::default()
        }
    }

    fn unknown() -> Self {
        Self {
            result: true,
            ..Self::default()
        }
    }

    fn result(number: Option<Span>) -> Self {
        Self {
            complete: true,
            result: true,
            number,
            keys: Vec::new(),
        }
    }

    /// What is returned is one or the other, or both together.
    fn join(&mut self, other: Self) {
        for key in other.keys {
            self.key(key);
        }
        self.complete &= other.complete;
        self.result |= other.result;
        self.number = self.number.or(other.number);
    }

    fn key(&mut self, key: Key) {
        match self.keys.iter_mut().find(|one| one.name == key.name) {
            Some(one) => one.number |= key.number,
            None => self.keys.push(key),
        }
    }
}

/// What a function returns, and whether it is a generator.
pub(super) fn of_function(function: &StmtFunctionDef, file: FileId) -> (Returns, bool) {
    let mut ends = Ends::default();
    ends.visit_body(&function.body);
    let mut scope = Scope::of(&function.body, file);
    for parameter in function.parameters.iter() {
        scope.spoil(parameter.name().as_str());
    }
    let mut all = Returns::nothing();
    for value in ends.values {
        all.join(scope.value(value));
    }
    (all, ends.yields)
}

/// What a lambda with this body returns.
pub(super) fn of_expression(expression: &Expr, file: FileId) -> Returns {
    Scope::of(&[], file).value(expression)
}

/// Whether an expression is a number that was computed, not one that stands there.
pub fn computes_a_number(expression: &Expr) -> bool {
    Scope::default().is_number(expression)
}

/// The values a function's own `return`s give.
#[derive(Default)]
struct Ends<'a> {
    values: Vec<&'a Expr>,
    yields: bool,
}

impl<'a> Visitor<'a> for Ends<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Return(end) => {
                self.values.extend(end.value.as_deref());
                walk_stmt(self, statement);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Lambda(_) | Expr::Generator(_) => {}
            Expr::Yield(_) | Expr::YieldFrom(_) => self.yields = true,
            _ => walk_expr(self, expression),
        }
    }
}

/// What is known of a function's local names.
#[derive(Default)]
struct Scope<'a> {
    file: Option<FileId>,
    /// What each name is given, in the order of the code.
    given: HashMap<&'a str, Vec<&'a Expr>>,
    /// `name["key"] = value` and `name.update(…)`.
    added: HashMap<&'a str, Vec<Added<'a>>>,
    /// Names that are given values in other ways: by a loop, a `with`, somebody outside.
    rebound: HashSet<&'a str>,
    /// Names whose value was handed to somebody who may have changed it.
    handed: HashSet<&'a str>,
    /// Mentions of names that do no harm, by where they stand.
    harmless: HashSet<TextRange>,
    /// Names whose values are being followed, against going in circles.
    followed: RefCell<Vec<&'a str>>,
    /// How many expressions have been looked at.
    looked: Cell<usize>,
}

/// Expressions looked at for one function: names that lead to names can be more than there is time for.
const MAX_LOOKS: usize = 20_000;

/// One operand.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    /// A number that was computed.
    Number,
    /// A number that stands there.
    Literal { whole: bool },
    /// What may be a number.
    Unknown,
    /// What is none.
    Other,
}

enum Added<'a> {
    Key(&'a Expr, &'a Expr),
    Call(&'a ExprCall),
}

/// Methods of a dictionary that leave its keys as they are, or take some away.
const HARMLESS: [&str; 7] = ["clear", "copy", "get", "items", "keys", "pop", "values"];

/// Functions that only look at what they are given.
const LOOKING: [&str; 11] = [
    "bool",
    "dict",
    "isinstance",
    "json.dumps",
    "len",
    "list",
    "pprint",
    "print",
    "repr",
    "sorted",
    "str",
];

impl<'a> Scope<'a> {
    fn of(body: &'a [Stmt], file: FileId) -> Self {
        let mut scope = Self {
            file: Some(file),
            ..Self::default()
        };
        scope.visit_body(body);
        scope
    }

    fn spoil(&mut self, name: &str) {
        if let Some((name, _)) = self.given.get_key_value(name) {
            self.rebound.insert(name);
        }
    }

    fn at(&self, syntax: impl Ranged) -> Option<Span> {
        self.file.map(|file| span(file, syntax))
    }

    /// What a returned value comes to.
    fn value(&self, expression: &'a Expr) -> Returns {
        if self.is_tired() {
            return Returns::unknown();
        }
        match expression {
            Expr::NoneLiteral(_) => Returns::nothing(),
            Expr::Dict(dict) => self.dict(dict),
            Expr::DictComp(_) => Returns::default(),
            Expr::If(either) => {
                let mut both = self.value(&either.body);
                both.join(self.value(&either.orelse));
                both
            }
            Expr::BinOp(both) if both.op == Operator::BitOr => {
                let mut keys = self.value(&both.left);
                keys.join(self.value(&both.right));
                keys
            }
            Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id == "dict") => {
                self.arguments(call)
            }
            Expr::Name(name) => self.name(name.id.as_str(), expression),
            _ if self.is_number(expression) => Returns::result(self.at(expression)),
            Expr::StringLiteral(_)
            | Expr::FString(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::Compare(_)
            | Expr::List(_)
            | Expr::ListComp(_)
            | Expr::Tuple(_) => Returns::result(None),
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => Returns::result(None),
            _ => Returns::unknown(),
        }
    }

    fn dict(&self, dict: &'a ExprDict) -> Returns {
        let mut all = Returns::nothing();
        for item in &dict.items {
            match &item.key {
                // `**other`
                None => all.join(self.value(&item.value)),
                Some(key) => self.item(&mut all, key, &item.value),
            }
        }
        all
    }

    fn item(&self, all: &mut Returns, key: &'a Expr, value: &'a Expr) {
        match (literal::text(key), self.at(key)) {
            (Some(name), Some(at)) => all.key(Key {
                name: name.into(),
                at,
                number: self.is_number(value),
            }),
            _ => all.complete = false,
        }
    }

    /// Those of `dict(…)` and `.update(…)`.
    fn arguments(&self, call: &'a ExprCall) -> Returns {
        let mut all = Returns::nothing();
        for argument in &call.arguments.args {
            all.join(self.value(argument));
        }
        for keyword in &call.arguments.keywords {
            match (&keyword.arg, self.at(keyword)) {
                (Some(name), Some(at)) => all.key(Key {
                    name: name.to_string(),
                    at,
                    number: self.is_number(&keyword.value),
                }),
                _ => all.join(self.value(&keyword.value)),
            }
        }
        all
    }

    fn name(&self, name: &'a str, mention: &Expr) -> Returns {
        let Some(given) = self.given.get(name) else {
            return Returns::unknown();
        };
        if self.followed.borrow().contains(&name) {
            return Returns::unknown();
        }
        self.followed.borrow_mut().push(name);
        let mut all = Returns::nothing();
        for value in given {
            all.join(self.value(value));
        }
        for added in self.added.get(name).into_iter().flatten() {
            match added {
                Added::Key(key, value) => self.item(&mut all, key, value),
                Added::Call(call) => all.join(self.arguments(call)),
            }
        }
        self.followed.borrow_mut().pop();
        if self.rebound.contains(name) {
            all.result = true;
        }
        if self.rebound.contains(name) || self.handed.contains(name) {
            all.complete = false;
        }
        // The place of a number is where it is returned.
        all.number = all.number.and_then(|_| self.at(mention));
        all
    }

    fn is_tired(&self) -> bool {
        self.looked.set(self.looked.get() + 1);
        self.looked.get() > MAX_LOOKS
    }

    fn is_number(&self, expression: &'a Expr) -> bool {
        if self.is_tired() {
            return false;
        }
        match expression {
            Expr::Call(call) => dotted(&call.func).is_some_and(|name| {
                NUMBERS.contains(&name.as_str())
                    || OF_NUMBERS.iter().any(|start| name.starts_with(start))
            }),
            Expr::BinOp(both) => self.is_computed(both),
            Expr::UnaryOp(unary) => {
                matches!(unary.op, UnaryOp::USub | UnaryOp::UAdd) && self.is_number(&unary.operand)
            }
            Expr::If(either) => self.is_number(&either.body) && self.is_number(&either.orelse),
            Expr::Name(name) => {
                let name = name.id.as_str();
                if self.rebound.contains(name) || self.followed.borrow().contains(&name) {
                    return false;
                }
                let Some(given) = self.given.get(name) else {
                    return false;
                };
                self.followed.borrow_mut().push(name);
                let number = given.iter().all(|value| self.is_number(value));
                self.followed.borrow_mut().pop();
                number
            }
            _ => false,
        }
    }

    /// Whether an operation gives a number: one of its sides is one, and the other can be.
    fn is_computed(&self, both: &'a ExprBinOp) -> bool {
        let (left, right) = (self.side(&both.left), self.side(&both.right));
        // Text and lists can be repeated by an int, and text formatted by anything.
        let tells = |side: Side| match both.op {
            Operator::Mod => side == Side::Number,
            Operator::Mult => matches!(side, Side::Number | Side::Literal { whole: false }),
            _ => matches!(side, Side::Number | Side::Literal { .. }),
        };
        let literal = |side| matches!(side, Side::Literal { .. });
        matches!(
            both.op,
            Operator::Add
                | Operator::Sub
                | Operator::Mult
                | Operator::Div
                | Operator::FloorDiv
                | Operator::Mod
                | Operator::Pow
        ) && !(literal(left) && literal(right))
            && left != Side::Other
            && right != Side::Other
            && (tells(left) || tells(right))
    }

    fn side(&self, expression: &'a Expr) -> Side {
        match literal::number(expression) {
            Some(value) => Side::Literal {
                whole: value.fract() == 0.0,
            },
            None if self.is_number(expression) => Side::Number,
            None => match expression {
                Expr::Name(_)
                | Expr::Attribute(_)
                | Expr::Call(_)
                | Expr::Subscript(_)
                | Expr::BinOp(_) => Side::Unknown,
                _ => Side::Other,
            },
        }
    }

    /// A mention that does nothing to what the name holds.
    fn allow(&mut self, expression: &Expr) {
        if let Expr::Name(name) = expression {
            self.harmless.insert(name.range);
        }
    }
}

impl<'a> Visitor<'a> for Scope<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(target, &assign.value);
                }
                if let [_, _, ..] = assign.targets.as_slice() {
                    // Two names for one thing.
                    for target in &assign.targets {
                        if let Expr::Name(name) = target {
                            self.handed.insert(name.id.as_str());
                        }
                    }
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value);
                } else {
                    self.allow(&assign.target);
                }
            }
            Stmt::AugAssign(assign) => match &*assign.target {
                Expr::Subscript(subscript) => self.allow(&subscript.value),
                // `|=` adds the keys of another; a number stays one with the others.
                Expr::Name(_) => self.assign(&assign.target, &assign.value),
                _ => {}
            },
            Stmt::Return(end) => {
                if let Some(value) = &end.value {
                    self.allow(value);
                    if let Expr::If(either) = &**value {
                        self.allow(&either.body);
                        self.allow(&either.orelse);
                    }
                }
            }
            Stmt::For(each) => self.allow(&each.iter),
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    if let Expr::Subscript(subscript) = target {
                        self.allow(&subscript.value);
                    }
                }
            }
            Stmt::Global(global) => {
                self.rebound
                    .extend(global.names.iter().map(|name| name.as_str()));
            }
            Stmt::Nonlocal(nonlocal) => {
                self.rebound
                    .extend(nonlocal.names.iter().map(|name| name.as_str()));
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => {
                if let Expr::Attribute(attribute) = &*call.func
                    && let Expr::Name(name) = &*attribute.value
                {
                    let method = attribute.attr.as_str();
                    if method == "update" {
                        self.allow(&attribute.value);
                        self.added
                            .entry(name.id.as_str())
                            .or_default()
                            .push(Added::Call(call));
                    } else if HARMLESS.contains(&method) {
                        self.allow(&attribute.value);
                    }
                }
                if dotted(&call.func).is_some_and(|name| {
                    LOOKING.contains(&name.as_str()) || NUMBERS.contains(&name.as_str())
                }) {
                    for argument in &call.arguments.args {
                        self.allow(argument);
                    }
                }
            }
            Expr::Subscript(subscript) if subscript.ctx.is_load() => self.allow(&subscript.value),
            Expr::Compare(compare) => {
                self.allow(&compare.left);
                for side in &compare.comparators {
                    self.allow(side);
                }
            }
            Expr::BinOp(both) => {
                self.allow(&both.left);
                self.allow(&both.right);
            }
            Expr::UnaryOp(unary) => self.allow(&unary.operand),
            Expr::Dict(dict) => {
                for item in &dict.items {
                    // What a dictionary holds or spreads is read from there, not written.
                    self.allow(&item.value);
                }
            }
            Expr::Name(name) => {
                let harmless = self.harmless.contains(&name.range);
                if name.ctx.is_store() && !harmless {
                    self.rebound.insert(name.id.as_str());
                } else if !harmless {
                    self.handed.insert(name.id.as_str());
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }

    fn visit_interpolated_string_element(
        &mut self,
        element: &'a ruff_python_ast::InterpolatedStringElement,
    ) {
        if let Some(shown) = element.as_interpolation() {
            self.allow(&shown.expression);
        }
        ruff_python_ast::visitor::walk_interpolated_string_element(self, element);
    }
}

impl<'a> Scope<'a> {
    fn assign(&mut self, target: &'a Expr, value: &'a Expr) {
        match target {
            Expr::Name(name) => {
                self.harmless.insert(name.range);
                self.given.entry(name.id.as_str()).or_default().push(value);
            }
            Expr::Subscript(subscript) => {
                if let Expr::Name(name) = &*subscript.value {
                    self.allow(&subscript.value);
                    self.added
                        .entry(name.id.as_str())
                        .or_default()
                        .push(Added::Key(&subscript.slice, value));
                }
            }
            _ => {}
        }
    }
}
