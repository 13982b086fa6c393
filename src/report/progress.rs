//! The line that shows, on a terminal, which step runs and for how long.

use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::narrow_terminal::NarrowTerminal;

/// At most so many times a second.
const DRAWS: u8 = 20;

/// A spinner below the printed lines; it is wiped whenever one is printed.
pub struct Progress {
    bar: ProgressBar,
    ticks: bool,
}

impl Progress {
    /// Draws to standard error, which must be a terminal.
    pub fn on_stderr() -> Self {
        let terminal = NarrowTerminal(Term::buffered_stderr());
        Self::new(ProgressDrawTarget::term_like_with_hz(
            Box::new(terminal),
            DRAWS,
        ))
    }

    pub fn new(target: ProgressDrawTarget) -> Self {
        let bar = ProgressBar::with_draw_target(None, target);
        // A template that could not be read leaves indicatif's own.
        if let Ok(style) = ProgressStyle::with_template("  {spinner} {msg}  {elapsed}") {
            bar.set_style(style);
        }
        Self { bar, ticks: false }
    }

    /// Another step runs. The name is shown as it is, so it must be safe to show.
    pub fn step(&mut self, name: &str) {
        if self.bar.is_finished() {
            self.bar.reset();
        }
        self.bar.set_message(name.to_owned());
        self.bar.reset_elapsed();
        // One thread for the whole run.
        if !self.ticks {
            self.ticks = true;
            self.bar.enable_steady_tick(Duration::from_millis(120));
        }
    }

    /// More about the step that runs, safe to show.
    pub fn say(&mut self, text: &str) {
        self.bar.set_message(text.to_owned());
    }

    /// Takes the line away until the next step, or [`Progress::step`] again.
    pub fn hide(&mut self) {
        self.bar.disable_steady_tick();
        self.ticks = false;
        self.bar.finish_and_clear();
    }

    /// Does something with the line out of the way.
    pub fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        self.bar.suspend(act)
    }

    /// Takes the line away.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_aside_is_done_without_a_terminal_too() {
        let mut progress = Progress::new(ProgressDrawTarget::hidden());
        progress.step("Scan");
        assert_eq!(progress.aside(|| 7), 7);
        progress.clear();
    }
}
