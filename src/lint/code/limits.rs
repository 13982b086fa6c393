//! L21: limits are not checked in Python.
//!
//! A heuristic, and one that keeps quiet when in doubt. It speaks up where an ordered comparison of something measured with numbers
//! or with names of limits decides whether the code raises, or which verdict it returns. What is compared must come from outside the
//! function's arguments and look like a measured value by its name or its origin.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use ruff_python_ast::{
    CmpOp, ElifElseClause, Expr, ExprCall, ExprCompare, Stmt, StmtFunctionDef, UnaryOp,
    visitor::{Visitor, walk_expr, walk_stmt},
};

use super::words::words;
use crate::{
    code::{Code, called, dotted, number, span, text},
    diagnostic::{Diagnostic, Diagnostics, quoted},
    source::FileId,
};

const RULE: &str = "L21";

/// Quantities: what has such a name is measured.
const QUANTITIES: [&str; 58] = [
    "amp",
    "ampere",
    "amperes",
    "amps",
    "brightness",
    "capacitance",
    "celsius",
    "consumption",
    "current",
    "currents",
    "db",
    "dbm",
    "deviation",
    "drift",
    "freq",
    "frequency",
    "gain",
    "hertz",
    "humidity",
    "hz",
    "impedance",
    "inductance",
    "ivdd",
    "leakage",
    "level",
    "lux",
    "ma",
    "meas",
    "measured",
    "measurement",
    "mv",
    "noise",
    "ohm",
    "ohms",
    "power",
    "ppm",
    "pressure",
    "reading",
    "readings",
    "resistance",
    "ripple",
    "rpm",
    "snr",
    "temp",
    "temperature",
    "thd",
    "ua",
    "uv",
    "vbat",
    "vbus",
    "vcc",
    "vdd",
    "vin",
    "volt",
    "voltage",
    "volts",
    "vout",
    "watts",
];

/// Names that may hold anything measured.
const VAGUE: [&str; 6] = ["result", "sample", "samples", "val", "value", "values"];

/// What functions that measure are called.
const MEASURING: [&str; 7] = [
    "acquire", "fetch", "meas", "measure", "query", "read", "sample",
];

/// What is counted, timed or numbered, and no quantity of the device under test.
const COUNTED: [&str; 62] = [
    "age",
    "attempt",
    "attempts",
    "baud",
    "bytes",
    "chars",
    "checksum",
    "code",
    "column",
    "count",
    "counter",
    "crc",
    "day",
    "deadline",
    "delay",
    "depth",
    "duration",
    "elapsed",
    "end",
    "errno",
    "exit",
    "height",
    "idx",
    "index",
    "left",
    "len",
    "length",
    "line",
    "lines",
    "major",
    "minor",
    "month",
    "now",
    "num",
    "number",
    "pid",
    "port",
    "pos",
    "position",
    "rc",
    "remaining",
    "retries",
    "retry",
    "returncode",
    "row",
    "rows",
    "seconds",
    "size",
    "start",
    "started",
    "status",
    "time",
    "timeout",
    "times",
    "timestamp",
    "total",
    "tries",
    "version",
    "wait",
    "width",
    "year",
    "years",
];

/// Names of limits.
const LIMITS: [&str; 19] = [
    "hi",
    "high",
    "limit",
    "limits",
    "lo",
    "low",
    "lower",
    "lsl",
    "max",
    "maximum",
    "min",
    "minimum",
    "spec",
    "threshold",
    "tol",
    "tolerance",
    "upper",
    "usl",
    "nominal",
];

/// Functions of Python that make a value of what they are given.
const CONVERTING: [&str; 17] = [
    "Decimal", "abs", "bool", "bytes", "dict", "float", "int", "len", "list", "max", "min",
    "range", "round", "sorted", "str", "sum", "tuple",
];

/// Methods that give a piece of the text or the table they belong to.
const TAKING: [&str; 18] = [
    "copy",
    "decode",
    "encode",
    "get",
    "items",
    "keys",
    "lower",
    "lstrip",
    "partition",
    "pop",
    "replace",
    "rpartition",
    "rstrip",
    "split",
    "splitlines",
    "strip",
    "upper",
    "values",
];

/// Exceptions that tell of something else than a value out of its limits.
const OTHERWISE: [&str; 16] = [
    "ArithmeticError",
    "AttributeError",
    "ConnectionError",
    "EOFError",
    "IOError",
    "ImportError",
    "IndexError",
    "KeyError",
    "KeyboardInterrupt",
    "NotImplementedError",
    "OSError",
    "PermissionError",
    "StopIteration",
    "SystemExit",
    "TimeoutError",
    "TypeError",
];

