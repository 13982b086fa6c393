//! bench.yaml: read, checked and added to the default station (docs/bench.md).

use std::path::Path;

use indexmap::IndexMap;

use super::{
    address::AgentAddress,
    bench::Bench,
    channel_type::ChannelType,
    error::BenchError,
    module::ModuleChange,
    station::{Hardware, Station, default_station},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        fields::{self, Fields, wrong_type},
        model::Text,
        node::{Mapping, Node},
        yaml,
    },
    source::{FileId, Span},
};

mod chips;
mod devices;
mod instruments;
mod modules;
mod motion;
mod mpio;
mod numeric;
mod peers;
mod references;
mod resources;
mod scpi;
mod script;
mod shelves;
mod wires;

use references::Reference;

/// Reads a bench.yaml that names no other files; none when it has errors. `text` is what the sources hold as `file`.
pub fn read(text: &str, file: FileId, problems: &mut Diagnostics) -> Option<Station> {
    read_in(None, text, file, problems)
}

/// Like [`read`], with the folder the bench.yaml is in, for the files it names there.
pub fn read_beside(
    folder: &Path,
    text: &str,
    file: FileId,
    problems: &mut Diagnostics,
) -> Option<Station> {
    read_in(Some(folder), text, file, problems)
}

fn read_in(
    folder: Option<&Path>,
    text: &str,
    file: FileId,
    problems: &mut Diagnostics,
) -> Option<Station> {
    let mut found = Diagnostics::default();
    let station =
        yaml::read(text, file, &mut found).map(|node| Reader::read(folder, &node, &mut found));
    let failed = found.has_errors();
    problems.extend(found);
    station.filter(|_| !failed)
}

/// What has been read so far.
struct Reader<'a> {
    /// Where the file is.
    folder: Option<&'a Path>,
    station: Station,
    /// The channels this file names, the buses among them, and where.
    channels: IndexMap<String, Span>,
    aliases: Vec<Alias>,
    /// The modules this file names, and where.
    modules: IndexMap<String, Span>,
    references: Vec<Reference>,
    /// Where all noise begins.
    seed: u64,
    /// How many chips with a model there are.
    models: usize,
}

struct Alias {
    alias: Text,
    owner: String,
}

impl<'a> Reader<'a> {
    fn read(folder: Option<&'a Path>, node: &Node, problems: &mut Diagnostics) -> Station {
        let mut reader = Self {
            folder,
            station: default_station(),
            channels: IndexMap::new(),
            aliases: Vec::new(),
            modules: IndexMap::new(),
            references: Vec::new(),
            seed: 0,
            models: 0,
        };
        if node.is_null() {
            return reader.station;
        }
        let Some(mut f) = Fields::of(node, "the bench", problems) else {
            return reader.station;
        };
        reader.seed = f.whole("seed", 0..=u64::MAX).map_or(0, |seed| seed.value);
        reader.addresses(&mut f);
        reader.agent(&mut f);
        reader.hardware(&mut f);
        reader.resources(&mut f);
        reader.i2c(&mut f);
        reader.spi(&mut f);
        reader.uarts(&mut f);
        reader.sockets(&mut f);
        reader.mpio(&mut f);
        reader.modules(&mut f);
        reader.numeric_results(&mut f);
        reader.instruments(&mut f);
        reader.calibration(&mut f);
        reader.apps(&mut f);
        reader.media(&mut f);
        reader.config(&mut f);
        reader.nets(&mut f);
        reader.faults(&mut f);
        reader.check_references(f.problems);
        reader.check_aliases(f.problems);
        f.finish();
        if !problems.has_errors() {
            reader.check_modules(problems);
        }
        reader.station
    }

    fn addresses(&mut self, f: &mut Fields) {
        for text in f.texts("addresses") {
            match text.value.parse::<AgentAddress>() {
                Ok(address) => self.station.addresses.push(address),
                Err(_) => {
                    let problem =
                        Diagnostic::error(format!("{} is no address", quoted(&text.value)))
                            .at(text.at);
                    f.problems
                        .push(problem.hint("write HOST:PORT, such as \"agent72.local:5000\""));
                }
            }
        }
    }

    fn agent(&mut self, f: &mut Fields) {
        let application = &mut self.station.application;
        let Some(mut f) = f.fields("agent") else {
            return;
        };
        for (key, field) in [
            ("name", &mut application.name),
            ("identification", &mut application.identification),
        ] {
            // A station's name is never empty, and clients count on that.
            if f.has(key)
                && let Some(text) = f.required_text(key)
            {
                *field = text.value;
            }
            f.expect(key);
        }
        let words = ["Unknown", "OK", "Warning", "Error", "Disabled"].map(|word| (word, word));
        if let Some(status) = f.one_of("status", &words) {
            application.status = status.value.into();
        }
        if let Some(connected) = f.boolean("connected") {
            application.connected = connected.value;
        }
        application.last_error = f.text("last_error").map(|text| text.value);
        f.finish();
    }

    fn hardware(&mut self, f: &mut Fields) {
        let mut seen: IndexMap<u32, Span> = IndexMap::new();
        for item in f.list("hardware").unwrap_or_default() {
            let Some(mut board) = Fields::of(item, "a board of `hardware`", f.problems) else {
                continue;
            };
            board.required("index");
            let index = board.whole("index", 0..=255);
            let name = board.required_text("name");
            let product_id = board.required_text("product_id");
            let revision = board
                .whole("revision", 0..=9999)
                .map_or(0, |revision| revision.value);
            let serial_number = board
                .text("serial_number")
                .map(|text| text.value)
                .unwrap_or_default();
            if let (Some(index), Some(name), Some(product_id)) = (index, name, product_id) {
                let number = u32::try_from(index.value).unwrap_or_default();
                if let Some(first) = seen.insert(number, index.at) {
                    board
                        .problems
                        .push(twice(&format!("board {number}"), index.at, first));
                }
                self.station.hardware.retain(|board| board.index != number);
                self.station.hardware.push(Hardware {
                    index: number,
                    name: name.value,
                    product_id: product_id.value,
                    revision: u32::try_from(revision).unwrap_or_default(),
                    serial_number,
                });
            }
            board.finish();
        }
        self.station.hardware.sort_by_key(|board| board.index);
    }

