//! What expressions of a script are, without running it: literals, names, comprehensions over lists, and the text made of them.

use std::{collections::BTreeMap, path::Path};

use rehearsal_python::value::Value;
use ruff_python_ast::{
    Comprehension, Expr, FStringPart, InterpolatedStringElement, Number, Stmt, UnaryOp,
};

use crate::flow::Variable;

/// Calls and names that lead from one expression to the next.
const MAX_DEPTH: usize = 40;
/// Items of a comprehension.
const MAX_ITEMS: usize = 10_000;
/// Bytes of a module whose constants are looked up.
const MAX_CODE: u64 = 1 << 20;

/// What is known of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// None, a bool, a number or a text.
    Plain(Value),
    /// A list or a tuple.
    List(Vec<Self>),
    Dict(Vec<(String, Self)>),
    Module(String),
    /// The parsed command line.
    Options,
    /// `module.function` of test code, or a constant of it.
    Member {
        module: String,
        name: String,
    },
    /// `lambda: time.sleep(seconds)`
    Sleep(f64),
    /// `lambda: {…}`
    Returns(Box<Self>),
    /// Cannot be told without running the script.
    Unknown,
}

impl Known {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Plain(Value::Str(text.into()))
    }

    /// A text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Plain(Value::Str(text)) => Some(text),
            _ => None,
        }
    }

    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Plain(Value::Int(int)) => Some(*int as f64),
            Self::Plain(Value::Big(big)) => big.as_str().parse().ok(),
            Self::Plain(Value::Float(float)) => Some(*float),
            _ => None,
        }
    }

    /// As a template would show it.
    pub fn shown(&self) -> Option<String> {
        match self {
            Self::Plain(value) => Some(Variable::new(value.clone()).text().into_owned()),
            _ => None,
        }
    }
}

/// The names of one Python file.
#[derive(Default)]
pub struct Names<'a> {
    /// What each is assigned; none where it is assigned more than once.
    assigned: BTreeMap<&'a str, Option<&'a Expr>>,
    modules: BTreeMap<&'a str, String>,
    /// Imported from a module of the test code.
    members: BTreeMap<&'a str, (String, String)>,
    /// Defaults of the switches, by their destinations.
    options: BTreeMap<String, &'a Expr>,
    /// Where the test code lies, to look up its constants.
    code: Option<&'a Path>,
}

type Locals = Vec<(String, Known)>;

impl<'a> Names<'a> {
    pub fn new(code: Option<&'a Path>) -> Self {
        Self {
            code,
            ..Self::default()
        }
    }

