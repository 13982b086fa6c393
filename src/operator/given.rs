//! Answers given beforehand: `--answer`, and the file of `--answers`.

use std::{collections::HashMap, path::Path};

use indexmap::IndexMap;

use super::{
    Answer, AnsweredBy, Button, Entry, GivenFirst, Operator, Question, Response,
    answers_file::{self, Written},
    buttons::{self, buttons, default_button},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        fields::nearest,
        model::{Action, Step, Test},
        text_file, yaml,
    },
    source::{Sources, Span},
};

/// Steps listed in a hint.
const MAX_CHOICES: usize = 10;

/// The answers for each step, by its name.
#[derive(Debug, Default)]
pub struct Given {
    steps: HashMap<String, Series>,
    sources: Sources,
}

/// Used one after the other; the last one repeats.
#[derive(Debug, Default)]
struct Series {
    answers: Vec<Ready>,
    next: usize,
}

#[derive(Clone, Debug)]
struct Ready {
    /// `None`: the button Enter would take.
    button: Option<String>,
    value: Option<String>,
}

/// What a step asks, as far as an answer can be held to it before the run.
struct Asked {
    buttons: Vec<Button>,
    default: usize,
    entry: Option<Entry>,
}

impl Given {
    /// Reads the answers and holds them to what these tests ask: the test to be run and those its sequences run. `switches` are the
    /// texts of `--answer`; the file comes with the name it has in messages. For a step that both name, the switches count.
    pub fn read<'t>(
        switches: &[String],
        file: Option<(&Path, &str)>,
        tests: impl IntoIterator<Item = &'t Test>,
    ) -> (Self, Diagnostics) {
        let mut reader = Reader::of(tests);
        let mut given = Self::default();
        if let Some((path, name)) = file {
            reader.file(path, name, &mut given);
        }
        let mut switched: HashMap<String, Series> = HashMap::new();
        for switch in switches {
            if let Some((step, answer)) = reader.switch(switch) {
                switched.entry(step).or_default().answers.push(answer);
            }
        }
        given.steps.extend(switched);
        reader.problems.sort();
        (given, reader.problems)
    }

    /// The answers file, for showing the diagnostics.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Asks `then` where no answer is given.
    pub fn before(self, then: Box<dyn Operator>) -> GivenFirst {
        GivenFirst { given: self, then }
    }

    /// The next answer for this step; `None` where none is given. One that does not fit the question is no answer: it may have
    /// been meant for another step of that name.
    pub(super) fn answer(&mut self, question: &Question) -> Option<Response> {
        let series = self.steps.get_mut(&question.step)?;
        let ready = series.answers.get(series.next)?.clone();
        series.next = (series.next + 1).min(series.answers.len() - 1);
        let asked = Asked {
            buttons: question.buttons.clone(),
            default: question.default,
            entry: question.entry.clone(),
        };
        Some(match asked.take(&question.step, &ready) {
            Ok((button, value)) => Response::Answered(Answer {
                button,
                value,
                by: AnsweredBy::Given,
            }),
            Err(Misfit { message, hint }) => {
                Response::Nobody(format!("the given answer does not fit: {message}; {hint}"))
            }
        })
    }
}

/// Why an answer does not fit a step.
struct Misfit {
    message: String,
    hint: String,
}

impl Asked {
    fn by(step: &Step) -> Option<Self> {
        let prompt = match &step.action {
            Action::Prompt(prompt) => Some(prompt),
            Action::Manual(prompt) => prompt.as_ref(),
            _ => return None,
        };
        let buttons = buttons(&step.action)?;
        Some(Self {
            default: default_button(prompt, &buttons),
            entry: prompt
                .and_then(|prompt| prompt.input.as_ref())
                .map(Entry::from),
            buttons,
        })
    }

    /// Takes `BUTTON`, `BUTTON:VALUE` or `:VALUE` apart at the colon behind the longest name of a button.
    fn split(&self, text: &str) -> Ready {
        let whole = (!text.is_empty()).then(|| text.to_owned());
        if buttons::named(&self.buttons, text).is_some() {
            return Ready {
                button: whole,
                value: None,
            };
        }
        let colons = text.rmatch_indices(':').map(|(at, _)| at);
        let known = colons.clone().find(|&at| {
            let name = &text[..at];
            name.is_empty() || buttons::named(&self.buttons, name).is_some()
        });
        match known.or_else(|| text.find(':')) {
            Some(at) => Ready {
                button: (at > 0).then(|| text[..at].to_owned()),
                value: Some(text[at + 1..].to_owned()),
            },
            None => Ready {
                button: whole,
                value: None,
            },
        }
    }

    /// The button and the value, if they answer what is asked.
    fn take(&self, step: &str, ready: &Ready) -> Result<(usize, Option<String>), Misfit> {
        let misfit = |message, hint| Misfit { message, hint };
        let index = match &ready.button {
            None => self.default,
            Some(name) => buttons::named(&self.buttons, name).ok_or_else(|| {
                misfit(
                    format!("step {} has no button {}", quoted(step), quoted(name)),
                    format!("its buttons are {}", buttons::names(&self.buttons)),
                )
            })?,
        };
        let button = self.buttons.get(index);
        match (&self.entry, &ready.value) {
            (None, None) => Ok((index, None)),
            (None, Some(_)) => Err(misfit(
                format!("step {} asks for no value", quoted(step)),
                "name the button alone".into(),
            )),
            (Some(entry), None) if button.is_some_and(Button::judges) => Err(misfit(
                format!("step {} asks for {}", quoted(step), entry.wanted()),
                format!(
                    "write it behind the button, as in {}:VALUE",
                    button.map_or("", |button| button.name.as_str())
                ),
            )),
            (Some(_), None) => Ok((index, None)),
            (Some(entry), Some(value)) => match entry.accept(value) {
                Ok(value) => Ok((index, Some(value))),
                Err(problem) => Err(misfit(
                    problem,
                    format!("step {} asks for {}", quoted(step), entry.wanted()),
                )),
            },
        }
    }
}

