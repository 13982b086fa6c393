//! L30 in Python: paths that exist on one machine only.

use std::collections::HashSet;

use ruff_python_ast::{
    Expr, ExprCall, Keyword, Stmt,
    visitor::{Visitor, walk_expr, walk_stmt},
};
use ruff_text_size::TextRange;

use super::words::has_word;
use crate::{
    code::{Code, called, dotted, span, text},
    diagnostic::{Diagnostic, Diagnostics, quoted},
    lint::path::{HOMES, ROOTS},
    source::FileId,
};

const RULE: &str = "L30";

/// Functions that take a path.
const TAKERS: [&str; 22] = [
    "Path",
    "PosixPath",
    "PurePath",
    "chdir",
    "copy",
    "copyfile",
    "exists",
    "glob",
    "isdir",
    "isfile",
    "join",
    "listdir",
    "makedirs",
    "mkdir",
    "open",
    "read_csv",
    "read_text",
    "remove",
    "rmtree",
    "savefig",
    "to_csv",
    "unlink",
];

/// Words of names that hold a path.
const NAMED: [&str; 12] = [
    "cwd",
    "dir",
    "directory",
    "file",
    "filename",
    "folder",
    "log",
    "logfile",
    "output",
    "path",
    "root",
    "workdir",
];

/// Functions to which the beginning of a path is a pattern.
const COMPARERS: [&str; 7] = [
    "compile",
    "endswith",
    "match",
    "replace",
    "search",
    "startswith",
    "sub",
];

pub fn check(code: &Code) -> Diagnostics {
    let mut found = Diagnostics::default();
    for (file, body) in code.bodies() {
        let mut seeker = Seeker {
            file,
            as_path: HashSet::new(),
            left_out: HashSet::new(),
            found: &mut found,
        };
        seeker.visit_body(body);
    }
    found
}

struct Seeker<'f> {
    file: FileId,
    /// Texts that are used as paths, by where they stand.
    as_path: HashSet<TextRange>,
    /// Texts that are something else.
    left_out: HashSet<TextRange>,
    found: &'f mut Diagnostics,
}

impl Seeker<'_> {
    fn look_at_call(&mut self, call: &ExprCall) {
        let name = called(call).unwrap_or_default();
        let arguments = call.arguments.args.iter().filter_map(string);
        if COMPARERS.contains(&name) {
            self.left_out.extend(arguments);
        } else if TAKERS.contains(&name)
            && !dotted(&call.func).is_some_and(|name| is_of_a_device(&name))
        {
            self.as_path.extend(arguments);
        }
        for Keyword { arg, value, .. } in &call.arguments.keywords {
            if arg.as_ref().is_some_and(|name| has_word(name, &NAMED)) {
                self.as_path.extend(string(value));
            }
        }
    }

    fn look_at_value(&mut self, target: &Expr, value: &Expr) {
        let name = match target {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return,
        };
        if has_word(name, &NAMED) {
            self.as_path.extend(string(value));
        }
    }
}

/// `client.media.open(…)`: a path of the agent's, or of another machine behind a connection.
fn is_of_a_device(name: &str) -> bool {
    let home = name.rsplit_once('.').map_or("", |(home, _)| home);
    has_word(
        &home.replace('.', "_"),
        &[
            "agent", "client", "files", "ftp", "http", "media", "session", "sftp", "ssh",
        ],
    )
}

fn string(expression: &Expr) -> Option<TextRange> {
    match expression {
        Expr::StringLiteral(string) => Some(string.range),
        _ => None,
    }
}

impl<'a> Visitor<'a> for Seeker<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            // A text on its own is documentation.
            Stmt::Expr(alone) => self.left_out.extend(string(&alone.value)),
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.look_at_value(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.look_at_value(&assign.target, value);
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => self.look_at_call(call),
            Expr::Compare(compare) => {
                self.left_out.extend(string(&compare.left));
                self.left_out
                    .extend(compare.comparators.iter().filter_map(string));
            }
            Expr::StringLiteral(literal) if !self.left_out.contains(&literal.range) => {
                let written = text(expression).unwrap_or_default();
                if is_of_one_machine(written)
                    || self.as_path.contains(&literal.range) && is_rooted(written)
                {
                    let problem = format!("{} is a path of one machine", quoted(written));
                    let hint = "test code runs in the package's folder: put the file below data/ and write the path from there, such as data/limits.csv";
                    self.found.push(
                        Diagnostic::warning(problem)
                            .code(RULE)
                            .at(span(self.file, literal))
                            .hint(hint),
                    );
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// `C:\data`, `\\server\share`, `/home/name/x`: nothing else looks like these.
fn is_of_one_machine(text: &str) -> bool {
    let letters: Vec<char> = text.chars().take(4).collect();
    let drive = match letters.as_slice() {
        [drive, ':', '\\', next @ ..] => {
            drive.is_ascii_alphabetic()
                && next
                    .first()
                    .is_none_or(|c| c.is_alphanumeric() || *c == '_')
        }
        [drive, ':', '/', next] => {
            drive.is_ascii_alphabetic() && (next.is_alphanumeric() || *next == '_')
        }
        _ => false,
    };
    let share = text.strip_prefix("\\\\").is_some_and(|rest| {
        rest.split_once('\\').is_some_and(|(server, share)| {
            !server.is_empty()
                && server
                    .chars()
                    .all(|c| c.is_alphanumeric() || "-_.".contains(c))
                && server != "."
                && share.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        })
    });
    (drive || share || is_below(text, &HOMES)) && is_one_line(text)
}

/// A path below one of the other folders of a Unix system.
fn is_rooted(text: &str) -> bool {
    is_below(text, &ROOTS) && is_one_line(text)
}

fn is_below(text: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| {
        text.strip_prefix('/')
            .and_then(|rest| rest.strip_prefix(folder)?.strip_prefix('/'))
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || "_.".contains(c)))
    })
}

fn is_one_line(text: &str) -> bool {
    !text.contains('\n')
}