    /// Learns what the statements assign and import. What is changed later, or in a condition or a loop, is not known.
    pub fn learn(&mut self, body: &'a [Stmt]) {
        for statement in body {
            match statement {
                Stmt::Assign(assign) => match &*assign.targets {
                    [Expr::Name(name)] => self.assign(name.id.as_str(), &assign.value),
                    targets => targets.iter().for_each(|target| self.doubt(target)),
                },
                Stmt::AugAssign(assign) => self.doubt(&assign.target),
                Stmt::For(repeated) => {
                    self.doubt(&repeated.target);
                    self.doubt_all(&repeated.body);
                }
                Stmt::While(repeated) => self.doubt_all(&repeated.body),
                Stmt::If(condition) => {
                    self.doubt_all(&condition.body);
                    for clause in &condition.elif_else_clauses {
                        self.doubt_all(&clause.body);
                    }
                }
                Stmt::With(with) => self.learn(&with.body),
                Stmt::Try(tried) => {
                    self.learn(&tried.body);
                    self.learn(&tried.orelse);
                    self.learn(&tried.finalbody);
                }
                Stmt::AnnAssign(assign) => {
                    if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                        self.assign(name.id.as_str(), value);
                    }
                }
                Stmt::Import(import) => {
                    for alias in &import.names {
                        let name = alias.name.id.as_str();
                        let known_as = alias.asname.as_ref().map_or(name, |its| its.id.as_str());
                        self.modules.insert(known_as, name.to_owned());
                    }
                }
                Stmt::ImportFrom(import) => {
                    let Some(module) = &import.module else {
                        continue;
                    };
                    for alias in &import.names {
                        let name = alias.name.id.as_str();
                        let known_as = alias.asname.as_ref().map_or(name, |its| its.id.as_str());
                        self.members
                            .insert(known_as, (module.id.to_string(), name.to_owned()));
                    }
                }
                Stmt::Expr(expression) => {
                    self.switch(&expression.value);
                    self.changed(&expression.value);
                }
                _ => {}
            }
        }
    }

    /// What the target names may have any value from here on.
    fn doubt(&mut self, target: &'a Expr) {
        match target {
            Expr::Name(name) => drop(self.assigned.insert(name.id.as_str(), None)),
            Expr::Subscript(item) => self.doubt(&item.value),
            Expr::Attribute(item) => self.doubt(&item.value),
            Expr::Starred(rest) => self.doubt(&rest.value),
            Expr::Tuple(targets) => targets.elts.iter().for_each(|target| self.doubt(target)),
            Expr::List(targets) => targets.elts.iter().for_each(|target| self.doubt(target)),
            _ => {}
        }
    }

    /// The same of everything that statements assign, which may or may not be run.
    fn doubt_all(&mut self, body: &'a [Stmt]) {
        for statement in body {
            match statement {
                Stmt::Assign(assign) => assign.targets.iter().for_each(|target| self.doubt(target)),
                Stmt::AnnAssign(assign) => self.doubt(&assign.target),
                Stmt::Expr(expression) => self.changed(&expression.value),
                other => self.learn(std::slice::from_ref(other)),
            }
        }
    }

    /// `list.append(…)`: a method that is called for its effect.
    fn changed(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression
            && let Expr::Attribute(method) = &*call.func
            && let Expr::Name(name) = &*method.value
            && self.assigned.contains_key(name.id.as_str())
            && !matches!(method.attr.id.as_str(), "add_argument" | "parse_args")
        {
            self.doubt(&method.value);
        }
    }

    fn assign(&mut self, name: &'a str, value: &'a Expr) {
        self.assigned
            .entry(name)
            .and_modify(|known| *known = None)
            .or_insert(Some(value));
    }

    /// `parser.add_argument("--name", default=…)`
    fn switch(&mut self, expression: &'a Expr) {
        let Expr::Call(call) = expression else { return };
        let Expr::Attribute(function) = &*call.func else {
            return;
        };
        if function.attr.id.as_str() != "add_argument" {
            return;
        }
        let keyword = |name: &str| {
            let mut all = call.arguments.keywords.iter();
            all.find(|keyword| keyword.arg.as_ref().is_some_and(|its| its.id == *name))
                .map(|keyword| &keyword.value)
        };
        let named = match (keyword("dest"), call.arguments.args.first()) {
            (Some(Expr::StringLiteral(text)), _) => text.value.to_str(),
            (None, Some(Expr::StringLiteral(text))) => text.value.to_str(),
            _ => return,
        };
        if let Some(default) = keyword("default") {
            let destination = named.trim_start_matches('-').replace('-', "_");
            self.options.insert(destination, default);
        }
    }

    pub fn expression(&self, name: &str) -> Option<&'a Expr> {
        self.assigned.get(name).copied().flatten()
    }

    pub fn evaluate(&self, expression: &Expr) -> Known {
        self.value(expression, &mut Vec::new(), 0)
    }

    /// What a step calls: a name of a module is a function there, whatever its file says.
    pub fn called(&self, expression: &Expr) -> Known {
        let (module, name) = match expression {
            Expr::Attribute(attribute) => (
                self.evaluate(&attribute.value),
                Some(attribute.attr.id.to_string()),
            ),
            Expr::Subscript(subscript) => (
                self.evaluate(&subscript.value),
                self.evaluate(&subscript.slice).as_text().map(str::to_owned),
            ),
            Expr::Name(name) => match self.members.get(name.id.as_str()) {
                Some((module, name)) => (Known::Module(module.clone()), Some(name.clone())),
                None => (Known::Unknown, None),
            },
            _ => (Known::Unknown, None),
        };
        match (module, name) {
            (Known::Module(module), Some(name)) => Known::Member { module, name },
            _ => self.evaluate(expression),
        }
    }

    fn value(&self, expression: &Expr, locals: &mut Locals, depth: usize) -> Known {
        if depth > MAX_DEPTH {
            return Known::Unknown;
        }
        let depth = depth + 1;
        match expression {
            Expr::NoneLiteral(_) => Known::Plain(Value::None),
            Expr::BooleanLiteral(literal) => Known::Plain(Value::Bool(literal.value)),
            Expr::StringLiteral(literal) => Known::text(literal.value.to_str()),
            Expr::NumberLiteral(literal) => number(&literal.value),
            Expr::UnaryOp(minus) if minus.op == UnaryOp::USub => {
                match self.value(&minus.operand, locals, depth) {
                    Known::Plain(Value::Int(int)) => int
                        .checked_neg()
                        .map_or(Known::Unknown, |int| Known::Plain(Value::Int(int))),
                    Known::Plain(Value::Float(float)) => Known::Plain(Value::Float(-float)),
                    _ => Known::Unknown,
                }
            }
            Expr::List(list) => self.list(&list.elts, locals, depth),
            Expr::Tuple(tuple) => self.list(&tuple.elts, locals, depth),
            Expr::Dict(dict) => {
                let mut items = Vec::new();
                for item in &dict.items {
                    let key = item.key.as_ref().map(|key| self.value(key, locals, depth));
                    let Some(key) = key.as_ref().and_then(Known::as_text) else {
                        return Known::Unknown;
                    };
                    items.push((key.to_owned(), self.value(&item.value, locals, depth)));
                }
                Known::Dict(items)
            }
            Expr::Name(name) => self.name(name.id.as_str(), locals, depth),
            Expr::Attribute(attribute) => {
                let name = attribute.attr.id.as_str();
                match self.value(&attribute.value, locals, depth) {
                    Known::Module(module) => self.member(module, name),
                    Known::Options => match self.options.get(name) {
                        Some(default) => self.value(default, locals, depth),
                        None => Known::Unknown,
                    },
                    _ => Known::Unknown,
                }
            }
            Expr::Subscript(subscript) => {
                let key = self.value(&subscript.slice, locals, depth);
                match (self.value(&subscript.value, locals, depth), key.as_text()) {
                    (Known::Module(module), Some(name)) => self.member(module, name),
                    (Known::Dict(items), Some(key)) => items
                        .into_iter()
                        .find_map(|(name, value)| (name == key).then_some(value))
                        .unwrap_or(Known::Unknown),
                    _ => Known::Unknown,
                }
            }
            Expr::FString(text) => {
                let mut out = String::new();
                for part in text.value.iter() {
                    match part {
                        FStringPart::Literal(literal) => out.push_str(&literal.value),
                        FStringPart::FString(text) => {
                            for element in &text.elements {
                                match self.element(element, locals, depth) {
                                    Some(text) => out.push_str(&text),
                                    None => return Known::Unknown,
                                }
                            }
                        }
                    }
                }
                Known::text(out)
            }
            Expr::ListComp(list) => {
                let mut out = Vec::new();
                match self.comprehend(&list.elt, &list.generators, locals, depth, &mut out) {
                    Some(()) => Known::List(out),
                    None => Known::Unknown,
                }
            }
            Expr::BinOp(sum) if sum.op == ruff_python_ast::Operator::Add => {
                let left = self.value(&sum.left, locals, depth);
                let right = self.value(&sum.right, locals, depth);
                match (left, right) {
                    (Known::List(mut left), Known::List(right)) => {
                        left.extend(right);
                        Known::List(left)
                    }
                    (left, right) => match (left.as_text(), right.as_text()) {
                        (Some(left), Some(right)) => Known::text(format!("{left}{right}")),
                        _ => Known::Unknown,
                    },
                }
            }
            Expr::Call(call) => self.call(call, locals, depth),
            Expr::Lambda(lambda) if lambda.parameters.is_none() => match &*lambda.body {
                Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
                    (Expr::Attribute(function), [seconds]) if function.attr.id == *"sleep" => self
                        .value(seconds, locals, depth)
                        .as_number()
                        .map_or(Known::Unknown, Known::Sleep),
                    _ => Known::Unknown,
                },
                body => match self.value(body, locals, depth) {
                    Known::Unknown => Known::Unknown,
                    value => Known::Returns(Box::new(value)),
                },
            },
            _ => Known::Unknown,
        }
    }

    fn name(&self, name: &str, locals: &mut Locals, depth: usize) -> Known {
        if let Some((_, value)) = locals.iter().rev().find(|(its, _)| its == name) {
            return value.clone();
        }
        if let Some(assigned) = self.assigned.get(name) {
            return match assigned {
                Some(value) => self.value(value, &mut Vec::new(), depth),
                None => Known::Unknown,
            };
        }
        if let Some(module) = self.modules.get(name) {
            return Known::Module(module.clone());
        }
        match self.members.get(name) {
            Some((module, name)) => self.member(module.clone(), name),
            None => Known::Unknown,
        }
    }

    fn list(&self, items: &[Expr], locals: &mut Locals, depth: usize) -> Known {
        if items.iter().any(Expr::is_starred_expr) {
            return Known::Unknown;
        }
        let items = items.iter().map(|item| self.value(item, locals, depth));
        Known::List(items.collect())
    }

    fn member(&self, module: String, name: &str) -> Known {
        self.constant(&module, name).unwrap_or(Known::Member {
            module,
            name: name.into(),
        })
    }

    /// A constant of the test code, read from its file.
    fn constant(&self, module: &str, name: &str) -> Option<Known> {
        let path = self.code?.join(format!("{}.py", module.replace('.', "/")));
        if std::fs::metadata(&path).ok()?.len() > MAX_CODE {
            return None;
        }
        let text = std::fs::read_to_string(path).ok()?;
        let parsed = ruff_python_parser::parse_module(&text).ok()?;
        let mut names = Names::default();
        names.learn(&parsed.syntax().body);
        let value = names.evaluate(names.expression(name)?);
        (value != Known::Unknown).then_some(value)
    }

    fn element(
        &self,
        element: &InterpolatedStringElement,
        locals: &mut Locals,
        depth: usize,
    ) -> Option<String> {
        match element {
            InterpolatedStringElement::Literal(literal) => Some(literal.value.to_string()),
            InterpolatedStringElement::Interpolation(part) => {
                if part.format_spec.is_some()
                    || part.debug_text.is_some()
                    || !part.conversion.is_none()
                {
                    return None;
                }
                match self.value(&part.expression, locals, depth) {
                    Known::Plain(value @ (Value::Str(_) | Value::Int(_) | Value::Big(_))) => {
                        Some(value.to_string())
                    }
                    _ => None,
                }
            }
        }
    }

    fn comprehend(
        &self,
        element: &Expr,
        generators: &[Comprehension],
        locals: &mut Locals,
        depth: usize,
        out: &mut Vec<Known>,
    ) -> Option<()> {
        let Some((first, rest)) = generators.split_first() else {
            out.push(self.value(element, locals, depth));
            return (out.len() <= MAX_ITEMS).then_some(());
        };
        if !first.ifs.is_empty() || first.is_async {
            return None;
        }
        let Known::List(items) = self.value(&first.iter, locals, depth) else {
            return None;
        };
        for item in items {
            let before = locals.len();
            bind(&first.target, item, locals)?;
            self.comprehend(element, rest, locals, depth, out)?;
            locals.truncate(before);
        }
        Some(())
    }

    fn call(&self, call: &ruff_python_ast::ExprCall, locals: &mut Locals, depth: usize) -> Known {
        let arguments = &call.arguments.args;
        match &*call.func {
            Expr::Attribute(method) if arguments.is_empty() => {
                let method_name = method.attr.id.as_str();
                if method_name == "parse_args" {
                    return Known::Options;
                }
                let value = self.value(&method.value, locals, depth);
                match (method_name, value.as_text()) {
                    ("upper", Some(text)) => Known::text(text.to_uppercase()),
                    ("lower", Some(text)) => Known::text(text.to_lowercase()),
                    _ => Known::Unknown,
                }
            }
            Expr::Name(name) if name.id == *"dict" && arguments.is_empty() => {
                let items = call.arguments.keywords.iter().map(|keyword| {
                    let name = keyword.arg.as_ref()?.to_string();
                    Some((name, self.value(&keyword.value, locals, depth)))
                });
                items
                    .collect::<Option<Vec<_>>>()
                    .map_or(Known::Unknown, Known::Dict)
            }
            // The way generated scripts name test code.
            Expr::Name(name) if name.id == *"_Code" => {
                match arguments
                    .first()
                    .map(|first| self.value(first, locals, depth))
                {
                    Some(Known::Plain(Value::Str(module))) => Known::Module(module),
                    _ => Known::Unknown,
                }
            }
            _ => Known::Unknown,
        }
    }
}

fn number(number: &Number) -> Known {
    match number {
        Number::Int(int) => match int.as_i64() {
            Some(int) => Known::Plain(Value::Int(int)),
            None => rehearsal_python::value::BigInt::parse(&int.to_string())
                .map_or(Known::Unknown, |big| Known::Plain(Value::Big(big))),
        },
        Number::Float(float) => Known::Plain(Value::Float(*float)),
        Number::Complex { .. } => Known::Unknown,
    }
}

fn bind(target: &Expr, item: Known, locals: &mut Locals) -> Option<()> {
    match (target, item) {
        (Expr::Name(name), item) => {
            locals.push((name.id.to_string(), item));
            Some(())
        }
        (Expr::Tuple(targets), Known::List(items)) if targets.elts.len() == items.len() => {
            let mut both = targets.elts.iter().zip(items);
            both.try_for_each(|(target, item)| bind(target, item, locals))
        }
        _ => None,
    }
}
