//! What the process finds around it: the only place that asks the environment and the terminal.

use std::{
    env,
    io::{self, IsTerminal},
    path::PathBuf,
};

use super::colour::Colour;
use crate::diagnostic::Style;

/// Narrowest and widest page for messages, in columns.
const WIDTHS: std::ops::RangeInclusive<u16> = 40..=120;
const DEFAULT_WIDTH: u16 = 100;

#[derive(Debug)]
pub struct Surroundings {
    pub current: PathBuf,
    /// This program's own file; empty where the system does not tell.
    pub executable: PathBuf,
    pub environment: Vec<(String, String)>,
    /// Whether standard input, output and error are terminals.
    pub terminals: [bool; 3],
    pub stdout_is_terminal: bool,
    pub stderr_is_terminal: bool,
    /// Of the terminal on stderr, in columns.
    pub width: u16,
    pub processors: usize,
}

impl Surroundings {
    pub fn of_this_process() -> Self {
        let environment: Vec<_> = env::vars_os()
            .map(|(name, value)| {
                (
                    name.to_string_lossy().into_owned(),
                    value.to_string_lossy().into_owned(),
                )
            })
            .collect();
        let width = console_width()
            .unwrap_or(DEFAULT_WIDTH)
            .clamp(*WIDTHS.start(), *WIDTHS.end());
        Self {
            current: env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            executable: env::current_exe().unwrap_or_default(),
            environment,
            terminals: [
                io::stdin().is_terminal(),
                io::stdout().is_terminal(),
                io::stderr().is_terminal(),
            ],
            stdout_is_terminal: io::stdout().is_terminal(),
            stderr_is_terminal: io::stderr().is_terminal(),
            width,
            processors: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }

    pub fn colour_stdout(&self, wanted: Colour) -> bool {
        self.colour(wanted, self.stdout_is_terminal)
    }

    /// How diagnostics look on stderr.
    pub fn style(&self, wanted: Colour) -> Style {
        Style {
            colour: self.colour(wanted, self.stderr_is_terminal),
            width: self.width,
        }
    }

    fn colour(&self, wanted: Colour, terminal: bool) -> bool {
        match wanted {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => {
                terminal && !self.is_set("NO_COLOR") && self.value("TERM") != Some("dumb")
            }
        }
    }

    pub fn is_set(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| !value.is_empty())
    }

    pub fn value(&self, name: &str) -> Option<&str> {
        self.environment
            .iter()
            .find(|(its, _)| its == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Columns of the terminal on stderr, if there is one.
fn console_width() -> Option<u16> {
    console::Term::stderr()
        .size_checked()
        .map(|(_rows, columns)| columns)
}
