//! `eeprom`, `temperature` and `expander` of an I2C device.

use std::time::Duration;

use super::{
    super::{
        chips::{
            Chip, EEPROMS, EXPANDERS, Eeprom, EepromType, Expander, ExpanderType, Heat,
            THERMOMETERS, Thermometer, ThermometerType,
        },
        converter::Converter,
        noise::Noise,
    },
    Reader,
    devices::{registers, whole},
    entries, number_within,
    references::Wanted,
};
use crate::{
    diagnostic::{Diagnostic, quoted},
    package::fields::{self, Fields},
};

/// The fields of plain registers, which a chip with a model does not have.
const PLAIN: [&str; 6] = [
    "size",
    "width",
    "registers",
    "fill",
    "pointer_bytes",
    "writable",
];
/// Bytes.
const LONGEST_PAGE: u64 = 256;
const DEFAULT_WRITE_MS: u64 = 5;
/// °C.
const DEFAULT_TEMPERATURE: f64 = 25.0;
/// V.
const DEFAULT_SUPPLY: f64 = 3.3;

impl Reader<'_> {
    /// The chip of a device that says which one it is.
    pub(super) fn model(&mut self, f: &mut Fields) -> Option<Chip> {
        let models = ["eeprom", "temperature", "expander"];
        let given: Vec<_> = models.into_iter().filter(|key| f.has(key)).collect();
        let others = given.iter().skip(1).copied();
        let plain = PLAIN.into_iter().filter(|key| f.has(key));
        if let (Some(first), Some(second)) = (given.first(), others.chain(plain).next()) {
            let message = format!(
                "{} has both {} and {}",
                f.what(),
                quoted(first),
                quoted(second)
            );
            let hint =
                "a device is plain registers or one of `eeprom`, `temperature` and `expander`";
            f.problems
                .push(Diagnostic::error(message).at(f.at()).hint(hint));
        }
        let what = f.what().to_owned();
        let eeprom = f.fields("eeprom").and_then(|mut f| {
            let eeprom = self.eeprom(&mut f);
            f.finish();
            eeprom
        });
        let thermometer = f.fields("temperature");
        let thermometer = thermometer.map(|mut f| {
            let thermometer = self.thermometer(&what, &mut f);
            f.finish();
            thermometer
        });
        let expander = f.fields("expander");
        let expander = expander.and_then(|mut f| {
            let expander = self.expander(&mut f);
            f.finish();
            expander
        });
        eeprom
            .map(Chip::Eeprom)
            .or(thermometer.map(Chip::Thermometer))
            .or(expander.map(Chip::Expander))
    }

    fn eeprom(&mut self, f: &mut Fields) -> Option<Eeprom> {
        f.required("type");
        let types = EEPROMS.map(|kind| (kind.name, kind));
        let kind: Option<EepromType> = f.one_of("type", &types).map(|kind| kind.value);
        let fill = f.whole("fill", 0..=255).map_or(0xFF, |fill| fill.value);
        let page = f.whole("page", 0..=u64::MAX);
        let write = f.whole("write_ms", 0..=60_000);
        let protected = f.boolean("write_protected");
        let (given, content) = self.content(f);
        if given > 1 {
            let message = "`eeprom` has more than one of `text`, `hex` and `file`";
            f.problems.push(Diagnostic::error(message).at(f.at()));
        }
        let size = kind.map_or(65536, |kind| kind.size);
        if let Some(content) = &content
            && content.len() > size
        {
            let message = format!(
                "the content of `eeprom` has {} bytes, and there is room for {size}",
                content.len()
            );
            f.problems.push(Diagnostic::error(message).at(f.at()));
        }
        let most = LONGEST_PAGE.min(size as u64);
        if let Some(page) = &page
            && (!page.value.is_power_of_two() || page.value > most)
        {
            let message = format!("`page` must be a power of 2 from 1 to {most}");
            f.problems.push(Diagnostic::error(message).at(page.at));
        }
        let any = EEPROMS.last().copied();
        let mut eeprom = Eeprom::new(kind.or(any)?, u8::try_from(fill).unwrap_or(0xFF));
        eeprom.fill_in(0, &content.unwrap_or_default());
        registers(f, size as u64, 1, |register, data| {
            eeprom.fill_in(register, data);
        });
        let page = page.and_then(|page| usize::try_from(page.value).ok());
        eeprom.page = page.unwrap_or(eeprom.page).max(1);
        let write = write.map_or(DEFAULT_WRITE_MS, |write| write.value);
        eeprom.write_time = Duration::from_millis(write);
        eeprom.write_protected = protected.is_some_and(|protected| protected.value);
        Some(eeprom)
    }

    fn thermometer(&mut self, what: &str, f: &mut Fields) -> Thermometer {
        let types = THERMOMETERS.map(|kind| (kind.name, kind));
        let kind: Option<ThermometerType> = f.one_of("type", &types).map(|kind| kind.value);
        let sources = ["value", "channel", "ramp"];
        let given: Vec<_> = sources.into_iter().filter(|key| f.has(key)).collect();
        let heat = if let [first, second, ..] = given.as_slice() {
            let message = format!(
                "`temperature` has both {} and {}",
                quoted(first),
                quoted(second)
            );
            f.problems.push(Diagnostic::error(message).at(f.at()));
            sources.into_iter().for_each(|key| f.expect(key));
            Heat::Fixed(DEFAULT_TEMPERATURE)
        } else {
            self.heat(f)
        };
        // Its number among all of them: devices need have no names.
        self.models += 1;
        let name = format!("{what} {}", self.models);
        let mut converter = Converter::new(Noise::of(&name, self.seed));
        converter.offset = number_within(f, "offset", -100.0..=100.0).unwrap_or_default();
        converter.noise = number_within(f, "noise", 0.0..=100.0).unwrap_or_default();
        let [.., usual] = THERMOMETERS;
        Thermometer::new(kind.unwrap_or(usual), heat, converter)
    }

    /// Where a sensor takes its temperature from.
    fn heat(&mut self, f: &mut Fields) -> Heat {
        let value = number_within(f, "value", -273.15..=1000.0);
        let channel = f.text("channel");
        let ramp = f.fields("ramp").map(|mut f| {
            let ramp = self.ramp(None, &mut f);
            f.finish();
            ramp
        });
        match (channel, ramp) {
            (Some(channel), _) => {
                self.refer(&channel, "`channel`", Wanted::Number);
                Heat::Channel(channel.value)
            }
            (None, Some(ramp)) => Heat::Ramp(ramp),
            (None, None) => Heat::Fixed(value.unwrap_or(DEFAULT_TEMPERATURE)),
        }
    }

    fn expander(&mut self, f: &mut Fields) -> Option<Expander> {
        f.required("type");
        let types = EXPANDERS.map(|kind| (kind.name, kind));
        let kind: Option<ExpanderType> = f.one_of("type", &types).map(|kind| kind.value);
        let supply = number_within(f, "supply", 1.0..=5.5).unwrap_or(DEFAULT_SUPPLY);
        let pins = entries(f, "pins");
        self.models += 1;
        let mut expander = Expander::new(kind.or(EXPANDERS.last().copied())?, self.models, supply);
        for entry in pins.into_iter().flat_map(|pins| &pins.entries) {
            let most = expander.pins() - 1;
            let pin = whole(&entry.key.value)
                .and_then(|pin| u8::try_from(pin).ok())
                .filter(|pin| *pin <= most);
            let Some(pin) = pin else {
                let message = format!(
                    "{} is no pin: it must be from 0 to {most}",
                    quoted(&entry.key.value)
                );
                f.problems.push(Diagnostic::error(message).at(entry.key.at));
                continue;
            };
            let what = format!("pin {pin}");
            let Some(channel) = fields::text(&entry.value, &what, f.problems) else {
                continue;
            };
            self.refer(&channel, &what, Wanted::Wired);
            if expander.wires.insert(pin, channel.value).is_some() {
                let message = format!("pin {pin} is wired twice");
                f.problems.push(Diagnostic::error(message).at(entry.key.at));
            }
        }
        Some(expander)
    }
}
