//! `i2c`: buses and their devices, and the plain registers of one.

use std::ops::Range;

use indexmap::IndexMap;

use super::{
    super::{
        chips::{Chip, Registers},
        i2c::{ADDRESSES, I2cBus, I2cDevice},
    },
    Reader, entries, twice,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        fields::{self, Fields},
        model::{Scalar, Spanned, Text},
        node::typed,
    },
    source::Span,
};
use rehearsal_python::value::Value;

impl Reader<'_> {
    pub(super) fn i2c(&mut self, f: &mut Fields) {
        let Some(buses) = entries(f, "i2c") else {
            return;
        };
        for entry in &buses.entries {
            let name = &entry.key;
            if !self.name_channel(&name.value, name.at, f.problems) {
                continue;
            }
            let known = self.station.channels.contains_key(&name.value)
                && !self.station.buses.contains_key(&name.value);
            if known {
                let message = format!(
                    "channel {} of the default station is no I2C bus",
                    quoted(&name.value)
                );
                f.problems.push(Diagnostic::error(message).at(name.at));
                continue;
            }
            self.station.bus(&name.value);
            if entry.value.is_null() {
                continue;
            }
            let Some(mut f) = Fields::of(
                &entry.value,
                format!("bus {}", quoted(&name.value)),
                f.problems,
            ) else {
                continue;
            };
            let mut seen: IndexMap<u8, Span> = IndexMap::new();
            // The default station's may be replaced; those of this file must not meet.
            let mut named = I2cBus::default();
            for item in f.list("devices").unwrap_or_default() {
                let what = format!("a device of bus {}", quoted(&name.value));
                let Some(mut device_fields) = Fields::of(item, what, f.problems) else {
                    continue;
                };
                let address = fixed_address(&mut device_fields);
                let device = self.device(&mut device_fields);
                if let Some(address) = address {
                    if let Some(taken) = named.clash(address.value, &device.chip) {
                        let what = format!("device 0x{taken:02X} of bus {}", quoted(&name.value));
                        let first = named.owner(taken).and_then(|owner| seen.get(&owner));
                        let first = first.copied().unwrap_or(address.at);
                        device_fields.problems.push(twice(&what, address.at, first));
                    }
                    if let Err(problem) = device.chip.check_address(address.value) {
                        let problem = Diagnostic::error(problem).at(address.at);
                        device_fields.problems.push(problem);
                    }
                    seen.insert(address.value, address.at);
                    let devices = &mut self.station.bus(&name.value).devices;
                    devices.retain(|first, _| {
                        let last = address.value.saturating_add(device.chip.addresses());
                        seen.contains_key(first) || !(address.value..last).contains(first)
                    });
                    devices.insert(address.value, device.clone());
                    named.devices.insert(address.value, device);
                }
                device_fields.finish();
            }
            f.finish();
        }
    }

    /// The fields of a device, but for its address.
    pub(super) fn device(&mut self, f: &mut Fields) -> I2cDevice {
        let name = f.text("name").map(|name| name.value).unwrap_or_default();
        let present = f.boolean("present").is_none_or(|present| present.value);
        let plain = self.registers_of(f);
        let chip = self.model(f).unwrap_or(plain);
        I2cDevice {
            present,
            ..I2cDevice::new(name, chip)
        }
    }

    /// The fields of plain registers, all of which may be left out.
    fn registers_of(&self, f: &mut Fields) -> Chip {
        let size = f.whole("size", 1..=65536).map_or(256, |size| size.value);
        let width = f.whole("width", 1..=4).map_or(1, |width| width.value);
        let fill = f.whole("fill", 0..=255).map_or(0xFF, |fill| fill.value);
        let as_size = |number| usize::try_from(number).unwrap_or(usize::MAX);
        let mut memory = Registers::new(
            as_size(size),
            as_size(width),
            u8::try_from(fill).unwrap_or(0xFF),
        );
        if let Some(pointer_bytes) = f.whole("pointer_bytes", 1..=2) {
            if pointer_bytes.value == 1 && size > 256 {
                let message = "one pointer byte cannot name more than 256 registers";
                f.problems
                    .push(Diagnostic::error(message).at(pointer_bytes.at));
            }
            memory = memory.with_pointer_bytes(as_size(pointer_bytes.value));
        }
        memory.writable = f.boolean("writable").is_none_or(|writable| writable.value);
        registers(f, size, width, |register, data| {
            memory.fill_in(register, data)
        });
        Chip::Registers(memory)
    }
}

