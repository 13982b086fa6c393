//! What a device says on a serial line or a connection: by itself, and to what it hears, by the state it is in.

use std::time::Duration;

use super::{
    bench::Bench,
    pattern::{Captured, Pattern},
};

/// The state a script begins in.
pub const FIRST_STATE: &str = "start";

/// Rules and the state they have led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// The first one that fits is followed.
    rules: Vec<Rule>,
    state: String,
    /// States it comes to by itself, and when; in that order.
    ahead: Vec<(Duration, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub when: When,
    pub say: Option<Speech>,
    /// The state it leads to.
    pub to: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// So long after the start.
    At(Duration),
    Heard(Reaction),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Reaction {
    pub hear: Heard,
    /// The state it is for; none is any.
    pub within: Option<String>,
    /// How long the answer takes.
    pub delay: Duration,
    /// Channels, and what each is set to.
    pub set: Vec<(String, Pattern)>,
    /// Whether all begins anew.
    pub restart: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    Text(Pattern),
    Bytes(Vec<u8>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Speech {
    /// Places are captured parts, or channels.
    Text(Pattern),
    Bytes(Vec<u8>),
}

/// Bytes that a device says, and how much later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub after: Duration,
    pub bytes: Vec<u8>,
}

/// What a message comes to.
pub struct Outcome {
    pub said: Option<Said>,
    pub restarts: bool,
}

impl Said {
    pub fn at_once(bytes: Vec<u8>) -> Self {
        Self {
            after: Duration::ZERO,
            bytes,
        }
    }
}

impl Script {
    pub fn new(rules: Vec<Rule>) -> Self {
        Self {
            rules,
            state: FIRST_STATE.into(),
            ahead: Vec::new(),
        }
    }

    /// Begins anew; gives what it will say by itself.
    pub fn start(&mut self, now: Duration) -> Vec<Said> {
        self.state = FIRST_STATE.into();
        self.ahead.clear();
        let mut said = Vec::new();
        for rule in &self.rules {
            let When::At(after) = rule.when else {
                continue;
            };
            if let Some(to) = &rule.to {
                self.ahead.push((now.saturating_add(after), to.clone()));
            }
            if let Some(speech) = &rule.say {
                let bytes = speech.bytes(|_| None);
                said.push(Said { after, bytes });
            }
        }
        self.ahead.sort_by_key(|(at, _)| *at);
        said
    }

    /// Follows the first rule for a message, if there is one. A rule whose channels do not take what they would be set to is
    /// passed over.
    pub fn hear(&mut self, message: &[u8], bench: &mut Bench) -> Option<Outcome> {
        self.come_to(bench.now);
        let Self { rules, state, .. } = self;
        let followed = rules.iter().find_map(|rule| {
            let When::Heard(reaction) = &rule.when else {
                return None;
            };
            if reaction
                .within
                .as_ref()
                .is_some_and(|within| within != state)
            {
                return None;
            }
            let captured = reaction.hear.captured(message)?;
            let value = |bench: &Bench, name: &str| {
                let known = captured.get(name).cloned();
                known.or_else(|| bench.shown(name))
            };
            let taken = bench.all_or_none(|bench| {
                reaction.set.iter().all(|(channel, text)| {
                    let text = text.filled(|name| value(bench, name));
                    bench.put(channel, Some(&text))
                })
            });
            if !taken {
                return None;
            }
            bench.follow();
            let said = rule.say.as_ref().map(|speech| Said {
                after: reaction.delay,
                bytes: speech.bytes(|name| value(bench, name)),
            });
            Some((rule.to.clone(), reaction.restart, said))
        });
        let (to, restarts, said) = followed?;
        if let Some(to) = to {
            self.state = to;
        }
        Some(Outcome { said, restarts })
    }

    /// Comes to the states it reaches by itself until now.
    fn come_to(&mut self, now: Duration) {
        let reached = self.ahead.partition_point(|(at, _)| *at <= now);
        if let Some((_, state)) = self.ahead.drain(..reached).next_back() {
            self.state = state;
        }
    }

    /// The channels it sets or shows, by name.
    pub fn channel_names(&mut self) -> Vec<&mut String> {
        self.rules
            .iter_mut()
            .flat_map(Rule::channel_names)
            .collect()
    }
}

impl Rule {
    /// The channels it sets or shows, by name.
    fn channel_names(&mut self) -> Vec<&mut String> {
        let mut names = Vec::new();
        let mut captured: Vec<String> = Vec::new();
        if let When::Heard(reaction) = &mut self.when {
            captured = reaction.hear.places();
            for (channel, text) in &mut reaction.set {
                names.push(channel);
                names.extend(text.places_mut());
            }
        }
        if let Some(Speech::Text(text)) = &mut self.say {
            names.extend(text.places_mut());
        }
        names.retain(|name| !captured.contains(name));
        names
    }
}

impl Heard {
    fn captured(&self, message: &[u8]) -> Option<Captured> {
        match self {
            Self::Text(pattern) => pattern.captured(&String::from_utf8_lossy(message)),
            Self::Bytes(bytes) => (bytes == message).then(Captured::new),
        }
    }

    /// The names of its places.
    pub fn places(&self) -> Vec<String> {
        match self {
            Self::Text(pattern) => pattern.places().map(String::from).collect(),
            Self::Bytes(_) => Vec::new(),
        }
    }
}

impl Speech {
    fn bytes(&self, value: impl FnMut(&str) -> Option<String>) -> Vec<u8> {
        match self {
            Self::Text(text) => text.filled(value).into_bytes(),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }
}
