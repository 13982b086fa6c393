//! `precondition` and `repeat.condition`: boolean expressions over variables, as far as they can be told without evaluating them
//! (docs/decisions.md 16).

use std::sync::Arc;

use cel::{
    ParseErrors, Program,
    common::ast::{Expr, LiteralValue, operators},
};

use crate::diagnostic::quoted;

/// In bytes. The parser and the evaluation follow chains of operators by recursion; so much fits on the smallest stack of a main thread.
const MAX_LENGTH: usize = 500;

/// What may stand in an expression beside variables and literals; what a station would read differently, or not at all, may not.
const OPERATORS: [&str; 15] = [
    operators::EQUALS,
    operators::NOT_EQUALS,
    operators::LESS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::GREATER_EQUALS,
    operators::LOGICAL_AND,
    operators::LOGICAL_OR,
    operators::LOGICAL_NOT,
    operators::NEGATE,
    operators::ADD,
    operators::SUBSTRACT,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
];

/// An expression that has been understood.
#[derive(Clone, Debug)]
pub struct Expression {
    program: Arc<Program>,
    /// Every variable it names.
    names: Vec<String>,
}

impl Expression {
    /// # Errors
    /// Says what cannot be understood; the text fits after "`precondition`: ".
    pub fn parse(text: &str) -> Result<Self, String> {
        refuse_what_is_no_expression(text)?;
        let program = Program::compile(text)
            .map_err(|errors| format!("this is no expression{}", plain(&errors)))?;
        refuse_what_is_no_operator(&program.expression().expr)?;
        let mut names: Vec<String> = program
            .references()
            .variables()
            .into_iter()
            .map(Into::into)
            .collect();
        names.sort();
        Ok(Self {
            program: Arc::new(program),
            names,
        })
    }

    /// The variables it names, in alphabetical order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The variables that must be true or false themselves: the whole, or what `&&`, `||` and `!` join.
    pub fn flags(&self) -> Vec<&str> {
        let mut found = Vec::new();
        flags(&self.program.expression().expr, &mut found);
        found
    }

    /// The variables that are compared with `true` or `false`.
    pub fn compared_with_booleans(&self) -> Vec<&str> {
        let mut found = Vec::new();
        compared(&self.program.expression().expr, &mut found);
        found
    }

    pub fn program(&self) -> &Program {
        &self.program
    }
}

fn flags<'e>(expression: &'e Expr, found: &mut Vec<&'e str>) {
    match expression {
        Expr::Ident(name) => found.push(name),
        Expr::Call(call)
            if [
                operators::LOGICAL_AND,
                operators::LOGICAL_OR,
                operators::LOGICAL_NOT,
            ]
            .contains(&call.func_name.as_str()) =>
        {
            for argument in &call.args {
                flags(&argument.expr, found);
            }
        }
        _ => {}
    }
}

fn compared<'e>(expression: &'e Expr, found: &mut Vec<&'e str>) {
    let Expr::Call(call) = expression else {
        return;
    };
    let equality = [operators::EQUALS, operators::NOT_EQUALS].contains(&call.func_name.as_str());
    if let [left, right] = call.args.as_slice()
        && equality
    {
        match (&left.expr, &right.expr) {
            (Expr::Ident(name), Expr::Literal(LiteralValue::Boolean(_)))
            | (Expr::Literal(LiteralValue::Boolean(_)), Expr::Ident(name)) => found.push(name),
            _ => {}
        }
    }
    for argument in &call.args {
        compared(&argument.expr, found);
    }
}

/// What CEL's own messages would not explain, and what its parser must not get.
fn refuse_what_is_no_expression(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("the expression is empty".into());
    }
    if text.contains("{{") {
        return Err("write variables without braces here: `name`, not `{{name}}`".into());
    }
    if text.len() > MAX_LENGTH {
        return Err(format!("longer than {MAX_LENGTH} characters"));
    }
    let bare = outside_of_quotes(text);
    let words = || bare.split(|c: char| !c.is_alphanumeric() && c != '_');
    for (wrong, right) in [
        ("and", "&&"),
        ("or", "||"),
        ("not", "!"),
        ("True", "true"),
        ("False", "false"),
        ("None", "null"),
    ] {
        if words().any(|word| word == wrong) {
            return Err(format!("write `{right}` instead of `{wrong}`"));
        }
    }
    if has_single_equals(&bare) {
        return Err("`=` compares nothing; write `==`".into());
    }
    if bare.contains("//") {
        return Err("there are no comments in an expression".into());
    }
    if let Some(namespace) = injected(text) {
        return Err(format!(
            "`{namespace}.` cannot be used here; copy the value into a variable in an earlier step's `outputs`"
        ));
    }
    Ok(())
}

fn refuse_what_is_no_operator(expression: &Expr) -> Result<(), String> {
    match expression {
        Expr::Ident(_) | Expr::Literal(_) => Ok(()),
        Expr::Call(call)
            if call.target.is_none() && OPERATORS.contains(&call.func_name.as_str()) =>
        {
            call.args
                .iter()
                .try_for_each(|argument| refuse_what_is_no_operator(&argument.expr))
        }
        Expr::Select(select) => Err(format!(
            "`.{}` cannot be used here: variables have no dots",
            select.field
        )),
        _ => Err(
            "only comparisons, `&&`, `||`, `!`, arithmetic, parentheses, numbers, texts, true and false can be used here"
                .into(),
        ),
    }
}

/// Whether some `=` in a text without quotes is no part of another operator.
pub fn has_single_equals(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(index, &byte)| {
        let before = index.checked_sub(1).and_then(|it| bytes.get(it));
        let after = bytes.get(index + 1);
        byte == b'=' && after != Some(&b'=') && !matches!(before, Some(b'=' | b'!' | b'<' | b'>'))
    })
}

/// The text without what stands in quotes.
pub fn outside_of_quotes(text: &str) -> String {
    let mut quote = None;
    let keep = |c: &char| match quote {
        None if matches!(c, '"' | '\'') => {
            quote = Some(*c);
            false
        }
        None => true,
        Some(open) => {
            if *c == open {
                quote = None;
            }
            false
        }
    };
    text.chars().filter(keep).collect()
}

/// What Maestro injects (`cfg`, `exec`, `mes`), where the text reads a value of it.
pub fn injected(text: &str) -> Option<&'static str> {
    ["cfg", "exec", "mes"]
        .into_iter()
        .find(|namespace| names_member_of(text, namespace))
}

fn names_member_of(text: &str, namespace: &str) -> bool {
    text.match_indices(namespace).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = &text[start + namespace.len()..];
        after.starts_with('.')
            && !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '"' | '\''))
    })
}

pub(crate) fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// What the parser stopped at, in words of its own.
fn plain(error: &ParseErrors) -> String {
    let Some(first) = error.errors.first() else {
        return String::new();
    };
    let said = first_line(&first.msg);
    let said = said.strip_prefix("Syntax error: ").unwrap_or(&said).trim();
    let named = |prefix: &str| {
        let rest = said.strip_prefix(prefix)?.strip_prefix('\'')?;
        rest.split_once('\'').map(|(name, _)| name)
    };
    if let Some(name) = named("missing ") {
        return format!(": {} is missing", quoted(name));
    }
    match named("mismatched input ").or_else(|| named("extraneous input ")) {
        Some("<EOF>") => ": it ends where a value is expected".into(),
        Some(name) => format!(": {} does not fit where it stands", quoted(name)),
        None => String::new(),
    }
}
