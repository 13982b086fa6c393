//! `uart`, `sockets` and `spi`: what is at the other end of a line, a connection or a bus.

use indexmap::IndexMap;

use super::{
    super::{
        address::AgentAddress,
        channel_type::ChannelType,
        peer::Peer,
        spi::{REGISTERS, SpiDevice, SpiKind},
    },
    Reader,
    devices::{hexadecimal, registers},
    entries,
    references::Wanted,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        fields::{self, Fields},
        model::Text,
        node::Mapping,
    },
};

/// Before a text that stands for bytes.
pub(super) const HEX: &str = "hex:";

impl Reader<'_> {
    pub(super) fn uarts(&mut self, f: &mut Fields) {
        let Some(ports) = entries(f, "uart") else {
            return;
        };
        for entry in &ports.entries {
            let name = &entry.key;
            if !self.claim(name, ChannelType::UART, f.problems) {
                continue;
            }
            let mut end = Peer::default();
            self.station.add_uart(&name.value, end.clone());
            if entry.value.is_null() {
                continue;
            }
            let what = format!("serial port {}", quoted(&name.value));
            if let Some(mut f) = Fields::of(&entry.value, what, f.problems) {
                end = self.peer(&name.value, true, &mut f);
                self.describe(name, &mut f);
                f.finish();
            }
            self.station.equipment.uarts.insert(name.value.clone(), end);
        }
    }

    pub(super) fn sockets(&mut self, f: &mut Fields) {
        let Some(sockets) = entries(f, "sockets") else {
            return;
        };
        for entry in &sockets.entries {
            let name = &entry.key;
            let what = format!("socket {}", quoted(&name.value));
            let Some(mut own) = Fields::of(&entry.value, what, f.problems) else {
                continue;
            };
            let end = self.peer(&name.value, false, &mut own);
            let device = own.text("device");
            own.finish();
            let Ok(address) = name.value.parse::<AgentAddress>() else {
                let problem = format!("{} is no address", quoted(&name.value));
                let hint = "write HOST:PORT, such as \"instrument.local:5025\"";
                f.problems
                    .push(Diagnostic::error(problem).at(name.at).hint(hint));
                continue;
            };
            if self.station.addresses.contains(&address) {
                let message = format!("the agent answers at {} already", quoted(&name.value));
                let hint = "it is among `addresses`";
                f.problems
                    .push(Diagnostic::error(message).at(name.at).hint(hint));
            }
            // Several connections may go through one device.
            if let Some(device) = device {
                let named = self.channels.get(&device.value).is_some_and(|_| {
                    let channel = self.station.channels.get(&device.value);
                    channel.is_some_and(|channel| channel.kind == ChannelType::SOCKET)
                });
                if named || self.claim(&device, ChannelType::SOCKET, f.problems) {
                    self.station.valueless(&device.value, ChannelType::SOCKET);
                }
            }
            let sockets = &mut self.station.equipment.sockets;
            sockets.insert(address.to_string(), end);
        }
    }

    /// What is at the other end of a line, or of a connection. `timed`: it may say something by itself.
    fn peer(&mut self, name: &str, timed: bool, f: &mut Fields) -> Peer {
        let mut peer = Peer::default();
        peer.echo = f.boolean("echo").is_some_and(|echo| echo.value);
        let termination = f.text("termination");
        peer.termination = match termination {
            Some(text) => bytes(&text, "`termination`", f.problems).unwrap_or_default(),
            None => b"\n".to_vec(),
        };
        let answers = entries(f, "answers");
        for (message, answer) in answers.map(pairs(f.problems)).unwrap_or_default() {
            let what = format!("the answer to {}", quoted(&message.value));
            let heard = bytes(&message, "a message of `answers`", f.problems);
            let told = bytes(&answer, &what, f.problems);
            if let (Some(heard), Some(mut told)) = (heard, told) {
                if !answer.value.starts_with(HEX) {
                    told.extend(&peer.termination);
                }
                peer.answers.insert(heard, told);
            }
        }
        peer.powered_by = f.text("powered_by").map(|channel| {
            self.refer(&channel, "`powered_by`", Wanted::Switch);
            channel.value
        });
        for (other, is_there) in [("script", f.has("script")), ("echo", peer.echo)] {
            if is_there && f.has("scpi") {
                let message = format!("{} has both {} and `scpi`", f.what(), quoted(other));
                f.problems.push(Diagnostic::error(message).at(f.at()));
            }
        }
        peer.script = self.script(f, timed);
        peer.instrument = f.fields("scpi").map(|mut f| {
            let instrument = self.instrument(name, &mut f);
            f.finish();
            instrument
        });
        peer
    }

    pub(super) fn spi(&mut self, f: &mut Fields) {
        let Some(buses) = entries(f, "spi") else {
            return;
        };
        for entry in &buses.entries {
            let name = &entry.key;
            if !self.claim(name, ChannelType::SPI, f.problems) {
                continue;
            }
            let mut device = SpiDevice::new(SpiKind::Answers(IndexMap::new()), 0xFF);
            self.station.add_spi(&name.value, device.clone());
            if entry.value.is_null() {
                continue;
            }
            let what = format!("SPI bus {}", quoted(&name.value));
            if let Some(mut f) = Fields::of(&entry.value, what, f.problems) {
                device = spi_device(&mut f);
                self.describe(name, &mut f);
                f.finish();
            }
            self.station.add_spi(&name.value, device);
        }
    }
}

