//! What code does to the places where modules are looked for.

use std::collections::HashMap;

use ruff_python_ast::{
    CmpOp, Expr, ExprCall, Stmt,
    visitor::{Visitor, walk_expr, walk_stmt},
};

use crate::code::{Code, Module, called, dotted, number, text};

/// Names through which more can be imported than there is in python_modules/ and wheels/.
const ARRANGING: [&str; 4] = [
    "sys.path",
    "sys.meta_path",
    "sys.modules",
    "site.addsitedir",
];

/// Names that lead to names.
const MAX_DEPTH: usize = 16;

/// The package's own folders that code adds, by their parts from the package's folder.
#[derive(Debug, Default)]
pub struct Added(Vec<Vec<String>>);

impl Added {
    /// `None` where code changes the places in a way that only running it would tell.
    pub fn of(code: &Code) -> Option<Self> {
        let mut added = Self::default();
        for module in code.modules() {
            let mut seeker = Seeker {
                home: Home::of(module),
                added: &mut added,
                unclear: false,
            };
            seeker.visit_body(module.body());
            if seeker.unclear {
                return None;
            }
        }
        Some(added)
    }

    /// Whether a module can be imported from one of the folders below python_modules/.
    pub fn have(&self, module: &str, code: &Code) -> bool {
        self.0.iter().any(|folder| match folder.split_first() {
            Some((_, [])) | None => false,
            Some((_, below)) => code.has(&format!("{}.{module}", below.join("."))),
        })
    }
}

struct Seeker<'a, 'f> {
    home: Home<'a>,
    added: &'f mut Added,
    unclear: bool,
}

impl<'a> Visitor<'a> for Seeker<'a, '_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if !self.unclear {
            walk_stmt(self, statement);
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => {
                if let Some(folder) = self.home.added_by(call) {
                    self.added.0.push(folder);
                    return;
                }
            }
            // `if HERE not in sys.path:` changes nothing.
            Expr::Compare(compare)
                if matches!(*compare.ops, [CmpOp::In | CmpOp::NotIn])
                    && compare
                        .comparators
                        .iter()
                        .all(|one| dotted(one).as_deref() == Some("sys.path")) =>
            {
                self.visit_expr(&compare.left);
                return;
            }
            Expr::Attribute(_) => {
                if let Some(name) = dotted(expression) {
                    self.unclear |= ARRANGING.iter().any(|one| {
                        name == *one
                            || name
                                .strip_prefix(one)
                                .is_some_and(|rest| rest.starts_with('.'))
                    });
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// A module's file, and what its top gives names to.
struct Home<'a> {
    path: &'a str,
    /// None for a name with several values.
    given: HashMap<&'a str, Option<&'a Expr>>,
}

impl<'a> Home<'a> {
    fn of(module: &'a Module) -> Self {
        let mut given = HashMap::new();
        for statement in module.body() {
            if let Stmt::Assign(assign) = statement {
                for target in &assign.targets {
                    if let Expr::Name(name) = target {
                        given
                            .entry(name.id.as_str())
                            .and_modify(|known| *known = None)
                            .or_insert(Some(&*assign.value));
                    }
                }
            }
        }
        Self {
            path: &module.path,
            given,
        }
    }

    /// The folder of python_modules/ that `sys.path.insert(0, …)` and the like add.
    fn added_by(&self, call: &ExprCall) -> Option<Vec<String>> {
        let folder = match (dotted(&call.func)?.as_str(), &*call.arguments.args) {
            ("sys.path.insert", [_, folder])
            | ("sys.path.append" | "site.addsitedir", [folder]) => folder,
            _ => return None,
        };
        let folder = self.place(folder, 0)?;
        (folder.first()? == "python_modules").then_some(folder)
    }

    /// The parts of a path from the package's folder, in which test code runs.
    fn place(&self, path: &Expr, depth: usize) -> Option<Vec<String>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let place = |one: &Expr| self.place(one, depth + 1);
        match path {
            Expr::StringLiteral(_) => below(Vec::new(), text(path)?),
            Expr::Name(name) if name.id == *"__file__" => below(Vec::new(), self.path),
            Expr::Name(name) => place(self.given.get(name.id.as_str()).copied().flatten()?),
            Expr::Attribute(attribute) if attribute.attr == *"parent" => {
                parent(place(&attribute.value)?)
            }
            Expr::Subscript(item) => match &*item.value {
                Expr::Attribute(attribute) if attribute.attr == *"parents" => {
                    // The first of them is the folder itself.
                    let mut left = 1.0 + number(&item.slice).filter(|up| *up >= 0.0)?;
                    let mut found = place(&attribute.value)?;
                    while left >= 1.0 {
                        found = parent(found)?;
                        left -= 1.0;
                    }
                    Some(found)
                }
                _ => None,
            },
            Expr::BinOp(both) if both.op == ruff_python_ast::Operator::Div => {
                below(place(&both.left)?, text(&both.right)?)
            }
            Expr::Call(call) => match (called(call)?, &*call.arguments.args) {
                ("dirname", [one]) => parent(place(one)?),
                ("abspath" | "realpath" | "normpath" | "fspath" | "str" | "Path", [one]) => {
                    place(one)
                }
                ("join", [first, rest @ ..]) => rest
                    .iter()
                    .try_fold(place(first)?, |found, part| below(found, text(part)?)),
                ("getcwd" | "cwd", []) => Some(Vec::new()),
                ("resolve" | "absolute" | "as_posix", []) => match &*call.func {
                    Expr::Attribute(method) => place(&method.value),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }
}

fn parent(mut place: Vec<String>) -> Option<Vec<String>> {
    place.pop()?;
    Some(place)
}

/// A relative path from a folder; `None` where it leads out of the package.
fn below(mut folder: Vec<String>, path: &str) -> Option<Vec<String>> {
    if path.starts_with(['/', '\\']) || path.contains(':') {
        return None;
    }
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => folder = parent(folder)?,
            part => folder.push(part.to_owned()),
        }
    }
    Some(folder)
}
