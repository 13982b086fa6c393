//! A run_local.py as it is written: its steps in order, found without running it.

use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::evaluate::{Known, Names};
use crate::source::{FileId, Span};

/// The keywords of the helper that make a function recognisable as one.
const KEYWORDS: [&str; 6] = [
    "args",
    "meas_specs",
    "terminate_on_fail",
    "run_on_abort",
    "retries",
    "retry_delay_s",
];
/// So many of them, whatever its name.
const ENOUGH: usize = 3;

/// One call of the helper.
pub struct ScriptStep {
    pub name: Known,
    pub at: Span,
    pub action: Option<(Known, Span)>,
    /// Its keywords.
    pub keywords: Vec<(String, Known, Span)>,
    /// "setup", "steps" or "teardown", where a comment before it says so.
    pub phase: Option<&'static str>,
}

/// A setting's default.
pub struct ScriptDefault {
    pub setting: String,
    pub value: Known,
    pub at: Span,
}

#[derive(Default)]
pub struct Script {
    pub steps: Vec<ScriptStep>,
    /// Those of `_DEFAULTS` whose comment names a setting.
    pub defaults: Vec<ScriptDefault>,
    /// First values of the test's variables.
    pub variables: Vec<(String, Known, Span)>,
    /// Calls whose number or order only running it would tell, each with its step's name.
    pub uncertain: Vec<(Known, Span)>,
    /// Whether there is a helper at all.
    pub has_helper: bool,
}

/// Finds the steps in a module that has been parsed.
pub fn read(body: &[Stmt], text: &str, file: FileId, names: &Names<'_>) -> Script {
    let helper = functions(body).find(|function| is_helper(function));
    let method = methods(body).find(|function| is_helper(function));
    let has_helper = helper.is_some() || method.is_some();
    let mut reader = Reader {
        text,
        file,
        names,
        helper: helper.map(|function| function.name.id.as_str()),
        method: method.map(|function| function.name.id.as_str()),
        script: Script {
            has_helper,
            ..Script::default()
        },
    };
    for statements in main_first(body) {
        reader.statements(statements, false);
    }
    reader.script
}

/// The bodies that hold steps: of the module, and of its function `main`.
pub fn main_first(body: &[Stmt]) -> Vec<&[Stmt]> {
    let main = functions(body).find(|function| function.name.id == *"main");
    let mut bodies = vec![body];
    bodies.extend(main.map(|function| &*function.body));
    bodies
}

fn functions(body: &[Stmt]) -> impl Iterator<Item = &StmtFunctionDef> {
    body.iter().filter_map(Stmt::as_function_def_stmt)
}

/// Those of the classes at the top.
fn methods(body: &[Stmt]) -> impl Iterator<Item = &StmtFunctionDef> {
    body.iter()
        .filter_map(Stmt::as_class_def_stmt)
        .flat_map(|class| functions(&class.body))
}

fn is_helper(function: &StmtFunctionDef) -> bool {
    let parameters = &function.parameters;
    let named = KEYWORDS.iter().filter(|keyword| {
        let mut all = parameters.args.iter().chain(&parameters.kwonlyargs);
        all.any(|parameter| parameter.parameter.name.id == ***keyword)
    });
    named.count() >= ENOUGH
}

struct Reader<'a> {
    text: &'a str,
    file: FileId,
    names: &'a Names<'a>,
    helper: Option<&'a str>,
    /// A helper of a class, which is called on an object of it.
    method: Option<&'a str>,
    script: Script,
}

