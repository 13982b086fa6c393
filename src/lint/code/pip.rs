//! L26: pip is not called from test code.

use crate::{
    code::{Code, adjacent, called, span, text},
    diagnostic::{Diagnostic, Diagnostics},
    source::FileId,
};
use ruff_python_ast::{
    Expr, Stmt,
    visitor::{Visitor, walk_expr, walk_stmt},
};
use ruff_text_size::Ranged;

const RULE: &str = "L26";

/// Functions that run a command, whoever they belong to.
const RUNNERS: [&str; 19] = [
    "Popen",
    "call",
    "check_call",
    "check_output",
    "create_subprocess_exec",
    "create_subprocess_shell",
    "execl",
    "execlp",
    "execv",
    "execvp",
    "getoutput",
    "getstatusoutput",
    "popen",
    "run",
    "spawn",
    "spawnl",
    "spawnlp",
    "system",
    "startfile",
];

/// Functions that import a module or run one, by its name.
const IMPORTERS: [&str; 3] = ["__import__", "import_module", "run_module"];

/// pip's own commands, which tell a command line from a sentence.
const COMMANDS: [&str; 8] = [
    "install",
    "uninstall",
    "download",
    "wheel",
    "freeze",
    "list",
    "show",
    "check",
];

pub fn check(code: &Code) -> Diagnostics {
    let mut found = Diagnostics::default();
    for (file, body) in code.bodies() {
        let mut seeker = Seeker {
            file,
            found: &mut found,
        };
        seeker.visit_body(body);
    }
    found
}

struct Seeker<'f> {
    file: FileId,
    found: &'f mut Diagnostics,
}

impl Seeker<'_> {
    fn report(&mut self, message: &str, at: impl Ranged) {
        let hint = "name the library in requirements.pipPackages of package.json and put its wheel into wheels/: it is there before the test starts";
        self.found.push(
            Diagnostic::error(message)
                .code(RULE)
                .at(span(self.file, at))
                .hint(hint),
        );
    }
}

impl<'a> Visitor<'a> for Seeker<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    if is_pip(alias.name.as_str()) {
                        self.report("pip is imported by test code", &alias.name);
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                if let Some(module) = &import.module
                    && import.level == 0
                    && is_pip(module.as_str())
                {
                    self.report("pip is imported by test code", module);
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) => {
                let name = called(call).unwrap_or_default();
                let arguments = &call.arguments.args;
                if RUNNERS.contains(&name) {
                    let line = arguments.iter().find(|argument| runs_pip(argument));
                    // `execlp("pip", "pip", "install", …)`, `create_subprocess_exec(python, "-m", "pip", …)`
                    let first = is_command(arguments);
                    if let Some(at) = line.or(first) {
                        self.report("pip is called from test code", at);
                        return;
                    }
                } else if IMPORTERS.contains(&name)
                    && let Some(argument) = arguments.first()
                    && text(argument).is_some_and(is_pip)
                {
                    self.report("pip is imported by test code", argument);
                }
            }
            Expr::List(list) if is_command(&list.elts).is_some() => {
                self.report("pip is called from test code", list);
                return;
            }
            Expr::Tuple(tuple) if is_command(&tuple.elts).is_some() => {
                self.report("pip is called from test code", tuple);
                return;
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

fn is_pip(module: &str) -> bool {
    matches!(module.split('.').next(), Some("pip" | "ensurepip"))
}

/// Whether the words of a command line that is given as a list are pip's.
fn is_command(elements: &[Expr]) -> Option<&Expr> {
    let pip = || {
        elements
            .iter()
            .find(|one| text(one).is_some_and(is_program))
    };
    if adjacent(elements, "-m", "pip") {
        return pip();
    }
    let follows = elements.windows(2).any(|pair| {
        text(&pair[0]).is_some_and(is_program)
            && text(&pair[1]).is_some_and(|word| COMMANDS.contains(&word))
    });
    follows.then(pip).flatten()
}

fn is_program(word: &str) -> bool {
    let name = word.rsplit(['/', '\\']).next().unwrap_or(word);
    let name = name.strip_suffix(".exe").unwrap_or(name);
    name.strip_prefix("pip")
        .is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// Whether an argument is a command line of pip's: a text, or one with values put in.
fn runs_pip(argument: &Expr) -> bool {
    let line: String = match argument {
        Expr::StringLiteral(string) => string.value.to_str().into(),
        Expr::FString(string) => string
            .value
            .elements()
            .map(|element| element.as_literal().map_or("?", |literal| &literal.value))
            .collect(),
        _ => return false,
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    words
        .windows(2)
        .any(|pair| pair == ["-m", "pip"] || is_program(pair[0]) && COMMANDS.contains(&pair[1]))
}
