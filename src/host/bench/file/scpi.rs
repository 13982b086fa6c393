//! `scpi`: an instrument and its commands.

use super::{
    super::{
        converter::Converter,
        noise::Noise,
        scpi::{
            Command, Header, Instrument, Keyword, Kind, Reading, Setting, Sort, Value, built_in,
        },
    },
    Reader, entries,
    motion::FAR,
    number_within,
    references::Wanted,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        fields::Fields,
        model::{Scalar, Text},
        node::{Entry, Node},
    },
    source::Span,
};
use rehearsal_python::value::Value as Plain;

const DEFAULT_IDENTITY: &str = "Rehearsal,Simulated,0,1";

/// A setting that depends on another one, by the other's header.
struct Dependence {
    command: usize,
    on: Text,
}

impl Reader<'_> {
    /// `name` is where the instrument is.
    pub(super) fn instrument(&mut self, name: &str, f: &mut Fields) -> Instrument {
        let identity = f.text("identity").map(|text| text.value);
        let mut commands: Vec<Command> = Vec::new();
        let mut places: Vec<Span> = Vec::new();
        let mut dependences = Vec::new();
        let given = entries(f, "commands");
        for entry in given.into_iter().flat_map(|given| &given.entries) {
            let key = &entry.key;
            let header = match Header::parse(&key.value) {
                Ok(header) => header,
                Err(problem) => {
                    let message = format!("{} {problem}", quoted(&key.value));
                    let hint = "write keywords as manuals do, such as \"[SOURce]:VOLTage\" or \"MEASure:VOLTage?\"";
                    let problem = Diagnostic::error(message).at(key.at);
                    f.problems.push(problem.hint(hint));
                    continue;
                }
            };
            let number = commands.len();
            let name = format!("{name} {}", key.value);
            let kind = self.command(&name, &header, entry, f.problems);
            let Some((kind, on)) = kind else {
                continue;
            };
            let alike = |other: &Command| queries_meet(&header, &kind, other);
            if let Some(other) = commands.iter().position(alike) {
                let message = format!("{} is like another command", quoted(&key.value));
                let mut problem = Diagnostic::error(message).at(key.at);
                if let Some(first) = places.get(other) {
                    problem = problem.also(*first, "this one");
                }
                f.problems.push(problem);
            }
            let own = built_in().any(|own| {
                (header.query || matches!(kind, Kind::Setting(_))) && own.is_like(&header)
            });
            if own {
                let message = format!("{} is there by itself", quoted(&key.value));
                f.problems.push(Diagnostic::error(message).at(key.at));
            }
            let command = number;
            dependences.extend(on.map(|on| Dependence { command, on }));
            places.push(key.at);
            commands.push(Command { header, kind });
        }
        for Dependence { command, on } in dependences {
            let switch = commands
                .iter()
                .position(|other| other.header.text == on.value);
            let is_switch = |place: usize| {
                let kind = commands.get(place).map(|command| &command.kind);
                matches!(kind, Some(Kind::Setting(setting)) if setting.sort == Sort::Boolean)
            };
            let place = switch.filter(|place| is_switch(*place));
            if place.is_none() {
                let message = format!(
                    "`while_on` names {}, which is no setting of true or false here",
                    quoted(&on.value)
                );
                let hint = "write the header as in `commands`";
                f.problems
                    .push(Diagnostic::error(message).at(on.at).hint(hint));
            }
            if let Some(Kind::Setting(setting)) =
                commands.get_mut(command).map(|command| &mut command.kind)
            {
                setting.while_on = place;
            }
        }
        let identity = identity.unwrap_or_else(|| DEFAULT_IDENTITY.into());
        Instrument::new(identity, commands)
    }

    /// What a command does, and the header of the setting it depends on.
    fn command(
        &mut self,
        name: &str,
        header: &Header,
        entry: &Entry,
        problems: &mut Diagnostics,
    ) -> Option<(Kind, Option<Text>)> {
        if entry.value.is_null() {
            if !header.query {
                return Some((Kind::Event, None));
            }
            let message = format!("query {} has no value", quoted(&entry.key.value));
            let hint = "give it a value, or a map with `value` or `channel`";
            problems.push(Diagnostic::error(message).at(entry.key.at).hint(hint));
            return None;
        }
        if let Node::Scalar(scalar) = &entry.value {
            return Some((self.plain(name, header, scalar), None));
        }
        let what = format!("command {}", quoted(&entry.key.value));
        let mut f = Fields::of(&entry.value, what, problems)?;
        let command = if header.query {
            (Kind::Reading(self.query(name, &mut f)), None)
        } else {
            let on = f.text("while_on");
            (self.setting(&mut f).map_or(Kind::Event, Kind::Setting), on)
        };
        f.finish();
        Some(command)
    }

    /// A command that is only a value.
    fn plain(&self, name: &str, header: &Header, scalar: &Scalar) -> Kind {
        if !header.query {
            let (sort, value) = sort_of(scalar);
            return Kind::Setting(Setting::new(sort, value));
        }
        Kind::Reading(match number_of(scalar) {
            Some(value) => Reading::Number {
                value,
                converter: Converter::new(Noise::of(name, self.seed)),
                decimals: None,
            },
            None => Reading::Text(scalar.text.clone()),
        })
    }

    fn query(&mut self, name: &str, f: &mut Fields) -> Reading {
        let channel = f.text("channel");
        let value = f.scalar("value");
        if channel.is_some() == value.is_some() {
            let message = format!("{} needs one of `value` and `channel`", f.what());
            f.problems.push(Diagnostic::error(message).at(f.at()));
        }
        let converter = self.reading(name, f);
        let shapes = converter.is_some() || f.has("decimals");
        let converter = converter.unwrap_or_else(|| Converter::new(Noise::of(name, self.seed)));
        let decimals = decimals(f);
        if let Some(channel) = channel {
            let wanted = if shapes {
                Wanted::Switch
            } else {
                Wanted::Value
            };
            self.refer(&channel, "`channel`", wanted);
            return Reading::Channel {
                name: channel.value,
                converter,
                decimals,
            };
        }
        match value.as_ref().and_then(number_of) {
            Some(value) => Reading::Number {
                value,
                converter,
                decimals,
            },
            None => {
                if let (true, Some(value)) = (shapes, &value) {
                    let message =
                        "`value` must be a number to have noise, a resolution or decimals";
                    f.problems.push(Diagnostic::error(message).at(value.at));
                }
                Reading::Text(value.map(|value| value.text).unwrap_or_default())
            }
        }
    }

    /// None for a command that sets nothing.
    fn setting(&mut self, f: &mut Fields) -> Option<Setting> {
        let value = f.scalar("value");
        let least = number_within(f, "min", -FAR..=FAR);
        let most = number_within(f, "max", -FAR..=FAR);
        let unit = f.text("unit");
        let decimals = decimals(f);
        let words = f.texts("words");
        let drives = f.text("drives");
        let Some(value) = value else {
            let of_value = [
                "min", "max", "unit", "decimals", "words", "drives", "while_on",
            ];
            if of_value.iter().any(|key| f.has(key)) {
                f.required("value");
            }
            return None;
        };
        let (mut sort, mut first) = sort_of(&value);
        if f.has("words") {
            let (own, place) = self.words(&words, &value, f);
            (sort, first) = (Sort::Words(own), Value::Word(place));
        }
        if let (Some(least), Some(most)) = (least, most)
            && least > most
        {
            let message = format!("`min` is above `max`: {least} and {most}");
            f.problems.push(Diagnostic::error(message).at(f.at()));
        }
        let bounded = ["min", "max", "unit", "decimals"];
        match (&mut sort, &first) {
            (
                Sort::Number {
                    least: lowest,
                    most: highest,
                    unit: own,
                    decimals: places,
                },
                Value::Number(number),
            ) => {
                let below = least.is_some_and(|least| *number < least);
                if below || most.is_some_and(|most| *number > most) {
                    let message = "`value` must be from `min` to `max`";
                    f.problems.push(Diagnostic::error(message).at(value.at));
                }
                (*lowest, *highest, *places) = (least, most, decimals);
                *own = unit.map(|unit| unit.value);
            }
            _ => {
                if let Some(key) = bounded.into_iter().find(|key| f.has(key)) {
                    let message = format!("`value` must be a number to have {}", quoted(key));
                    f.problems.push(Diagnostic::error(message).at(value.at));
                }
            }
        }
        let mut setting = Setting::new(sort, first);
        if drives.is_none()
            && let Some(entry) = f.entry("while_on")
        {
            let message = "`while_on` is for settings that drive a channel";
            f.problems.push(Diagnostic::error(message).at(entry.key.at));
        }
        setting.drives = drives.map(|channel| {
            let wanted = match setting.sort {
                Sort::Number { .. } | Sort::Boolean => Wanted::Driven,
                Sort::Words(_) | Sort::Text => Wanted::Written,
            };
            self.refer(&channel, "`drives`", wanted);
            channel.value
        });
        Some(setting)
    }

    /// The words a setting can have, and the place of the one it has.
    fn words(&self, words: &[Text], value: &Scalar, f: &mut Fields) -> (Vec<Keyword>, usize) {
        let mut known: Vec<Keyword> = Vec::new();
        for word in words {
            match Keyword::parse(&word.value) {
                Some(keyword) if !known.iter().any(|other| other.is_like(&keyword)) => {
                    known.push(keyword);
                }
                Some(_) => {
                    let message = format!("word {} is like another one", quoted(&word.value));
                    f.problems.push(Diagnostic::error(message).at(word.at));
                }
                None => {
                    let message = format!("{} is no word of SCPI", quoted(&word.value));
                    let hint = "write its short form in capitals, such as VOLTage";
                    let problem = Diagnostic::error(message).at(word.at);
                    f.problems.push(problem.hint(hint));
                }
            }
        }
        let place = known.iter().position(|word| word.is(&value.text));
        if place.is_none() {
            let message = format!("`value` {} is none of `words`", quoted(&value.text));
            f.problems.push(Diagnostic::error(message).at(value.at));
        }
        (known, place.unwrap_or_default())
    }
}