/// The names of a mapping with their texts.
fn pairs(problems: &mut Diagnostics) -> impl FnMut(&Mapping) -> Vec<(Text, Text)> {
    |mapping| {
        let pair = |entry: &crate::package::node::Entry| {
            let what = format!("the answer to {}", quoted(&entry.key.value));
            let text = fields::text(&entry.value, &what, problems)?;
            Some((entry.key.clone(), text))
        };
        mapping.entries.iter().filter_map(pair).collect()
    }
}

/// The bytes of a text, or those it gives in hexadecimal after `hex:`.
pub(super) fn bytes(text: &Text, what: &str, problems: &mut Diagnostics) -> Option<Vec<u8>> {
    match text.value.strip_prefix(HEX) {
        Some(digits) => {
            let digits = Text {
                value: digits.trim().into(),
                at: text.at,
            };
            hexadecimal(&digits, what, problems)
        }
        None => Some(text.value.clone().into_bytes()),
    }
}

fn spi_device(f: &mut Fields) -> SpiDevice {
    let fill = f.whole("fill", 0..=255).map_or(0xFF, |fill| fill.value);
    let fill = u8::try_from(fill).unwrap_or(0xFF);
    let kinds: Vec<_> = ["echo", "answers", "registers"]
        .into_iter()
        .filter(|key| f.has(key))
        .collect();
    if let [first, second, ..] = kinds.as_slice() {
        let message = format!(
            "{} has both {} and {}: its device is one of these",
            f.what(),
            quoted(first),
            quoted(second)
        );
        f.problems.push(Diagnostic::error(message).at(f.at()));
    }
    let echo = f.boolean("echo").is_some_and(|echo| echo.value);
    let mut known = IndexMap::new();
    let answers = entries(f, "answers");
    for (command, answer) in answers.map(pairs(f.problems)).unwrap_or_default() {
        let what = format!("the answer to {}", quoted(&command.value));
        let heard = hexadecimal(&command, "a command of `answers`", f.problems);
        let told = hexadecimal(&answer, &what, f.problems);
        if let (Some(heard), Some(told)) = (heard, told) {
            known.insert(heard, told);
        }
    }
    let mut memory = vec![fill; REGISTERS];
    let has_registers = f.has("registers");
    registers(f, REGISTERS as u64, 1, |register, data| {
        let end = register.saturating_add(data.len());
        if let Some(place) = memory.get_mut(register..end) {
            place.copy_from_slice(data);
        }
    });
    let kind = if has_registers {
        SpiKind::Registers(memory)
    } else if echo {
        SpiKind::Echo
    } else {
        SpiKind::Answers(known)
    };
    SpiDevice::new(kind, fill)
}
