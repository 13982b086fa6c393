//! The live bench: channels that can be read, set and configured, modules that come and go, buses that transfer.

use std::time::Duration;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::{
    channel::Channel,
    channel_type::ChannelType,
    direction::Direction,
    equipment::Equipment,
    error::BenchError,
    i2c::I2cBus,
    module::{Module, ModuleChange},
    station::Station,
    wiring::Islands,
};

/// A station at work. Times are of any clock that only goes forward.
#[derive(Clone, Debug)]
pub struct Bench {
    station: Station,
    pub(super) islands: Islands,
    pub(super) channels: IndexMap<String, Channel>,
    pub(super) buses: IndexMap<String, I2cBus>,
    modules: IndexMap<String, Module>,
    pub(super) equipment: Equipment,
    pub(super) started: Duration,
    /// The time, as far as the bench was told.
    pub(super) now: Duration,
    /// The levels that devices outside the agent put on nets, in volts, by their nodes.
    pub(super) outside: IndexMap<String, f64>,
    /// What was read since the last change, by net name.
    pub(super) cache: IndexMap<String, (Duration, String)>,
}

/// A change of one channel; what is none stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChannelChange {
    /// Finds the channel, before the alias does.
    pub net_name: Option<String>,
    /// The new alias; without a net name what finds the channel.
    pub alias: Option<String>,
    pub enabled: Option<bool>,
    pub direction: Option<Direction>,
    pub kind: Option<ChannelType>,
    pub description: Option<String>,
    pub unit: Option<String>,
    pub group: Option<String>,
    pub device: Option<String>,
    pub details: Map<String, Json>,
}

/// A value and how long ago it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub value: String,
    pub age: Duration,
}

impl Bench {
    /// Starts a station and loads the modules that are marked so.
    ///
    /// # Errors
    /// When one of these modules cannot be loaded.
    pub fn new(station: Station, now: Duration) -> Result<Self, BenchError> {
        let mut bench = Self {
            islands: station.wiring.islands(),
            channels: IndexMap::new(),
            buses: station.buses.clone(),
            modules: IndexMap::new(),
            equipment: station.equipment.clone(),
            started: now,
            now,
            outside: IndexMap::new(),
            cache: IndexMap::new(),
            station,
        };
        bench.boot(now)?;
        Ok(bench)
    }

    pub fn station(&self) -> &Station {
        &self.station
    }

    /// Puts everything back to how it started, but for what devices, tables and files hold.
    ///
    /// # Errors
    /// As with [`Bench::new`].
    pub fn reset(&mut self, now: Duration) -> Result<(), BenchError> {
        let loaded: Vec<_> = self
            .modules
            .values()
            .filter(|module| module.loaded)
            .cloned()
            .collect();
        for module in loaded {
            self.take_off(&module)?;
        }
        self.equipment.reset(&self.station.equipment);
        self.boot(now)
    }

    /// Says what time it is. What is done from here on is done then.
    pub fn tick(&mut self, now: Duration) {
        self.now = self.now.max(now);
        self.follow();
    }

    fn boot(&mut self, now: Duration) -> Result<(), BenchError> {
        self.started = now;
        self.now = now;
        self.outside.clear();
        self.cache.clear();
        self.channels = self.station.channels.clone();
        self.modules = self.station.modules.clone();
        let boot: Vec<_> = self
            .modules
            .values()
            .filter(|module| module.loaded)
            .cloned()
            .collect();
        boot.iter().try_for_each(|module| self.put_on(module))?;
        self.begin();
        Ok(())
    }

