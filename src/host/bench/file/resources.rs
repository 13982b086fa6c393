//! `resources`: the channels of the station.

use serde_json::Value as Json;

use super::{
    super::{
        channel::{Channel, Source},
        channel_type::ChannelType,
        converter::Converter,
        direction::Direction,
        form::Form,
        noise::Noise,
        ramp::Ramp,
    },
    Alias, Reader, entries,
};
use crate::{
    diagnostic::{Diagnostic, quoted},
    package::{
        fields::{self, Fields, unknown_word},
        model::{Scalar, Spanned, Text},
        node::{Entry, Node, typed},
    },
};
use rehearsal_python::value::Value;

impl Reader<'_> {
    pub(super) fn resources(&mut self, f: &mut Fields) {
        let Some(resources) = entries(f, "resources") else {
            return;
        };
        for entry in &resources.entries {
            let name = &entry.key;
            if !self.name_channel(&name.value, name.at, f.problems) {
                continue;
            }
            let Some(channel) = self.resource(entry, f) else {
                continue;
            };
            // A channel that a module of the default station brings goes with that module.
            let owner = name.value.rsplit_once('.').and_then(|(module, short)| {
                let module = self.station.modules.get_mut(module)?;
                module
                    .channels
                    .iter_mut()
                    .find(|channel| channel.net_name == short)
            });
            match owner {
                Some(owned) => {
                    let short = owned.net_name.clone();
                    let alias = if channel.alias == channel.net_name {
                        short.clone()
                    } else {
                        channel.alias.clone()
                    };
                    *owned = Channel {
                        net_name: short,
                        alias,
                        ..channel
                    };
                }
                None => self.station.add_channel(channel),
            }
        }
    }

    pub(super) fn known_channel(&self, name: &str) -> Option<Channel> {
        let owned = || {
            let (module, short) = name.rsplit_once('.')?;
            let channel = self
                .station
                .modules
                .get(module)?
                .channels
                .iter()
                .find(|channel| channel.net_name == short)?;
            Some(Channel {
                net_name: name.into(),
                alias: name.into(),
                ..channel.clone()
            })
        };
        self.station.channels.get(name).cloned().or_else(owned)
    }

    /// The channel of this net name, else of this alias.
    pub(super) fn channel_named(&self, name: &str) -> Option<Channel> {
        let aliased = || {
            let mut channels = self.station.channels.values();
            channels.find(|channel| channel.alias == name).cloned()
        };
        let owned = || {
            self.station.modules.iter().find_map(|(module, owner)| {
                let mut channels = owner.channels.iter();
                let channel = channels
                    .find(|channel| channel.alias == name && channel.alias != channel.net_name)?;
                Some(Channel {
                    net_name: format!("{module}.{}", channel.net_name),
                    ..channel.clone()
                })
            })
        };
        self.known_channel(name).or_else(aliased).or_else(owned)
    }

    fn resource(&mut self, entry: &Entry, f: &mut Fields) -> Option<Channel> {
        let name = &entry.key;
        let base = self.known_channel(&name.value);
        if let Node::Scalar(scalar) = &entry.value
            && !entry.value.is_null()
        {
            return value_channel(name, scalar, None, base, false, f);
        }
        let what = format!("resource {}", quoted(&name.value));
        let mut fields = Fields::of(&entry.value, what, f.problems)?;
        let channel = self.channel(name, &mut fields, base, false);
        fields.finish();
        channel
    }

    /// The fields of a channel. `parametrised`: its value may hold `${Key}`.
    pub(super) fn channel(
        &mut self,
        name: &Text,
        f: &mut Fields,
        base: Option<Channel>,
        parametrised: bool,
    ) -> Option<Channel> {
        let ramp = f.fields("ramp").map(|mut f| {
            let ramp = self.ramp(Some(name.at), &mut f);
            f.finish();
            ramp
        });
        if base.is_none() && !f.has("ramp") {
            f.required("value");
        }
        let value = f.scalar("value");
        let kind = f.text("type").and_then(|text| channel_type(&text, f));
        let converter = self.reading(&name.value, f);
        if let (Some(_), Some(value)) = (&ramp, &value) {
            let message = format!("{} has both `value` and `ramp`", f.what());
            f.problems.push(Diagnostic::error(message).at(value.at));
        }
        let base = match &ramp {
            Some(ramp) => Some(ramp_channel(name, ramp, kind, base, f)),
            None => base,
        };
        let value = value.filter(|_| ramp.is_none());
        let mut channel = match value {
            Some(value) => value_channel(name, &value, kind, base, parametrised, f),
            None => base,
        };
        let mut set = |key, field: fn(&mut Channel) -> &mut String| {
            if let (Some(text), Some(channel)) = (f.text(key), &mut channel) {
                *field(channel) = text.value;
            }
        };
        set("unit", |channel| &mut channel.unit);
        set("description", |channel| &mut channel.description);
        set("group", |channel| &mut channel.group);
        set("device", |channel| &mut channel.device);
        let alias = f.text("alias");
        let writable = f.boolean("writable");
        let enabled = f.boolean("enabled");
        let details = f.scalars("details");
        let mut channel = channel?;
        self.convert(&mut channel, converter, f);
        if let Some(alias) = alias {
            channel.alias.clone_from(&alias.value);
            self.aliases.push(Alias {
                alias,
                owner: channel.net_name.clone(),
            });
        }
        if let Some(Spanned {
            value: writable,
            at,
        }) = writable
        {
            if writable && ramp.is_some() {
                let message = "`writable`: a channel with a `ramp` cannot be set";
                f.problems.push(Diagnostic::error(message).at(at));
            }
            let direction = if writable {
                Direction::BOTH
            } else {
                Direction::IN
            };
            channel = Channel {
                direction,
                default_direction: direction,
                capability: direction,
                ..channel
            };
        }
        channel.enabled = enabled.map_or(channel.enabled, |enabled| enabled.value);
        channel.details.extend(
            details
                .into_iter()
                .map(|(key, scalar)| (key, json(&scalar))),
        );
        Some(channel)
    }

    /// Has a converter make the readings of a channel.
    fn convert(&self, channel: &mut Channel, converter: Option<Converter>, f: &mut Fields) {
        let is_ramp = matches!(channel.source, Source::Ramp(_));
        if converter.is_some() && channel.kind.form() != Form::Number {
            let message = format!(
                "{} has noise or a resolution, and is no number: its type is {}",
                f.what(),
                channel.kind
            );
            f.problems.push(Diagnostic::error(message).at(f.at()));
        } else if converter.is_some() {
            channel.converter = converter;
        } else if is_ramp && channel.converter.is_none() {
            // So that its values are short texts.
            channel.converter = Some(Converter::new(Noise::of(&channel.net_name, self.seed)));
        }
    }
}