fn fixed_address(f: &mut Fields) -> Option<Spanned<u8>> {
    let node = f.required("address")?;
    let scalar = fields::scalar(node, "`address`", f.problems)?;
    address(&scalar, f.problems)
}

/// A 7-bit address that no specification reserves.
pub(super) fn address(scalar: &Scalar, problems: &mut Diagnostics) -> Option<Spanned<u8>> {
    let address = whole(&scalar.text)
        .and_then(|address| u8::try_from(address).ok())
        .filter(|address| ADDRESSES.contains(address));
    if address.is_none() {
        let message = format!(
            "I2C address {} is out of range: it must be from 0x08 to 0x77",
            quoted(&scalar.text)
        );
        problems.push(Diagnostic::error(message).at(scalar.at));
    }
    address.map(|value| Spanned {
        value,
        at: scalar.at,
    })
}

/// The bytes of a register and of those that follow, in bytes of the whole memory.
struct Filled<'n> {
    key: &'n Text,
    bytes: Range<u64>,
}

/// Reads `registers` of a memory of so many registers of so many bytes, and hands on each one's number and bytes.
pub(super) fn registers(
    f: &mut Fields,
    size: u64,
    width: u64,
    mut fill_in: impl FnMut(usize, &[u8]),
) {
    let Some(mapping) = entries(f, "registers") else {
        return;
    };
    let mut filled: Vec<Filled> = Vec::new();
    for entry in &mapping.entries {
        let key = &entry.key;
        let Some(register) = whole(&key.value) else {
            f.problems.push(
                Diagnostic::error(format!("register {} is no number", quoted(&key.value)))
                    .at(key.at),
            );
            continue;
        };
        let what = format!("register {}", quoted(&key.value));
        let text = fields::text(&entry.value, &what, f.problems);
        let Some(data) = text.and_then(|text| hexadecimal(&text, &what, f.problems)) else {
            continue;
        };
        let start = register.saturating_mul(width);
        let end = start.saturating_add(data.len() as u64);
        if end > size * width || start >= size * width {
            let message = format!(
                "register {} reaches beyond the {size} registers of the device",
                quoted(&key.value)
            );
            f.problems.push(Diagnostic::error(message).at(key.at));
            continue;
        }
        if let Some(other) = filled
            .iter()
            .find(|other| other.bytes.start < end && start < other.bytes.end)
        {
            let message = format!(
                "register {} overlaps register {}",
                quoted(&key.value),
                quoted(&other.key.value)
            );
            f.problems.push(
                Diagnostic::error(message)
                    .at(key.at)
                    .also(other.key.at, "filled here"),
            );
        }
        fill_in(usize::try_from(register).unwrap_or(usize::MAX), &data);
        filled.push(Filled {
            key,
            bytes: start..end,
        });
    }
}

/// Pairs of hexadecimal digits, with or without blanks between them.
pub(super) fn hexadecimal(text: &Text, what: &str, problems: &mut Diagnostics) -> Option<Vec<u8>> {
    let digits: String = text.value.chars().filter(|c| !c.is_whitespace()).collect();
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| {
        let value = pair.iter().try_fold(0, |value, digit| {
            Some(value * 16 + char::from(*digit).to_digit(16)?)
        })?;
        u8::try_from(value).ok()
    };
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    let bytes = bytes.filter(|bytes| rest.is_empty() && !bytes.is_empty());
    if bytes.is_none() {
        let message = format!(
            "{what} must hold bytes in hexadecimal, found {}",
            quoted(&text.value)
        );
        problems.push(
            Diagnostic::error(message)
                .at(text.at)
                .hint("write two digits a byte, such as \"DE AD BE EF\""),
        );
    }
    bytes
}

/// A whole number, decimal or as `0x0F`.
pub(super) fn whole(text: &str) -> Option<u64> {
    match typed(text.trim()) {
        Value::Int(value) => u64::try_from(value).ok(),
        _ => None,
    }
}