    /// The channels in the order of the agent's list.
    pub fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.channels.values()
    }

    /// The channel with this net name or alias, and its place in the list.
    ///
    /// # Errors
    /// When there is none.
    pub fn channel(&self, name: &str) -> Result<(usize, &Channel), BenchError> {
        let index = self.index(name)?;
        self.channels
            .get_index(index)
            .map(|(_, channel)| (index, channel))
            .ok_or_else(|| BenchError::UnknownChannel(name.into()))
    }

    fn index(&self, name: &str) -> Result<usize, BenchError> {
        self.channels
            .get_index_of(name)
            .or_else(|| {
                self.channels
                    .values()
                    .position(|channel| channel.alias == name)
            })
            .ok_or_else(|| BenchError::UnknownChannel(name.into()))
    }

    /// Reads a channel.
    ///
    /// # Errors
    /// When there is none of this name, it is disabled or it has no value.
    pub fn read(&mut self, name: &str, now: Duration) -> Result<String, BenchError> {
        self.tick(now);
        let (index, channel) = self.channel(name)?;
        channel.check_enabled()?;
        let net_name = channel.net_name.clone();
        let text = self.text(channel).ok_or_else(|| channel.no_value())?;
        let number = self.number(&net_name);
        let channel = self.channels.get_index_mut(index);
        let converter = channel.and_then(|(_, channel)| channel.converter_mut());
        let value = match (converter, number) {
            (Some(converter), Some(number)) => converter.convert(number).to_string(),
            _ => text,
        };
        self.cache.insert(net_name, (now, value.clone()));
        Ok(value)
    }

    /// Reads a channel, or gives again what was read at most `max_age` ago.
    ///
    /// # Errors
    /// As with [`Bench::read`].
    pub fn read_cached(
        &mut self,
        name: &str,
        max_age: Duration,
        now: Duration,
    ) -> Result<Reading, BenchError> {
        let (_, channel) = self.channel(name)?;
        channel.check_enabled()?;
        if let Some((read, value)) = self.cache.get(&channel.net_name) {
            let age = now.saturating_sub(*read);
            if age <= max_age {
                return Ok(Reading {
                    value: value.clone(),
                    age,
                });
            }
        }
        self.read(name, now).map(|value| Reading {
            value,
            age: Duration::ZERO,
        })
    }

    /// Sets channels, all or none.
    ///
    /// # Errors
    /// With the first channel that does not exist or does not take its value.
    pub fn write<'a>(
        &mut self,
        values: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), BenchError> {
        let mut channels = Vec::new();
        for (name, value) in values {
            let (index, channel) = self.channel(name)?;
            let mut channel = channel.clone();
            channel.set(value, self.now)?;
            channels.push((index, channel));
        }
        self.replace(channels);
        Ok(())
    }

    /// Changes channels, all or none.
    ///
    /// # Errors
    /// With the first channel that does not exist or cannot be changed so.
    pub fn configure(&mut self, changes: &[ChannelChange]) -> Result<(), BenchError> {
        // On a copy: a later change may mean a channel by the alias an earlier one gives it.
        let mut changed = self.clone();
        for change in changes {
            changed.configure_one(change)?;
        }
        self.channels = changed.channels;
        self.cache.clear();
        self.follow();
        Ok(())
    }

    fn configure_one(&mut self, change: &ChannelChange) -> Result<(), BenchError> {
        let name = change.net_name.as_ref().or(change.alias.as_ref());
        let (index, channel) = self.channel(name.map_or("", String::as_str))?;
        let mut channel = channel.clone();
        if let (Some(_), Some(alias)) = (&change.net_name, &change.alias) {
            match self.index(alias) {
                Ok(owner) if owner != index => {
                    let owner = self.channels.get_index(owner).map_or("", |(name, _)| name);
                    return Err(BenchError::AliasTaken {
                        alias: alias.clone(),
                        owner: owner.into(),
                    });
                }
                _ => channel.alias.clone_from(alias),
            }
        }
        if let Some(kind) = change.kind {
            channel.become_type(kind)?;
        }
        if let Some(direction) = change.direction {
            channel.turn(direction)?;
        }
        for (key, value) in &change.details {
            channel.set_detail(key, value)?;
        }
        channel.enabled = change.enabled.unwrap_or(channel.enabled);
        let texts = [
            (&mut channel.description, &change.description),
            (&mut channel.unit, &change.unit),
            (&mut channel.group, &change.group),
            (&mut channel.device, &change.device),
        ];
        for (field, text) in texts {
            if let Some(text) = text {
                field.clone_from(text);
            }
        }
        self.replace(vec![(index, channel)]);
        Ok(())
    }

    fn replace(&mut self, channels: Vec<(usize, Channel)>) {
        for (index, channel) in channels {
            if let Some((_, old)) = self.channels.get_index_mut(index) {
                *old = channel;
            }
        }
        self.cache.clear();
        self.follow();
    }

    /// Every module, loaded or not.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.modules.values()
    }

    /// Loads a module by its name, or under a new name by its class.
    ///
    /// # Errors
    /// When there is no such module, it is loaded already, or what it brings clashes with what is there.
    pub fn load(&mut self, change: &ModuleChange) -> Result<(), BenchError> {
        let mut module = self
            .module(&change.name)
            .or_else(|error| self.module_of_class(change).ok_or(error))?
            .clone();
        if module.loaded && module.settings.name == change.name {
            return Err(BenchError::AlreadyLoaded(change.name.clone()));
        }
        module.change(change);
        module.loaded = true;
        self.put_on(&module)?;
        self.modules.insert(change.name.clone(), module);
        self.follow();
        Ok(())
    }

    /// Removes what a module brought.
    ///
    /// # Errors
    /// When there is no such module or it is not loaded.
    pub fn unload(&mut self, name: &str) -> Result<(), BenchError> {
        let module = self.module(name)?.clone();
        if !module.loaded {
            return Err(BenchError::NotLoaded(name.into()));
        }
        self.take_off(&module)?;
        if let Some(module) = self.modules.get_mut(name) {
            module.loaded = false;
        }
        self.follow();
        Ok(())
    }

    /// Changes a module's settings; a loaded one is loaded again with them.
    ///
    /// # Errors
    /// As with [`Bench::load`]; the module then stays as it was.
    pub fn configure_module(&mut self, change: &ModuleChange) -> Result<(), BenchError> {
        let before = self.module(&change.name)?.clone();
        let mut module = before.clone();
        module.change(change);
        if module.loaded {
            let mut changed = self.clone();
            changed.take_off(&before)?;
            changed.put_on(&module)?;
            *self = changed;
        }
        self.modules.insert(change.name.clone(), module);
        self.follow();
        Ok(())
    }

    fn module(&self, name: &str) -> Result<&Module, BenchError> {
        self.modules
            .get(name)
            .ok_or_else(|| BenchError::UnknownModule(name.into()))
    }

    fn module_of_class(&self, change: &ModuleChange) -> Option<&Module> {
        let class = change
            .class_name
            .as_ref()
            .filter(|class| !class.is_empty())?;
        self.modules
            .values()
            .find(|module| module.settings.class_name == *class)
    }

    fn put_on(&mut self, module: &Module) -> Result<(), BenchError> {
        let refused = |what| BenchError::NotLoadable {
            module: module.settings.name.clone(),
            what,
        };
        let channels = module.live_channels()?;
        let devices = module.live_devices()?;
        for channel in &channels {
            if self
                .index(&channel.net_name)
                .or_else(|_| self.index(&channel.alias))
                .is_ok()
            {
                return Err(refused(format!(
                    "there is a channel {} already",
                    channel.net_name
                )));
            }
        }
        let mut buses = self.buses.clone();
        for (name, address, device) in devices {
            let bus = buses
                .get_mut(&name)
                .ok_or_else(|| refused(format!("there is no I2C bus {name}")))?;
            if let Some(taken) = bus.clash(address, &device.chip) {
                return Err(refused(format!(
                    "there is a device at 0x{taken:02X} on {name} already"
                )));
            }
            if let Err(problem) = device.chip.check_address(address) {
                return Err(refused(problem));
            }
            bus.devices.insert(address, device.started(self.now));
        }
        self.buses = buses;
        for mut channel in channels {
            channel.start(self.now);
            self.channels.insert(channel.net_name.clone(), channel);
        }
        self.cache.clear();
        Ok(())
    }

    fn take_off(&mut self, module: &Module) -> Result<(), BenchError> {
        for channel in module.live_channels()? {
            self.channels.shift_remove(&channel.net_name);
        }
        for (bus, address, _) in module.live_devices()? {
            if let Some(bus) = self.buses.get_mut(&bus) {
                bus.devices.shift_remove(&address);
            }
        }
        self.cache.clear();
        Ok(())
    }

    /// The net name of a device to transfer with, by its net name or alias.
    ///
    /// # Errors
    /// When there is none of this type, or it is disabled.
    pub fn device(&self, name: &str, kind: ChannelType) -> Result<String, BenchError> {
        let channel = self.channel(name).ok().map(|(_, channel)| channel);
        let channel = channel.filter(|channel| channel.kind == kind);
        let unknown = || BenchError::UnknownDevice {
            kind,
            name: name.into(),
        };
        let channel = channel.ok_or_else(unknown)?;
        channel.check_enabled()?;
        Ok(channel.net_name.clone())
    }

    pub fn equipment(&self) -> &Equipment {
        &self.equipment
    }

    pub fn equipment_mut(&mut self) -> &mut Equipment {
        &mut self.equipment
    }

    /// Notes what a call other than a configuration has changed of a channel's details.
    pub fn note_details(&mut self, net_name: &str, details: Map<String, Json>) {
        if let Some(channel) = self.channels.get_mut(net_name) {
            channel.details.extend(details);
        }
    }
}