/// A channel that holds a value, in the form its type wants.
fn value_channel(
    name: &Text,
    scalar: &Scalar,
    kind: Option<ChannelType>,
    base: Option<Channel>,
    parametrised: bool,
    f: &mut Fields,
) -> Option<Channel> {
    if matches!(scalar.value, Value::None) {
        let message = format!("`value` of channel {} has no value", quoted(&name.value));
        f.problems.push(Diagnostic::error(message).at(scalar.at));
        return None;
    }
    let kind = kind
        .or(base.as_ref().map(|base| base.kind))
        .unwrap_or_else(|| guess(&scalar.text));
    let normal = if parametrised && scalar.text.contains("${") {
        Ok(scalar.text.clone())
    } else {
        kind.form().normalise(&scalar.text)
    };
    let text = match normal {
        Ok(text) => text,
        Err(wanted) => {
            let message = format!(
                "the value of channel {} must be {wanted}, found {}",
                quoted(&name.value),
                quoted(&scalar.text)
            );
            f.problems.push(
                Diagnostic::error(message)
                    .at(scalar.at)
                    .hint(format!("its type is {kind}")),
            );
            return None;
        }
    };
    Some(match base {
        Some(base) => Channel {
            kind,
            kinds: kind,
            source: Source::Stored(text),
            ..base
        },
        None => Channel::stored(name.value.as_str(), kind, text),
    })
}

/// A channel whose value moves by itself, from a channel there is or with the name of a new one.
fn ramp_channel(
    name: &Text,
    ramp: &Ramp,
    kind: Option<ChannelType>,
    base: Option<Channel>,
    f: &mut Fields,
) -> Channel {
    let known = base.as_ref().map(|base| base.kind);
    let known = known.filter(|kind| kind.form() == Form::Number);
    let kind = kind.or(known).unwrap_or(ChannelType::TEMPERATURE);
    if kind.form() != Form::Number {
        let message = format!(
            "{} has a `ramp`, and is no number: its type is {kind}",
            f.what()
        );
        f.problems.push(Diagnostic::error(message).at(f.at()));
    }
    let base = base.unwrap_or_else(|| Channel::stored(name.value.as_str(), kind, ""));
    Channel {
        kind,
        kinds: kind,
        source: Source::Ramp(ramp.clone()),
        ..base.read_only()
    }
}

fn guess(text: &str) -> ChannelType {
    match typed(text) {
        Value::Int(_) | Value::Big(_) => ChannelType::ANALOG,
        Value::Float(value) if value.is_finite() => ChannelType::ANALOG,
        Value::Bool(_) => ChannelType::DIGITAL,
        _ => ChannelType::REGISTER,
    }
}

fn channel_type(text: &Text, f: &mut Fields) -> Option<ChannelType> {
    let kind = ChannelType::names()
        .find(|name| *name == text.value)
        .and_then(|name| name.parse().ok());
    if kind.is_none() {
        let names: Vec<_> = ChannelType::names().collect();
        f.problems.push(unknown_word("type", text, &names));
    }
    kind
}

fn json(scalar: &Scalar) -> Json {
    match &scalar.value {
        Value::None => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        _ => scalar.text.as_str().into(),
    }
}

/// The names in a list, each with its place.
pub(super) fn names(node: &Node, what: &str, f: &mut Fields) -> Vec<Text> {
    let Node::Sequence(sequence) = node else {
        f.problems.push(fields::wrong_type(what, "a list", node));
        return Vec::new();
    };
    sequence
        .items
        .iter()
        .filter_map(|item| fields::text(item, &format!("an item of {what}"), f.problems))
        .collect()
}