/// Functions that tell people something.
const TELLING: [&str; 10] = [
    "critical",
    "debug",
    "error",
    "exception",
    "info",
    "log",
    "print",
    "warn",
    "warning",
    "write",
];

/// Verdicts as code returns them.
const VERDICTS: [&str; 8] = ["fail", "failed", "ko", "ng", "nok", "ok", "pass", "passed"];

pub fn check(code: &Code) -> Diagnostics {
    let mut found = Diagnostics::default();
    for module in code.modules() {
        if let Some(file) = module.file {
            let mut functions = Functions(Vec::new());
            functions.visit_body(module.body());
            for function in functions.0 {
                check_function(function, file, &mut found);
            }
        }
    }
    found
}

/// All functions of a module, those within others and within classes too.
struct Functions<'a>(Vec<&'a StmtFunctionDef>);

impl<'a> Visitor<'a> for Functions<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::FunctionDef(function) = statement {
            self.0.push(function);
        }
        walk_stmt(self, statement);
    }
    fn visit_expr(&mut self, _: &'a Expr) {}
}

fn check_function(function: &StmtFunctionDef, file: FileId, found: &mut Diagnostics) {
    let mut body = Body::default();
    body.visit_body(&function.body);
    for decision in &body.decisions {
        let Some(value) = body.limited(decision) else {
            continue;
        };
        let what = match dotted(value) {
            Some(name) => quoted(&name),
            None => "a measured value".into(),
        };
        let message = format!(
            "{} checks the limits of {what} in Python",
            quoted(&function.name)
        );
        let hint = "return the value, and put low_limit and high_limit into the `measurement` of the step: there they can be changed, and are in every report";
        let protects = body
            .protecting
            .iter()
            .any(|test| std::ptr::eq(*test, *decision));
        let problem = if protects {
            Diagnostic::warning(message)
        } else {
            Diagnostic::error(message)
        };
        found.push(problem.code(RULE).at(span(file, *decision)).hint(hint));
    }
}

/// What is known of a function: where its names come from, and which tests decide about a failure.
#[derive(Default)]
struct Body<'a> {
    given: HashMap<&'a str, Vec<&'a Expr>>,
    decisions: Vec<&'a Expr>,
    /// Those whose branch does something about it before it raises, such as switching off.
    protecting: Vec<&'a Expr>,
    /// Names whose origin is being followed, against going in circles.
    followed: RefCell<Vec<&'a str>>,
    /// How many expressions have been looked at.
    looked: Cell<usize>,
}

/// Expressions looked at for one function: names that lead to names can be more than there is time for.
const MAX_LOOKS: usize = 20_000;

impl<'a> Visitor<'a> for Body<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            // These have a life of their own.
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.give(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.give(&assign.target, value);
                }
            }
            Stmt::AugAssign(assign) => self.give(&assign.target, &assign.value),
            Stmt::For(each) => self.give(&each.target, &each.iter),
            Stmt::With(with) => {
                for item in &with.items {
                    if let Some(target) = &item.optional_vars {
                        self.give(target, &item.context_expr);
                    }
                }
            }
            Stmt::If(choice) => {
                let last = choice.elif_else_clauses.last();
                let otherwise = last
                    .is_some_and(|ElifElseClause { test, body, .. }| test.is_none() && fails(body));
                let tests = choice
                    .elif_else_clauses
                    .iter()
                    .filter_map(|clause| Some((clause.test.as_ref()?, &*clause.body)));
                for (test, body) in std::iter::once((&*choice.test, &*choice.body)).chain(tests) {
                    if fails(body) || otherwise {
                        self.decisions.push(test);
                    }
                    if protects(body) {
                        self.protecting.push(test);
                    }
                }
            }
            Stmt::Assert(assert) => self.decisions.push(&assert.test),
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::If(choice) if is_verdict(&choice.body) && is_verdict(&choice.orelse) => {
                self.decisions.push(&choice.test);
            }
            Expr::Named(named) => self.give(&named.target, &named.value),
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// Whether a branch calls something before it raises that is more than a line for people.
fn protects(body: &[Stmt]) -> bool {
    let Some((Stmt::Raise(_), before)) = body.split_last() else {
        return false;
    };
    before.iter().any(|statement| match statement {
        Stmt::Expr(alone) => match &*alone.value {
            Expr::Call(call) => called(call).is_some_and(|name| !TELLING.contains(&name)),
            _ => false,
        },
        _ => false,
    })
}