/// Whether some text would name both commands.
fn queries_meet(header: &Header, kind: &Kind, other: &Command) -> bool {
    let asked = header.query || matches!(kind, Kind::Setting(_));
    let other_asked = other.header.query || matches!(other.kind, Kind::Setting(_));
    let both_told = !header.query && !other.header.query;
    (both_told || (asked && other_asked)) && header.is_like(&other.header)
}

fn decimals(f: &mut Fields) -> Option<usize> {
    let decimals = f.whole("decimals", 0..=15);
    decimals.and_then(|decimals| usize::try_from(decimals.value).ok())
}

fn number_of(scalar: &Scalar) -> Option<f64> {
    match &scalar.value {
        Plain::Int(value) => Some(*value as f64),
        Plain::Float(value) if value.is_finite() => Some(*value),
        _ => None,
    }
}

/// What a setting is by its first value.
fn sort_of(scalar: &Scalar) -> (Sort, Value) {
    if let Some(value) = number_of(scalar) {
        let sort = Sort::Number {
            least: None,
            most: None,
            unit: None,
            decimals: None,
        };
        return (sort, Value::Number(value));
    }
    match &scalar.value {
        Plain::Bool(value) => (Sort::Boolean, Value::Boolean(*value)),
        _ => (Sort::Text, Value::Text(scalar.text.clone())),
    }
}
