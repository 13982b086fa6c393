//! Channels that other parts of the file name, found once all of them are known.

use indexmap::IndexMap;

use super::{
    super::{
        channel::{Channel, Source},
        chips::Chip,
        form::Form,
        levels::outside_of,
    },
    Reader,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{fields::nearest, model::Text},
    source::Span,
};

/// A channel by its name or alias.
pub(super) struct Reference {
    name: Text,
    /// What names it, in messages.
    what: String,
    wanted: Wanted,
    /// Where the channel is named that this is for, if it is for one; it cannot be that one.
    owner: Option<Span>,
}

/// What a channel has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// One that has a value.
    Value,
    /// Its value is a number.
    Number,
    /// Its value is on or off: `True` or `False`, or a number.
    Switch,
    /// It can be set from outside, to numbers or True and False.
    Driven,
    /// It can be set from outside, to any text.
    Written,
    /// It can be wired to a pin.
    Wired,
}

impl Wanted {
    /// Why a channel is not what is wanted.
    fn refuses(self, channel: &Channel) -> Option<&'static str> {
        let is_text = channel.kind.form() == Form::Text;
        let is_pin = matches!(channel.source, Source::Pin(_));
        match self {
            _ if channel.source == Source::None => Some("has no value"),
            Self::Value => None,
            Self::Number if channel.kind.form() != Form::Number && !is_pin => Some("is no number"),
            Self::Switch if is_text => Some("is neither True or False nor a number"),
            Self::Wired if is_text => Some("is neither True or False nor a number"),
            Self::Written if !is_text => Some("takes no text"),
            Self::Driven | Self::Written | Self::Wired
                if matches!(channel.source, Source::Ramp(_) | Source::Uptime) =>
            {
                Some("has a value of its own")
            }
            _ => None,
        }
    }
}

impl Reader<'_> {
    /// Notes that something names a channel.
    pub(super) fn refer(&mut self, name: &Text, what: &str, wanted: Wanted) {
        self.refer_from(None, name, what, wanted);
    }

    /// Notes that a channel, which is named there, names another one.
    pub(super) fn refer_from(
        &mut self,
        owner: Option<Span>,
        name: &Text,
        what: &str,
        wanted: Wanted,
    ) {
        self.references.push(Reference {
            owner,
            name: name.clone(),
            what: what.into(),
            wanted,
        });
    }

    /// Reports channels that are not there or not what is wanted, gives the others their net names, and joins pins with what
    /// is wired to them.
    pub(super) fn check_references(&mut self, problems: &mut Diagnostics) {
        let mut found: IndexMap<String, String> = IndexMap::new();
        let mut wired: IndexMap<String, Span> = IndexMap::new();
        for reference in std::mem::take(&mut self.references) {
            let Reference {
                name,
                what,
                wanted,
                owner,
            } = reference;
            let Some(channel) = self.channel_named(&name.value) else {
                let message = format!("{what} names an unknown channel {}", quoted(&name.value));
                let problem = Diagnostic::error(message).at(name.at);
                let known = self.all_channels();
                problems.push(
                    match nearest(&name.value, known.iter().map(String::as_str)) {
                        Some(near) => problem.hint(format!("did you mean {}?", quoted(near))),
                        None => problem,
                    },
                );
                continue;
            };
            if let Some(refusal) = wanted.refuses(&channel) {
                let message = format!("{what} names {}, which {refusal}", quoted(&name.value));
                problems.push(Diagnostic::error(message).at(name.at));
                continue;
            }
            if owner.is_some() && self.channels.get(&channel.net_name).copied() == owner {
                let message = format!("{what} names {}, the channel itself", quoted(&name.value));
                problems.push(Diagnostic::error(message).at(name.at));
                continue;
            }
            let is_pin = matches!(channel.source, Source::Pin(_));
            if wanted == Wanted::Wired
                && !is_pin
                && let Some(first) = wired.insert(channel.net_name.clone(), name.at)
            {
                let message = format!(
                    "{what} names {}, which is wired already",
                    quoted(&name.value)
                );
                problems.push(Diagnostic::error(message).at(name.at).also(first, "here"));
            }
            if wanted == Wanted::Driven && is_pin {
                let net = vec![channel.net_name.clone(), outside_of(&channel.net_name)];
                self.station.wiring.nets.push(net);
            }
            found.insert(name.value, channel.net_name);
        }
        for name in self.named() {
            if let Some(net_name) = found.get(name) {
                name.clone_from(net_name);
            }
        }
        self.wire_expanders();
    }

    /// The names of all channels there are, those of modules included.
    fn all_channels(&self) -> Vec<String> {
        let mut names: Vec<_> = self.station.channels.keys().cloned().collect();
        for (module, owner) in &self.station.modules {
            let channels = owner.channels.iter();
            names.extend(channels.map(|channel| format!("{module}.{}", channel.net_name)));
        }
        names
    }

    /// The places in the station where a model names a channel.
    fn named(&mut self) -> Vec<&mut String> {
        let station = &mut self.station;
        let mut names = Vec::new();
        let mut chips: Vec<&mut Chip> = Vec::new();
        for module in station.modules.values_mut() {
            let channels = module.channels.iter_mut();
            names.extend(channels.flat_map(Channel::channel_names));
            chips.extend(module.devices.iter_mut().map(|one| &mut one.device.chip));
        }
        for bus in station.buses.values_mut() {
            chips.extend(bus.devices.values_mut().map(|device| &mut device.chip));
        }
        names.extend(chips.into_iter().flat_map(Chip::channel_names));
        let channels = station.channels.values_mut();
        names.extend(channels.flat_map(Channel::channel_names));
        let equipment = &mut station.equipment;
        let peers = equipment.uarts.values_mut();
        let peers = peers.chain(equipment.sockets.values_mut());
        names.extend(peers.flat_map(|peer| peer.channel_names()));
        names
    }

    /// A pin of an expander that is wired to an MPIO channel is on its net.
    fn wire_expanders(&mut self) {
        let station = &mut self.station;
        let on_buses = station.buses.values().flat_map(|bus| bus.devices.values());
        let modules = station.modules.values();
        let in_modules = modules.flat_map(|module| module.devices.iter().map(|one| &one.device));
        let mut nets = Vec::new();
        for device in on_buses.chain(in_modules) {
            let Chip::Expander(expander) = &device.chip else {
                continue;
            };
            for (pin, channel) in &expander.wires {
                let named = station.channels.get(channel);
                if named.is_some_and(|channel| matches!(channel.source, Source::Pin(_))) {
                    nets.push(vec![channel.clone(), expander.node(*pin)]);
                }
            }
        }
        station.wiring.nets.extend(nets);
    }
}