    /// Notes that this file names a channel; false, and reported, when it did so before.
    fn name_channel(&mut self, name: &str, at: Span, problems: &mut Diagnostics) -> bool {
        match self.channels.get(name) {
            Some(first) => {
                problems.push(twice(&format!("channel {}", quoted(name)), at, *first));
                false
            }
            None => {
                self.channels.insert(name.into(), at);
                true
            }
        }
    }

    /// Notes that this file names a channel without a value; false, and reported, when it cannot be of this type.
    fn claim(&mut self, name: &Text, kind: ChannelType, problems: &mut Diagnostics) -> bool {
        if !self.name_channel(&name.value, name.at, problems) {
            return false;
        }
        let known = self.station.channels.get(&name.value);
        if known.is_none_or(|channel| channel.kind == kind) {
            return true;
        }
        let message = format!(
            "channel {} of the default station is no {kind} channel",
            quoted(&name.value)
        );
        problems.push(Diagnostic::error(message).at(name.at));
        false
    }

    /// Reads what describes a channel that is already there.
    fn describe(&mut self, name: &Text, f: &mut Fields) {
        let alias = f.text("alias");
        let description = f.text("description");
        let group = f.text("group");
        let Some(channel) = self.station.channels.get_mut(&name.value) else {
            return;
        };
        if let Some(description) = description {
            channel.description = description.value;
        }
        if let Some(group) = group {
            channel.group = group.value;
        }
        if let Some(alias) = alias {
            channel.alias.clone_from(&alias.value);
            self.aliases.push(Alias {
                alias,
                owner: name.value.clone(),
            });
        }
    }

    fn check_aliases(&self, problems: &mut Diagnostics) {
        for (at, Alias { alias, owner }) in self.aliases.iter().enumerate() {
            let earlier = self
                .aliases
                .iter()
                .take(at)
                .find(|other| other.alias.value == alias.value)
                .map(|other| other.owner.as_str());
            let channels = &self.station.channels;
            let named = channels
                .get(&alias.value)
                .filter(|channel| channel.net_name != *owner);
            let default = channels
                .values()
                .find(|channel| channel.alias == alias.value && channel.net_name != *owner);
            let taken = earlier.or(named.or(default).map(|channel| channel.net_name.as_str()));
            if let Some(taken) = taken {
                let message = format!(
                    "alias {} is taken by channel {}",
                    quoted(&alias.value),
                    quoted(taken)
                );
                problems.push(Diagnostic::error(message).at(alias.at));
            }
        }
    }

    /// Loads what is to be loaded at the start, then each other module by itself, so that a clash shows now.
    fn check_modules(&self, problems: &mut Diagnostics) {
        let mut bare = self.station.clone();
        for module in bare.modules.values_mut() {
            module.loaded = false;
        }
        let Ok(mut booted) = Bench::new(bare, std::time::Duration::ZERO) else {
            return;
        };
        let (first, then): (Vec<_>, Vec<_>) = self
            .station
            .modules
            .values()
            .partition(|module| module.loaded);
        for module in first.into_iter().chain(then) {
            let change = ModuleChange {
                name: module.settings.name.clone(),
                ..ModuleChange::default()
            };
            let mut with_it = booted.clone();
            let missing = |error: &BenchError| {
                matches!(
                    error,
                    BenchError::MissingInitialData { .. } | BenchError::BadModuleAddress { .. }
                )
            };
            match with_it.load(&change) {
                Ok(()) if module.loaded => booted = with_it,
                Ok(()) => {}
                // The test code may bring it.
                Err(error) if !module.loaded && missing(&error) => {}
                Err(error) => {
                    let problem = Diagnostic::error(error.to_string().replace('"', "`"));
                    problems.push(match self.modules.get(&module.settings.name) {
                        Some(at) => problem.at(*at),
                        None => problem,
                    });
                }
            }
        }
    }
}

/// The entries of a mapping of free names.
fn entries<'n>(f: &mut Fields<'n, '_>, key: &'static str) -> Option<&'n Mapping> {
    match f.node(key)? {
        Node::Mapping(mapping) => Some(mapping),
        other => {
            f.problems
                .push(wrong_type(&quoted(key), "a mapping", other));
            None
        }
    }
}

/// A number within limits, `what` naming it.
fn number_within(
    f: &mut Fields,
    key: &'static str,
    range: std::ops::RangeInclusive<f64>,
) -> Option<f64> {
    let node = f.node(key)?;
    let number = fields::finite(node, &quoted(key), f.problems)?;
    if range.contains(&number.value) {
        return Some(number.value);
    }
    let message = format!(
        "{} must be from {} to {}",
        quoted(key),
        range.start(),
        range.end()
    );
    f.problems.push(Diagnostic::error(message).at(number.at));
    None
}

/// "channel `X` is defined twice".
fn twice(what: &str, at: Span, first: Span) -> Diagnostic {
    Diagnostic::error(format!("{what} is defined twice"))
        .at(at)
        .also(first, "first here")
}