/// Holds answers to the steps they are for.
struct Reader<'t> {
    /// The steps that ask, by name; several may share one.
    asked: IndexMap<&'t str, Vec<Asked>>,
    /// Those that do not.
    silent: Vec<&'t str>,
    problems: Diagnostics,
}

impl<'t> Reader<'t> {
    fn of(tests: impl IntoIterator<Item = &'t Test>) -> Self {
        let mut reader = Self {
            asked: IndexMap::new(),
            silent: Vec::new(),
            problems: Diagnostics::default(),
        };
        for test in tests {
            for step in test.setup.iter().chain(&test.steps).chain(&test.teardown) {
                let name = step.name.value.as_str();
                match Asked::by(step) {
                    Some(asked) => reader.asked.entry(name).or_default().push(asked),
                    None => reader.silent.push(name),
                }
            }
        }
        reader
    }

    /// `STEP=BUTTON[:VALUE]`. Names may hold equal signs, so the longest name of a step that asks is taken for the step.
    fn switch(&mut self, text: &str) -> Option<(String, Ready)> {
        let place = Place::Switch(text);
        let signs = || text.match_indices('=').map(|(at, _)| at);
        let known = signs().rfind(|&at| self.asked.contains_key(text[..at].trim()));
        let Some(at) = known.or_else(|| signs().next()) else {
            self.problems.push(
                Diagnostic::error(format!("--answer {}: there is no `=`", quoted(text)))
                    .hint("write --answer 'STEP=BUTTON' or --answer 'STEP=BUTTON:VALUE'"),
            );
            return None;
        };
        let (step, answer) = (text[..at].trim(), &text[at + 1..]);
        if known.is_none() {
            let problem = self.unknown_step(step, &place);
            self.problems.push(problem);
            return None;
        }
        let ready = self.fit(step, &place, |asked| asked.split(answer))?;
        Some((step.to_owned(), ready))
    }

    fn file(&mut self, path: &Path, name: &str, given: &mut Given) {
        let node = text_file::read(path, name, &mut given.sources, &mut self.problems)
            .and_then(|id| yaml::read(&given.sources.get(id).text, id, &mut self.problems));
        let Some(node) = node else {
            return;
        };
        for entries in answers_file::read(&node, &mut self.problems) {
            let step = &entries.step.value;
            if !self.asked.contains_key(step.as_str()) {
                let problem = self.unknown_step(step, &Place::File(entries.step.at));
                self.problems.push(problem);
                continue;
            }
            let series = given.steps.entry(step.clone()).or_default();
            for written in &entries.answers {
                let place = Place::File(written.at());
                series
                    .answers
                    .extend(self.fit(step, &place, |asked| match written {
                        Written::Short(text) => asked.split(&text.value),
                        Written::Long { button, value, .. } => Ready {
                            button: button.as_ref().map(|text| text.value.clone()),
                            value: value.as_ref().map(|text| text.value.clone()),
                        },
                    }));
            }
        }
    }

    /// The answer, if it fits any of the steps of that name.
    fn fit(&mut self, step: &str, place: &Place, ready: impl Fn(&Asked) -> Ready) -> Option<Ready> {
        let mut first = None;
        for asked in self.asked.get(step).into_iter().flatten() {
            let ready = ready(asked);
            match asked.take(step, &ready) {
                Ok(_) => return Some(ready),
                Err(misfit) => first = first.or(Some(misfit)),
            }
        }
        let Misfit { message, hint } = first?;
        self.problems.push(place.error(&message).hint(hint));
        None
    }

    /// A file may answer for several tests, so that only a slip is an error in it.
    fn unknown_step(&self, step: &str, place: &Place) -> Diagnostic {
        if let Some(near) = nearest(step, self.asked.keys().copied()) {
            return place.error(&format!("no step {}, did you mean `{near}`?", quoted(step)));
        }
        let message = match self.silent.contains(&step) {
            true => format!("step {} asks nothing", quoted(step)),
            false => format!("no step {} in this test", quoted(step)),
        };
        match place {
            Place::Switch(_) => place.error(&message).hint(self.choices()),
            Place::File(at) => Diagnostic::warning(message).at(*at).hint(self.choices()),
        }
    }

    fn choices(&self) -> String {
        if self.asked.is_empty() {
            return "no step of this test asks anything".into();
        }
        let names: Vec<String> = self
            .asked
            .keys()
            .take(MAX_CHOICES)
            .map(|name| quoted(name))
            .collect();
        let rest = match self.asked.len().saturating_sub(MAX_CHOICES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("the steps that ask are {}{rest}", names.join(", "))
    }
}

/// Where an answer was given.
enum Place<'a> {
    Switch(&'a str),
    File(Span),
}

impl Place<'_> {
    fn error(&self, message: &str) -> Diagnostic {
        match self {
            Self::Switch(text) => {
                Diagnostic::error(format!("--answer {}: {message}", quoted(text)))
            }
            Self::File(at) => Diagnostic::error(message).at(*at),
        }
    }
}
