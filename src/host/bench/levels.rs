//! What is where on a bench at a moment: levels on nets, values behind channels, and who sets them from outside the agent.

use super::{
    bench::Bench,
    channel::{Channel, Source},
    chips::{Chip, Drive, Expander},
    form::{Form, logic, logic_text},
    pin::MAX_VOLTS,
};

/// What a logic output from outside drives when it is high, in volts.
const OUTSIDE_HIGH: f64 = 3.3;

/// The name that whatever drives a pin from outside has among those that are wired together.
pub fn outside_of(pin: &str) -> String {
    format!("outside of {pin}")
}

/// The number that the text of a value is; 1 and 0 for a logic value.
pub fn number_of(text: &str) -> Option<f64> {
    let number = text.trim().parse().ok();
    let level = || logic(text).map(|on| f64::from(u8::from(on)));
    number
        .filter(|number: &f64| number.is_finite())
        .or_else(level)
}

/// What becomes of a channel that is set from outside.
enum Intake {
    /// Its net is driven to this many volts; none lets go of it.
    Driven(Option<f64>),
    Stored(String),
}

impl Bench {
    /// The level on a node's net, in volts: the lowest that is driven, else what a weak pull-up makes of it; none when nobody
    /// drives it.
    pub(super) fn level(&self, node: &str) -> Option<f64> {
        let (mut strong, mut weak) = (None, None);
        for member in self.islands.around(node) {
            let (drive, level) = self.driver(member);
            let lower = |before: Option<f64>| level.map(|level| before.unwrap_or(level).min(level));
            match drive {
                Drive::None => {}
                Drive::Weak => weak = lower(weak).or(weak),
                Drive::High | Drive::Low => strong = lower(strong).or(strong),
            }
        }
        strong.or(weak)
    }

    /// What drives a node, and to which level.
    fn driver(&self, node: &str) -> (Drive, Option<f64>) {
        if let Some(channel) = self.channels.get(node) {
            return match &channel.source {
                Source::Pin(pin) if channel.direction.output && channel.enabled => {
                    (Drive::High, pin.driven(self.now))
                }
                _ => (Drive::None, None),
            };
        }
        if let Some(level) = self.outside.get(node) {
            return (Drive::High, Some(*level));
        }
        let found = self.expanders().find_map(|expander| {
            let pin = expander.pin_of(node)?;
            Some((expander, expander.drive(pin)))
        });
        match found {
            Some((_, Drive::Low)) => (Drive::Low, Some(0.0)),
            Some((expander, drive)) => (drive, Some(expander.supply)),
            None => (Drive::None, None),
        }
    }

    fn expanders(&self) -> impl Iterator<Item = &Expander> {
        let devices = self.buses.values().flat_map(|bus| bus.devices.values());
        devices.filter_map(|device| match &device.chip {
            Chip::Expander(expander) if device.present => Some(expander),
            _ => None,
        })
    }

    /// The level at a pin of an expander, whatever it is wired to.
    pub(super) fn level_at(&self, expander: &Expander, pin: u8) -> bool {
        let drive = expander.drive(pin);
        let channel = expander.wires.get(&pin);
        let channel = channel.and_then(|name| self.channels.get(name));
        let by_itself = drive == Drive::High || drive == Drive::Weak;
        match channel.map(|channel| (channel, &channel.source)) {
            Some((_, Source::Pin(pin_of_agent))) => {
                let level = self.level(&expander.node(pin));
                level.unwrap_or(pin_of_agent.default) >= expander.supply / 2.0
            }
            Some((channel, _)) if matches!(drive, Drive::None | Drive::Weak) => {
                // What test code cannot set is no source: it shows the pin.
                let is_source = drive == Drive::None || channel.capability.output;
                if is_source {
                    let threshold = match channel.kind.form() {
                        Form::Logic => 0.5,
                        Form::Number | Form::Text => expander.supply / 2.0,
                    };
                    self.stored(channel).is_some_and(|value| value >= threshold)
                } else {
                    by_itself
                }
            }
            _ => by_itself,
        }
    }

    /// What an expander makes of a channel that is no pin; none where it leaves it alone.
    fn driven_by_expander(&self, net_name: &str) -> Option<(bool, f64)> {
        self.expanders().find_map(|expander| {
            let wired = |(_, name): &(&u8, &String)| *name == net_name;
            let (pin, _) = expander.wires.iter().find(wired)?;
            let channel = self.channels.get(net_name)?;
            match expander.drive(*pin) {
                Drive::High => Some((true, expander.supply)),
                Drive::Low => Some((false, 0.0)),
                Drive::Weak if !channel.capability.output => Some((true, expander.supply)),
                Drive::Weak | Drive::None => None,
            }
        })
    }

