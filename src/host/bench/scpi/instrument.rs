//! The instrument: its commands, and how it works through a line.

use super::{
    super::bench::Bench,
    header::Header,
    parameter::{number, split},
    reading::Reading,
    setting::{Setting, Value},
    status::{MISSING, NOT_ALLOWED, OUT_OF_RANGE, SYNTAX, ScpiError, Status, UNDEFINED_HEADER},
};

#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    /// What it answers to `*IDN?`.
    pub identity: String,
    pub commands: Vec<Command>,
    status: Status,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    pub header: Header,
    pub kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Taken, with whatever parameters, and without effect.
    Event,
    Setting(Setting),
    Reading(Reading),
}

/// The headers every instrument has beside the common commands.
const BUILT_IN: [&str; 3] = [
    "SYSTem:ERRor[:NEXT]?",
    "SYSTem:ERRor:COUNt?",
    "SYSTem:VERSion?",
];
const VERSION: &str = "1999.0";

/// The headers that are there by themselves.
pub fn built_in() -> impl Iterator<Item = Header> {
    BUILT_IN
        .into_iter()
        .filter_map(|text| Header::parse(text).ok())
}

impl Instrument {
    pub fn new(identity: impl Into<String>, commands: Vec<Command>) -> Self {
        Self {
            identity: identity.into(),
            commands,
            status: Status::default(),
        }
    }

    /// Works through a line; gives the answers to its queries, if there are any.
    pub fn execute(&mut self, line: &[u8], bench: &mut Bench) -> Option<String> {
        let line = String::from_utf8_lossy(line);
        let mut answers = Vec::new();
        let mut path: Vec<String> = Vec::new();
        for unit in split(&line, ';') {
            let unit = unit.trim();
            if unit.is_empty() {
                continue;
            }
            self.status.message_available = !answers.is_empty();
            match self.unit(unit, &mut path, bench) {
                Ok(answer) => answers.extend(answer),
                Err(error) => {
                    self.status.report(error);
                    if error.is_of_command() {
                        break;
                    }
                }
            }
        }
        (!answers.is_empty()).then(|| answers.join(";"))
    }