impl Reader<'_> {
    fn statements(&mut self, body: &[Stmt], uncertain: bool) {
        for statement in body {
            match statement {
                Stmt::Expr(expression) => {
                    if let Expr::Call(call) = &*expression.value {
                        self.call(call, uncertain);
                    }
                }
                Stmt::Assign(assign) => {
                    if let [Expr::Name(name)] = &*assign.targets {
                        match name.id.as_str() {
                            "_DEFAULTS" => self.defaults(&assign.value),
                            "variables" => self.variables(&assign.value),
                            _ => {}
                        }
                    }
                    if let Expr::Call(call) = &*assign.value {
                        self.call(call, uncertain);
                    }
                }
                Stmt::With(with) => self.statements(&with.body, uncertain),
                Stmt::Try(tried) => {
                    self.statements(&tried.body, uncertain);
                    self.statements(&tried.orelse, uncertain);
                    self.statements(&tried.finalbody, uncertain);
                }
                Stmt::If(condition) => {
                    let is_main = is_main(&condition.test);
                    self.statements(&condition.body, uncertain || !is_main);
                    for clause in &condition.elif_else_clauses {
                        self.statements(&clause.body, true);
                    }
                }
                Stmt::For(repeated) => self.statements(&repeated.body, true),
                Stmt::While(repeated) => self.statements(&repeated.body, true),
                _ => {}
            }
        }
    }

    fn call(&mut self, call: &ExprCall, uncertain: bool) {
        let (left_out, is_helper) = match &*call.func {
            Expr::Name(function) => (
                function.id == *"not_modelled",
                Some(function.id.as_str()) == self.helper,
            ),
            Expr::Attribute(function) => (false, Some(function.attr.as_str()) == self.method),
            _ => return,
        };
        if !left_out && !is_helper {
            return;
        }
        let at = self.span(call.func.range());
        let keyword = |name: &str| {
            let mut all = call.arguments.keywords.iter();
            all.find(|keyword| keyword.arg.as_ref().is_some_and(|its| its.id == *name))
                .map(|keyword| &keyword.value)
        };
        let positional = &call.arguments.args;
        let name = positional.first().or_else(|| keyword("name"));
        if uncertain {
            let name = name.map_or(Known::Unknown, |name| self.names.evaluate(name));
            self.script.uncertain.push((name, at));
            return;
        }
        let action = positional.get(1).or_else(|| keyword("fn"));
        let mut keywords = Vec::new();
        for keyword in &call.arguments.keywords {
            if let Some(name) = &keyword.arg {
                let value = self.names.evaluate(&keyword.value);
                keywords.push((name.id.to_string(), value, self.span(keyword.range())));
            }
        }
        let step = ScriptStep {
            name: name.map_or(Known::Unknown, |name| self.names.evaluate(name)),
            at: name.map_or(at, |name| self.span(name.range())),
            action: action
                .filter(|_| !left_out)
                .map(|action| (self.names.called(action), self.span(action.range()))),
            keywords,
            phase: self.phase(call.range()),
        };
        self.script.steps.push(step);
    }

    /// The last comment line before it that is the name of a phase.
    fn phase(&self, at: TextRange) -> Option<&'static str> {
        let before = self.text.get(..at.start().to_usize())?;
        before.lines().rev().find_map(|line| {
            let comment = line.trim().strip_prefix('#')?.trim();
            ["setup", "steps", "teardown"]
                .into_iter()
                .find(|phase| comment.eq_ignore_ascii_case(phase))
        })
    }

    fn defaults(&mut self, value: &Expr) {
        let Expr::Dict(dict) = value else { return };
        for item in &dict.items {
            let Some(key) = &item.key else { continue };
            let rest = self.text.get(item.value.end().to_usize()..);
            let line = rest
                .and_then(|rest| rest.lines().next())
                .unwrap_or_default();
            let Some((_, comment)) = line.split_once('#') else {
                continue;
            };
            let setting = comment
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .trim_matches(['{', '}', ':', ',']);
            self.script.defaults.push(ScriptDefault {
                setting: setting.into(),
                value: self.names.evaluate(&item.value),
                at: self.span(TextRange::new(key.start(), item.value.end())),
            });
        }
    }

    fn variables(&mut self, value: &Expr) {
        let Expr::Dict(dict) = value else { return };
        for item in &dict.items {
            let Some(Expr::StringLiteral(key)) = &item.key else {
                continue;
            };
            self.script.variables.push((
                key.value.to_str().into(),
                self.names.evaluate(&item.value),
                self.span(TextRange::new(key.start(), item.value.end())),
            ));
        }
    }

    fn span(&self, range: TextRange) -> Span {
        Span {
            file: self.file,
            start: range.start().to_u32(),
            end: range.end().to_u32(),
        }
    }
}

/// `__name__ == "__main__"`
fn is_main(test: &Expr) -> bool {
    match test {
        Expr::Compare(compare) => {
            matches!(&*compare.left, Expr::Name(name) if name.id == *"__name__")
        }
        _ => false,
    }
}