    /// What a channel holds by itself, as a number.
    fn stored(&self, channel: &Channel) -> Option<f64> {
        match &channel.source {
            Source::Stored(text) => number_of(text),
            Source::Ramp(ramp) => Some(ramp.at(self.now)),
            Source::Uptime => Some(self.uptime()),
            Source::Pin(pin) => Some(self.level(&channel.net_name).unwrap_or(pin.default)),
            Source::None => None,
        }
    }

    pub(super) fn uptime(&self) -> f64 {
        self.now.saturating_sub(self.started).as_secs_f64()
    }

    /// The true value of a channel as a number, without what a converter makes of it.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        let (_, channel) = self.channel(name).ok()?;
        match self.driven_by_expander(&channel.net_name) {
            Some((high, _)) if channel.kind.form() == Form::Logic => {
                Some(f64::from(u8::from(high)))
            }
            Some((_, volts)) => Some(volts),
            None => self.stored(channel),
        }
    }

    /// The true value of a channel as the agent writes it.
    pub(super) fn text(&self, channel: &Channel) -> Option<String> {
        let driven = self.driven_by_expander(&channel.net_name);
        match (&channel.source, driven) {
            (Source::None, _) => None,
            (Source::Stored(_), Some((high, volts))) => Some(match channel.kind.form() {
                Form::Logic => logic_text(high),
                Form::Number | Form::Text => volts.to_string(),
            }),
            (Source::Stored(text), None) => Some(text.clone()),
            (Source::Uptime, _) => Some(format!("{:.3}", self.uptime())),
            (Source::Ramp(ramp), _) => {
                let value = ramp.at(self.now);
                let converter = channel.converter.as_ref();
                Some(converter.map_or(value, |one| one.quiet(value)).to_string())
            }
            (Source::Pin(pin), _) => {
                let level = self.level(&channel.net_name).unwrap_or(pin.default);
                Some(pin.read(channel.kind, level))
            }
        }
    }

    /// The true value of a channel as the agent writes it, by its name.
    pub(super) fn shown(&self, name: &str) -> Option<String> {
        let (_, channel) = self.channel(name).ok()?;
        self.text(channel)
    }

    /// Whether a channel is on: `True`, or a number above 0.
    pub(super) fn is_on(&self, name: &str) -> bool {
        self.number(name).is_some_and(|value| value > 0.0)
    }

    /// What becomes of a channel that is set from outside; none when it is not there, or takes no such value.
    fn intake(&self, name: &str, value: Option<&str>) -> Option<(String, Intake)> {
        let (_, channel) = self.channel(name).ok()?;
        let form = channel.kind.form();
        let intake = match (&channel.source, value) {
            (Source::Pin(_), None) => Intake::Driven(None),
            (Source::Pin(_), Some(text)) => {
                let number = text.trim().parse().ok();
                let high = |on| if on { OUTSIDE_HIGH } else { 0.0 };
                // Only a word is a logic level here; 1 is a volt.
                let volts: f64 = number.or_else(|| logic(text).map(high))?;
                if !(0.0..=MAX_VOLTS).contains(&volts) {
                    return None;
                }
                Intake::Driven(Some(volts))
            }
            (Source::Stored(_), _) => {
                let off = match form {
                    Form::Logic => "False",
                    Form::Number | Form::Text => "0",
                };
                let text = value.unwrap_or(off);
                let normal = form.normalise(text).ok().or_else(|| {
                    let number = number_of(text)?;
                    Some(match form {
                        Form::Logic => logic_text(number > 0.0),
                        Form::Number | Form::Text => number.to_string(),
                    })
                });
                Intake::Stored(normal?)
            }
            _ => return None,
        };
        Some((channel.net_name.clone(), intake))
    }

    /// Whether a channel can be set to this from outside.
    pub(super) fn takes(&self, name: &str, value: &str) -> bool {
        self.intake(name, Some(value)).is_some()
    }

    /// Sets a channel from outside the agent, whatever its direction; none lets go of it. One that is not there, or takes no
    /// such value, is left alone; false then.
    pub(super) fn put(&mut self, name: &str, value: Option<&str>) -> bool {
        let Some((net_name, intake)) = self.intake(name, value) else {
            return false;
        };
        self.cache.clear();
        match intake {
            Intake::Driven(Some(volts)) => {
                self.outside.insert(outside_of(&net_name), volts);
            }
            Intake::Driven(None) => {
                self.outside.shift_remove(&outside_of(&net_name));
            }
            Intake::Stored(text) => {
                if let Some(channel) = self.channels.get_mut(&net_name) {
                    channel.source = Source::Stored(text);
                }
            }
        }
        true
    }

    /// Does what sets channels from outside; nothing of it when it fails.
    pub(super) fn all_or_none(&mut self, set: impl FnOnce(&mut Self) -> bool) -> bool {
        let (channels, outside) = (self.channels.clone(), self.outside.clone());
        let done = set(self);
        if !done {
            (self.channels, self.outside) = (channels, outside);
        }
        done
    }
}