    /// One command; `path` is where the one before stood.
    fn unit(
        &mut self,
        unit: &str,
        path: &mut Vec<String>,
        bench: &mut Bench,
    ) -> Result<Option<String>, ScpiError> {
        let end = unit.find(char::is_whitespace).unwrap_or(unit.len());
        let (header, parameters) = unit.split_at(end);
        let parameters = match parameters.trim() {
            "" => Vec::new(),
            text => split(text, ',').into_iter().map(str::trim).collect(),
        };
        if header.starts_with('*') {
            return self.common(header, &parameters, bench);
        }
        let (body, query) = match header.strip_suffix('?') {
            Some(body) => (body, true),
            None => (header, false),
        };
        let words: Vec<String> = match body.strip_prefix(':') {
            Some(body) => body.split(':').map(String::from).collect(),
            None => path
                .iter()
                .cloned()
                .chain(body.split(':').map(String::from))
                .collect(),
        };
        let well_formed = |word: &String| {
            word.starts_with(|c: char| c.is_ascii_alphabetic())
                && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        if !words.iter().all(well_formed) {
            return Err(SYNTAX);
        }
        let keywords: Vec<&str> = words.iter().map(String::as_str).collect();
        let place = self.commands.iter().position(|command| {
            let has_query = matches!(command.kind, Kind::Setting(_)) || command.header.query;
            let fits = if query {
                has_query
            } else {
                !command.header.query
            };
            fits && command.header.is(&keywords)
        });
        let own = built_in().position(|own| query && own.is(&keywords));
        let answer = match (place, own) {
            (Some(place), _) => self.command(place, query, &parameters, bench),
            (None, Some(own)) if parameters.is_empty() => Ok(Some(self.own(own))),
            (None, Some(_)) => Err(NOT_ALLOWED),
            (None, None) => return Err(UNDEFINED_HEADER),
        };
        *path = words;
        path.pop();
        answer
    }

    /// One of the headers of [`BUILT_IN`], by its place.
    fn own(&mut self, place: usize) -> String {
        match place {
            0 => self.status.next_error().to_string(),
            1 => self.status.errors().to_string(),
            _ => VERSION.into(),
        }
    }

    fn common(
        &mut self,
        header: &str,
        parameters: &[&str],
        bench: &mut Bench,
    ) -> Result<Option<String>, ScpiError> {
        let header = header.to_ascii_uppercase();
        if let "*ESE" | "*SRE" = header.as_str() {
            let mask = match parameters {
                [] => return Err(MISSING),
                [mask] => number(mask, None)?.round(),
                _ => return Err(NOT_ALLOWED),
            };
            if !(0.0..=255.0).contains(&mask) {
                return Err(OUT_OF_RANGE);
            }
            let register = if header == "*ESE" {
                &mut self.status.event_enable
            } else {
                &mut self.status.service_enable
            };
            *register = mask as u8;
            return Ok(None);
        }
        let answer = match header.as_str() {
            "*IDN?" => Some(self.identity.clone()),
            "*OPC?" => Some("1".into()),
            "*TST?" => Some("0".into()),
            "*ESR?" => None,
            "*ESE?" => Some(self.status.event_enable.to_string()),
            "*SRE?" => Some(self.status.service_enable.to_string()),
            "*STB?" => Some(self.status.byte().to_string()),
            "*CLS" | "*RST" | "*OPC" | "*WAI" => None,
            _ => return Err(UNDEFINED_HEADER),
        };
        if !parameters.is_empty() {
            return Err(NOT_ALLOWED);
        }
        match header.as_str() {
            "*ESR?" => return Ok(Some(self.status.take_events().to_string())),
            "*CLS" => self.status.clear(),
            "*OPC" => self.status.complete(),
            "*RST" => self.reset(bench),
            _ => {}
        }
        Ok(answer)
    }

    fn command(
        &mut self,
        place: usize,
        query: bool,
        parameters: &[&str],
        bench: &mut Bench,
    ) -> Result<Option<String>, ScpiError> {
        let Some(command) = self.commands.get_mut(place) else {
            return Err(UNDEFINED_HEADER);
        };
        match &mut command.kind {
            Kind::Event => Ok(None),
            // Ranges, resolutions and lists of channels change nothing.
            Kind::Reading(reading) => Ok(Some(reading.answer(bench))),
            Kind::Setting(setting) if query => match parameters {
                [] => Ok(Some(setting.shown(&setting.value))),
                [bound] => {
                    let value = setting.bound(bound).ok_or(NOT_ALLOWED)??;
                    Ok(Some(setting.shown(&value)))
                }
                _ => Err(NOT_ALLOWED),
            },
            Kind::Setting(setting) => {
                let [text] = parameters else {
                    return Err(if parameters.is_empty() {
                        MISSING
                    } else {
                        NOT_ALLOWED
                    });
                };
                let value = setting.parse(text)?;
                if let Some(channel) = &setting.drives
                    && bench.channel(channel).is_ok()
                    && !bench.takes(channel, &setting.told(&value))
                {
                    return Err(OUT_OF_RANGE);
                }
                setting.value = value;
                self.tell(Some(place), bench);
                bench.follow();
                Ok(None)
            }
        }
    }

    /// `*RST`: the settings are as they were at first.
    fn reset(&mut self, bench: &mut Bench) {
        self.settle();
        self.tell(None, bench);
        bench.follow();
    }

    fn settle(&mut self) {
        for command in &mut self.commands {
            if let Kind::Setting(setting) = &mut command.kind {
                setting.value = setting.initial.clone();
            }
        }
    }

    /// Forgets its settings and its errors.
    pub fn power_off(&mut self) {
        self.settle();
        self.status = Status::default();
    }

    /// Sets the channels that the setting at this place drives or switches; of all settings, without one.
    pub fn tell(&self, place: Option<usize>, bench: &mut Bench) {
        for (at, command) in self.commands.iter().enumerate() {
            let Kind::Setting(setting) = &command.kind else {
                continue;
            };
            let Some(channel) = &setting.drives else {
                continue;
            };
            if place.is_none_or(|place| place == at || setting.while_on == Some(place)) {
                let on = setting.while_on.is_none_or(|switch| self.is_on(switch));
                let told = on.then(|| setting.told(&setting.value));
                bench.put(channel, told.as_deref());
            }
        }
    }

    /// Lets go of the channels it drives.
    pub fn let_go(&self, bench: &mut Bench) {
        for command in &self.commands {
            if let Kind::Setting(setting) = &command.kind
                && let Some(channel) = &setting.drives
            {
                bench.put(channel, None);
            }
        }
    }

    fn is_on(&self, place: usize) -> bool {
        let command = self.commands.get(place).map(|command| &command.kind);
        matches!(command, Some(Kind::Setting(setting)) if setting.value == Value::Boolean(true))
    }

    /// The channels it measures or drives, by name.
    pub fn channel_names(&mut self) -> Vec<&mut String> {
        let mut names = Vec::new();
        for command in &mut self.commands {
            match &mut command.kind {
                Kind::Setting(setting) => names.extend(setting.drives.iter_mut()),
                Kind::Reading(Reading::Channel { name, .. }) => names.push(name),
                Kind::Event | Kind::Reading(_) => {}
            }
        }
        names
    }
}
