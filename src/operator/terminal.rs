//! A person at the terminal.
//!
//! Everything is answered with a line: a barcode scanner ends what it types with Enter, and so it goes over a serial console. The
//! value comes before the button; Enter alone leads to the buttons, so that a run can always be aborted.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use anstyle::Style;

use super::{
    Answer, AnsweredBy, Button, Entry, Operator, Question, Response,
    buttons::{beginning, named, names},
    keyboard::{Heard, Keyboard},
    nobody::example,
};
use crate::{
    diagnostic::quoted, flow::interruption::Stop, package::model::InputMode, report::visible,
};

/// Asks on standard error, reads answers from standard input.
pub struct Terminal {
    /// The package's, for the images of prompts.
    root: PathBuf,
    colour: bool,
    keyboard: Keyboard,
    screen: Box<dyn Write>,
}

/// Why there is no answer.
enum Unanswered {
    Stopped,
    Ended,
    Broken(io::Error),
}

impl From<io::Error> for Unanswered {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

type Asked<T> = Result<T, Unanswered>;

impl Terminal {
    pub fn new(root: impl Into<PathBuf>, colour: bool) -> Self {
        Self {
            root: root.into(),
            colour,
            keyboard: Keyboard::of_this_process(),
            screen: Box::new(io::stderr()),
        }
    }

    /// With any other keyboard and screen.
    pub fn over(
        root: impl Into<PathBuf>,
        input: impl io::BufRead + Send + 'static,
        screen: impl Write + 'static,
    ) -> Self {
        Self {
            root: root.into(),
            colour: false,
            keyboard: Keyboard::over(input),
            screen: Box::new(screen),
        }
    }

    fn answer(&mut self, question: &Question, stop: &Stop) -> Asked<Answer> {
        self.keyboard.forget()?;
        self.show(question)?;
        let (button, value) = match &question.entry {
            None => (self.button(question, stop)?, None),
            Some(entry) => self.value_and_button(question, entry, stop)?,
        };
        Ok(Answer {
            button,
            value,
            by: AnsweredBy::Operator,
        })
    }

    fn show(&mut self, question: &Question) -> io::Result<()> {
        let bold = match self.colour {
            true => Style::new().bold(),
            false => Style::new(),
        };
        let title = visible(&question.title);
        let mut text = format!("\n{bold}{title}{bold:#}\n");
        for line in question.message.trim_end().lines() {
            text += &format!("  {}\n", visible(line));
        }
        if let Some(image) = &question.image {
            text += &format!("  image: {}\n", visible(&shown(&self.root, image)));
        }
        self.screen.write_all(text.as_bytes())
    }

    /// Asks for a button until one is named.
    fn button(&mut self, question: &Question, stop: &Stop) -> Asked<usize> {
        let buttons = &question.buttons;
        let label = |(index, button): (usize, &Button)| match index == question.default {
            true => format!("{} (Enter)", button.name),
            false => button.name.clone(),
        };
        let labels: Vec<String> = buttons.iter().enumerate().map(label).collect();
        let prompt = labels.join(", ");
        loop {
            let line = self.line(&prompt, stop)?;
            if line.is_empty() {
                return Ok(question.default);
            }
            match pressed(buttons, &line) {
                Some(button) => return Ok(button),
                None => self.object(&format!(
                    "{} is none of the buttons; type {}, or how one of them begins",
                    quoted(&line),
                    names(buttons)
                ))?,
            }
        }
    }

    /// Asks for the value first. The button is asked for only where there is a choice of buttons that do not abort.
    fn value_and_button(
        &mut self,
        question: &Question,
        entry: &Entry,
        stop: &Stop,
    ) -> Asked<(usize, Option<String>)> {
        let numbered = self.list(entry)?;
        let prompt = value_prompt(question, entry, numbered);
        loop {
            let line = self.line(&prompt, stop)?;
            if line.is_empty() {
                match self.button_without_value(question, stop)? {
                    Some(button) => return Ok((button, None)),
                    None => continue,
                }
            }
            match understood(entry, &line, numbered) {
                Ok(value) => {
                    let button = self.button_for_value(question, stop)?;
                    return Ok((button, Some(value)));
                }
                Err(problem) => match pressed(&question.buttons, &line) {
                    Some(button) if needs_value(question, button) => {
                        let (name, wanted) = (&question.buttons[button].name, entry.wanted());
                        self.object(&format!("{} needs {wanted}", quoted(name)))?;
                    }
                    Some(button) => return Ok((button, None)),
                    None => self.object(&problem)?,
                },
            }
        }
    }