/// Whether a branch ends the function with a failure, or with a verdict of its own.
fn fails(body: &[Stmt]) -> bool {
    match body.last() {
        Some(Stmt::Raise(raise)) => {
            let raised = raise.exc.as_deref().map(|exception| match exception {
                Expr::Call(call) => dotted(&call.func),
                other => dotted(other),
            });
            // `raise` alone raises again what has been caught.
            raised
                .flatten()
                .is_some_and(|name| !OTHERWISE.contains(&name.rsplit('.').next().unwrap_or(&name)))
        }
        Some(Stmt::Return(end)) => end.value.as_deref().is_some_and(is_verdict),
        Some(Stmt::Expr(alone)) => {
            matches!(&*alone.value, Expr::Call(call) if called(call) == Some("fail"))
        }
        _ => false,
    }
}

/// `"FAIL"`, `("FAIL", reason)`, `{"verdict": "FAIL"}`
fn is_verdict(value: &Expr) -> bool {
    match value {
        Expr::StringLiteral(_) => {
            text(value).is_some_and(|text| VERDICTS.contains(&text.to_lowercase().as_str()))
        }
        Expr::Tuple(tuple) => tuple.elts.first().is_some_and(is_verdict),
        Expr::Dict(dict) => dict.items.iter().any(|item| is_verdict(&item.value)),
        _ => false,
    }
}

/// One ordered comparison: of what, and with what.
struct Side<'a> {
    value: &'a Expr,
    bound: Bound,
}

enum Bound {
    /// A number as it stands; whether it is 0, 1 or -1, which tell of signs and of errors.
    Number { telling: bool },
    /// A name of a limit.
    Named,
}

