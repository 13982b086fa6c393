//! `rehearse explain`: the page of a rule.

use std::io::{self, Write as _};

use clap::Args;

use super::{
    Surroundings,
    colour::Colour,
    output::{say, show_one},
};
use crate::{
    diagnostic::{Diagnostic, Severity, quoted},
    exit::Exit,
    lint::catalogue::{RULES, Rule, find, is_about_csharp},
    package::fields::nearest,
    source::Sources,
};

/// Say what a rule of `check` finds, why, and what to do
#[derive(Args, Debug)]
pub struct Explain {
    /// Rules, such as L14; without any, all rules are listed
    #[arg(value_name = "RULE")]
    rules: Vec<String>,
}

impl Explain {
    pub fn execute(&self, colour: Colour, surroundings: &Surroundings) -> Exit {
        let mut pages = Vec::new();
        for id in &self.rules {
            match find(id) {
                Some(rule) => pages.push(rule.page),
                None => {
                    show_one(unknown(id), &Sources::default(), surroundings.style(colour));
                    return Exit::NothingRan;
                }
            }
        }
        let text = match pages.is_empty() {
            true => table(),
            false => pages.join("\n"),
        };
        match write!(io::stdout().lock(), "{text}") {
            // Whoever reads through `head` has seen what they wanted.
            Ok(()) => Exit::Pass,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Pass,
            Err(error) => {
                say(format_args!("error: failed to write to stdout: {error}"));
                Exit::ReportNotWritten
            }
        }
    }
}

fn unknown(id: &str) -> Diagnostic {
    if is_about_csharp(id) {
        let message = format!("{} is about C# code, which is not checked here", quoted(id));
        return Diagnostic::error(message)
            .hint("a local run executes no .NET code; `rehearse explain` lists the rules");
    }
    let problem = Diagnostic::error(format!("no rule {}", quoted(id)));
    match nearest(id, RULES.iter().map(|rule| rule.id)) {
        Some(near) => problem.hint(format!("did you mean {near}?")),
        None => problem.hint("`rehearse explain` lists the rules"),
    }
}

fn table() -> String {
    let line = |rule: &Rule| {
        let severity = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        };
        format!("{}  {severity:7}  {}\n", rule.id, rule.title)
    };
    RULES.iter().map(line).collect()
}