    /// Asks for a button that needs no value; `None` leads back to the value.
    fn button_without_value(&mut self, question: &Question, stop: &Stop) -> Asked<Option<usize>> {
        let prompt = format!("{} (Enter to enter a value)", without_value(question));
        loop {
            let line = self.line(&prompt, stop)?;
            if line.is_empty() {
                return Ok(None);
            }
            match pressed(&question.buttons, &line) {
                Some(button) if !needs_value(question, button) => return Ok(Some(button)),
                _ => self.object(&format!(
                    "{} is none of the buttons that need no value; type {}, or Enter alone",
                    quoted(&line),
                    without_value(question)
                ))?,
            }
        }
    }

    fn button_for_value(&mut self, question: &Question, stop: &Stop) -> Asked<usize> {
        let mut others = question
            .buttons
            .iter()
            .enumerate()
            .filter(|(_, button)| !button.aborts());
        match (others.next(), others.next()) {
            (Some((only, _)), None) if only == question.default => Ok(only),
            _ => self.button(question, stop),
        }
    }

    /// Shows the choices; with numbers, unless those could be taken for choices.
    fn list(&mut self, entry: &Entry) -> io::Result<bool> {
        let is_number = |choice: &String| choice.trim().parse::<f64>().is_ok();
        let numbered = !entry.choices.iter().any(is_number);
        if entry.mode == InputMode::List {
            for (index, choice) in entry.choices.iter().enumerate() {
                let choice = visible(choice);
                match numbered {
                    true => writeln!(self.screen, "  {:>3}  {choice}", index + 1)?,
                    false => writeln!(self.screen, "  - {choice}")?,
                }
            }
        }
        Ok(numbered && entry.mode == InputMode::List && !entry.choices.is_empty())
    }

    fn line(&mut self, prompt: &str, stop: &Stop) -> Asked<String> {
        write!(self.screen, "  {} > ", visible(prompt))?;
        self.screen.flush()?;
        match self.keyboard.line(stop) {
            Heard::Line(line) => Ok(line),
            Heard::Ended => Err(Unanswered::Ended),
            Heard::Stopped => Err(Unanswered::Stopped),
        }
    }

    fn object(&mut self, problem: &str) -> io::Result<()> {
        writeln!(self.screen, "  {}", visible(problem))
    }
}

impl Operator for Terminal {
    fn ask(&mut self, question: &Question, stop: &Stop) -> Response {
        if stop.fired() {
            return Response::Stopped;
        }
        let unanswered = match self.answer(question, stop) {
            Ok(answer) => return Response::Answered(answer),
            Err(unanswered) => unanswered,
        };
        // What is printed next begins on a line of its own. A screen that is gone shows nothing anyway.
        let _ = writeln!(self.screen);
        let step = quoted(&question.step);
        let example = example(question);
        match unanswered {
            Unanswered::Stopped => Response::Stopped,
            Unanswered::Ended => Response::Nobody(format!(
                "standard input ended before the prompt of step {step} was answered; answer it with {example} or in an answers file"
            )),
            Unanswered::Broken(error) => Response::Nobody(format!(
                "failed to ask on the terminal for step {step}: {error}; answer it with {example} or in an answers file"
            )),
        }
    }
}

/// The button that a line means: its name, or how no other one begins.
fn pressed(buttons: &[Button], line: &str) -> Option<usize> {
    named(buttons, line).or_else(|| beginning(buttons, line))
}

/// "number, 4.75 … 5.25 V (Enter alone for FAIL, Cancel)"
fn value_prompt(question: &Question, entry: &Entry, numbered: bool) -> String {
    let what = match entry.mode {
        InputMode::Number => "number".into(),
        InputMode::Boolean => "true or false".into(),
        InputMode::List if numbered => format!("choice, 1 to {}", entry.choices.len()),
        InputMode::List if !entry.choices.is_empty() => "choice".into(),
        InputMode::Text | InputMode::List => "text".into(),
    };
    let range = entry
        .range()
        .map_or(String::new(), |range| format!(", {range}"));
    format!(
        "{what}{range} (Enter alone for {})",
        without_value(question)
    )
}

/// "FAIL, Cancel"
fn without_value(question: &Question) -> String {
    let buttons: Vec<&str> = question
        .buttons
        .iter()
        .filter(|button| !button.judges())
        .map(|button| button.name.as_str())
        .collect();
    buttons.join(", ")
}

fn needs_value(question: &Question, button: usize) -> bool {
    question.buttons.get(button).is_some_and(Button::judges)
}

/// The value that a line means; a choice also by its number.
fn understood(entry: &Entry, line: &str, numbered: bool) -> Result<String, String> {
    entry.accept(line).or_else(|problem| {
        let number: Option<usize> = line.parse().ok().filter(|_| numbered);
        let choice = number
            .and_then(|number| number.checked_sub(1))
            .and_then(|index| entry.choices.get(index));
        choice.cloned().ok_or(problem)
    })
}

/// Absolute, as the operator's other programs take it.
fn shown(root: &Path, image: &str) -> String {
    root.join(image).to_string_lossy().replace('\\', "/")
}
