//! What a module imports.

use ruff_python_ast::{
    ExceptHandler, Expr, Stmt, StmtIf, StmtTry,
    statement_visitor::{StatementVisitor, walk_stmt},
};

use super::{dotted, span};
use crate::source::{FileId, Span};

/// One imported module.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// Absolute and dotted; empty for a relative one that leads out of the package's folder.
    pub module: String,
    /// What `from … import` takes from it, and where; these may be modules themselves.
    pub names: Vec<(String, Span)>,
    /// The module's name, or the whole of `from . import x`.
    pub at: Span,
    /// Whether the code gets along without it: within `try … except ImportError`, or under an `if`.
    pub optional: bool,
    /// Why a relative import cannot work.
    pub astray: Option<Astray>,
}

/// Why a relative import leads nowhere, whatever there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Astray {
    /// The module lies in no package.
    NoParent,
    /// It has more dots than there are packages around the module.
    BeyondTop,
}

/// What the tree imports, in functions too. `home` is the package the module lies in: `a.b` for `a.b.module`, or itself for
/// `a.b.__init__`.
pub(super) fn imports(body: &[Stmt], file: FileId, home: &str) -> Vec<Import> {
    let mut collector = Collector {
        file,
        home,
        optional: 0,
        found: Vec::new(),
    };
    collector.visit_body(body);
    collector.found
}

struct Collector<'a> {
    file: FileId,
    home: &'a str,
    /// How many statements around make what is within optional.
    optional: usize,
    found: Vec<Import>,
}

impl<'a> StatementVisitor<'a> for Collector<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.push(
                        alias.name.to_string(),
                        Vec::new(),
                        span(self.file, &alias.name),
                        None,
                    );
                }
            }
            Stmt::ImportFrom(import) => {
                let named = import.module.as_deref().unwrap_or_default();
                let module = absolute(self.home, import.level, named);
                let names = import
                    .names
                    .iter()
                    .map(|alias| (alias.name.to_string(), span(self.file, &alias.name)));
                let at = match &import.module {
                    Some(module) => span(self.file, module),
                    None => span(self.file, import),
                };
                let astray = astray(self.home, import.level);
                self.push(module.unwrap_or_default(), names.collect(), at, astray);
            }
            _ => {
                let optional = match statement {
                    Stmt::Try(statement) => forgives(statement),
                    Stmt::If(statement) => !is_always(statement),
                    Stmt::With(with) => {
                        with.items.iter().any(|item| suppresses(&item.context_expr))
                    }
                    Stmt::Match(_) => true,
                    _ => false,
                };
                self.optional += usize::from(optional);
                walk_stmt(self, statement);
                self.optional -= usize::from(optional);
            }
        }
    }
}

impl Collector<'_> {
    fn push(
        &mut self,
        module: String,
        names: Vec<(String, Span)>,
        at: Span,
        astray: Option<Astray>,
    ) {
        self.found.push(Import {
            module,
            names,
            at,
            optional: self.optional > 0,
            astray,
        });
    }
}

/// The module that a relative import means.
pub(super) fn absolute(home: &str, level: u32, named: &str) -> Option<String> {
    if level == 0 {
        return Some(named.into());
    }
    let mut base: Vec<&str> = home.split('.').filter(|part| !part.is_empty()).collect();
    let up = usize::try_from(level).ok()? - 1;
    base.truncate(base.len().checked_sub(up)?);
    base.extend((!named.is_empty()).then_some(named));
    Some(base.join("."))
}

fn astray(home: &str, level: u32) -> Option<Astray> {
    let packages = home.split('.').filter(|part| !part.is_empty()).count();
    let dots = usize::try_from(level).unwrap_or(usize::MAX);
    match (packages, dots) {
        (_, 0) => None,
        (0, _) => Some(Astray::NoParent),
        _ => (dots > packages).then_some(Astray::BeyondTop),
    }
}

fn forgives(statement: &StmtTry) -> bool {
    statement.handlers.iter().any(|handler| {
        let ExceptHandler::ExceptHandler(handler) = handler;
        match handler.type_.as_deref() {
            None => true,
            Some(Expr::Tuple(tuple)) => tuple.elts.iter().any(is_import_error),
            Some(one) => is_import_error(one),
        }
    })
}

fn is_import_error(expression: &Expr) -> bool {
    dotted(expression).is_some_and(|name| {
        matches!(
            name.rsplit('.').next(),
            Some("ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException")
        )
    })
}

fn suppresses(expression: &Expr) -> bool {
    let Expr::Call(call) = expression else {
        return false;
    };
    dotted(&call.func).is_some_and(|name| name.ends_with("suppress"))
        && call.arguments.args.iter().any(is_import_error)
}

/// `if True:` and the like say nothing of their body.
fn is_always(statement: &StmtIf) -> bool {
    matches!(&*statement.test, Expr::BooleanLiteral(literal) if literal.value)
}