impl<'a> Body<'a> {
    fn give(&mut self, target: &'a Expr, value: &'a Expr) {
        match target {
            Expr::Name(name) => self.given.entry(name.id.as_str()).or_default().push(value),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.give(one, value)),
            Expr::List(list) => list.elts.iter().for_each(|one| self.give(one, value)),
            Expr::Starred(starred) => self.give(&starred.value, value),
            _ => {}
        }
    }

    /// The measured value that a test holds to limits, if it does nothing else.
    fn limited(&self, test: &'a Expr) -> Option<&'a Expr> {
        let mut comparisons = Vec::new();
        if !collect(test, &mut comparisons) {
            return None;
        }
        let sides: Vec<Side<'a>> = comparisons.iter().flat_map(|one| self.sides(one)).collect();
        sides.iter().find_map(|side| {
            let name = dotted(side.value);
            let own: Vec<&Side<'a>> = sides
                .iter()
                .filter(|other| {
                    std::ptr::eq(other.value, side.value)
                        || name.is_some() && dotted(other.value) == name
                })
                .collect();
            // From 0 to 1 is what a share can be, not what it should be.
            let two_sided = own.len() > 1
                && !own
                    .iter()
                    .all(|side| matches!(side.bound, Bound::Number { telling: true }));
            let named = matches!(side.bound, Bound::Named);
            let telling = matches!(side.bound, Bound::Number { telling: true });
            let evidence = self.evidence(side.value);
            let enough = if two_sided || named {
                evidence >= Evidence::Vague
            } else {
                !telling && evidence == Evidence::Quantity
            };
            (enough && !self.is_argument(side.value)).then_some(side.value)
        })
    }

    fn sides(&self, compare: &'a ExprCompare) -> Vec<Side<'a>> {
        let operands: Vec<&Expr> = std::iter::once(&*compare.left)
            .chain(&compare.comparators)
            .collect();
        let pairs = compare.ops.iter().zip(operands.windows(2));
        pairs
            .filter(|(op, _)| matches!(op, CmpOp::Lt | CmpOp::LtE | CmpOp::Gt | CmpOp::GtE))
            .filter_map(|(_, pair)| {
                let (value, bound) = match (bound(pair[0]), bound(pair[1])) {
                    (None, Some(bound)) => (pair[0], bound),
                    (Some(bound), None) => (pair[1], bound),
                    // `MIN_SEEN < LOW`: which is the limit?
                    (Some(Bound::Named), Some(number @ Bound::Number { .. })) => (pair[0], number),
                    (Some(number @ Bound::Number { .. }), Some(Bound::Named)) => (pair[1], number),
                    _ => return None,
                };
                Some(Side { value, bound })
            })
            .collect()
    }

    /// How much a value looks like a measured one.
    fn evidence(&self, value: &'a Expr) -> Evidence {
        let mut names = Named::default();
        names.visit_expr(value);
        let mut words = names.words();
        if words.iter().any(|word| COUNTED.contains(&word.as_str())) {
            return Evidence::None;
        }
        // Where a local name comes from says as much as its own.
        for name in &names.names {
            for origin in self.given.get(name.as_str()).into_iter().flatten() {
                let mut from = Named::default();
                from.visit_expr(origin);
                if from.names.iter().any(|name| {
                    matches!(
                        name.as_str(),
                        "len" | "time" | "monotonic" | "perf_counter" | "count"
                    )
                }) {
                    return Evidence::None;
                }
                words.extend(from.calls.iter().flat_map(|name| super::words::words(name)));
            }
        }
        let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        if any(&QUANTITIES) || any(&["measure"]) {
            Evidence::Quantity
        } else if any(&VAGUE) || any(&MEASURING) {
            Evidence::Vague
        } else {
            Evidence::None
        }
    }

    /// Whether a value is one that the function was given, or one made of those.
    fn is_argument(&self, value: &'a Expr) -> bool {
        self.looked.set(self.looked.get() + 1);
        if self.looked.get() > MAX_LOOKS {
            return true;
        }
        match value {
            Expr::Name(name) => {
                let name = name.id.as_str();
                let Some(given) = self.given.get(name) else {
                    // A parameter, or a name of the module.
                    return true;
                };
                if self.followed.borrow().contains(&name) {
                    return true;
                }
                self.followed.borrow_mut().push(name);
                let argument = given.iter().all(|origin| self.is_argument(origin));
                self.followed.borrow_mut().pop();
                argument
            }
            Expr::Attribute(attribute) => self.is_argument(&attribute.value),
            Expr::Subscript(subscript) => self.is_argument(&subscript.value),
            Expr::Call(call) => self.is_conversion(call),
            Expr::BinOp(both) => self.is_argument(&both.left) && self.is_argument(&both.right),
            Expr::UnaryOp(unary) => self.is_argument(&unary.operand),
            Expr::BoolOp(all) => all.values.iter().all(|value| self.is_argument(value)),
            Expr::If(either) => self.is_argument(&either.body) && self.is_argument(&either.orelse),
            Expr::Tuple(tuple) => tuple.elts.iter().all(|value| self.is_argument(value)),
            Expr::List(list) => list.elts.iter().all(|value| self.is_argument(value)),
            // A list of what was measured one by one.
            Expr::ListComp(each) => self.is_argument(&each.elt),
            Expr::Generator(each) => self.is_argument(&each.elt),
            Expr::Dict(dict) => dict.items.iter().all(|item| self.is_argument(&item.value)),
            Expr::Await(_) => false,
            _ => true,
        }
    }

    fn is_conversion(&self, call: &'a ExprCall) -> bool {
        let given = call
            .arguments
            .args
            .iter()
            .all(|value| self.is_argument(value));
        match &*call.func {
            Expr::Name(name) => CONVERTING.contains(&name.id.as_str()) && given,
            Expr::Attribute(attribute) => {
                TAKING.contains(&attribute.attr.as_str()) && self.is_argument(&attribute.value)
            }
            _ => false,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Evidence {
    None,
    Vague,
    Quantity,
}

/// The comparisons that a test is made of; false if there is anything else in it.
fn collect<'a>(test: &'a Expr, comparisons: &mut Vec<&'a ExprCompare>) -> bool {
    match test {
        Expr::Compare(compare) => {
            comparisons.push(compare);
            true
        }
        Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => collect(&unary.operand, comparisons),
        Expr::BoolOp(all) => all.values.iter().all(|value| collect(value, comparisons)),
        _ => false,
    }
}

fn bound(expression: &Expr) -> Option<Bound> {
    if let Some(value) = number(expression) {
        return Some(Bound::Number {
            telling: [-1.0, 0.0, 1.0].contains(&value),
        });
    }
    match expression {
        // `NOMINAL * 1.05`, `float(high)`
        Expr::BinOp(both) => {
            let sides = (bound(&both.left)?, bound(&both.right)?);
            Some(match sides {
                (Bound::Number { .. }, Bound::Number { .. }) => Bound::Number { telling: false },
                _ => Bound::Named,
            })
        }
        Expr::Call(call) if matches!(called(call), Some("float" | "Decimal")) => {
            bound(call.arguments.args.first()?)
        }
        Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => {
            let mut names = Named::default();
            names.visit_expr(expression);
            let words = names.words();
            let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
            (has(&LIMITS) && !has(&COUNTED)).then_some(Bound::Named)
        }
        _ => None,
    }
}

/// All names in an expression, keys included, and those of what it calls.
#[derive(Default)]
struct Named {
    names: Vec<String>,
    calls: Vec<String>,
}

impl Named {
    fn words(&self) -> Vec<String> {
        self.names.iter().flat_map(|name| words(name)).collect()
    }
}

impl<'a> Visitor<'a> for Named {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => self.names.push(name.id.to_string()),
            Expr::Attribute(attribute) => self.names.push(attribute.attr.to_string()),
            Expr::Subscript(subscript) => {
                self.names.extend(text(&subscript.slice).map(str::to_owned));
            }
            Expr::Call(call) => self.calls.extend(called(call).map(str::to_owned)),
            _ => {}
        }
        walk_expr(self, expression);
    }
}
