//! `ramp`, and the fields of converters.

use std::time::Duration;

use super::{
    super::{
        converter::{Converter, Step},
        noise::Noise,
        pin::{Dac, MAX_VOLTS},
        ramp::{Pace, Ramp},
    },
    Reader, number_within,
    references::Wanted,
};
use crate::{diagnostic::Diagnostic, package::fields::Fields, source::Span};

/// A week, in milliseconds.
pub(super) const LONGEST: u64 = 604_800_000;
/// A bound for values without one of their own.
pub(super) const FAR: f64 = 1e12;
const DEFAULT_BITS: u64 = 12;

impl Reader<'_> {
    /// The fields of a ramp, all of them; `owner` is where the channel is named whose value it is.
    pub(super) fn ramp(&mut self, owner: Option<Span>, f: &mut Fields) -> Ramp {
        let number = |f: &mut Fields, key| {
            f.required(key);
            number_within(f, key, -FAR..=FAR).unwrap_or_default()
        };
        let (from, to) = (number(f, "from"), number(f, "to"));
        let over = milliseconds(f, "over_ms");
        let constant = milliseconds(f, "time_constant_ms");
        if f.has("over_ms") == f.has("time_constant_ms") {
            let message = "`ramp` needs one of `over_ms` and `time_constant_ms`";
            f.problems.push(Diagnostic::error(message).at(f.at()));
        }
        let pace = match (over, constant) {
            (None, Some(constant)) => Pace::TimeConstant(constant),
            (over, _) => Pace::Over(over.unwrap_or_default()),
        };
        let mut ramp = Ramp::new(from, to, pace);
        ramp.after = milliseconds(f, "after_ms").unwrap_or_default();
        ramp.heated_by = f.text("heated_by").map(|heater| {
            self.refer_from(owner, &heater, "`heated_by`", Wanted::Switch);
            heater.value
        });
        ramp
    }

    /// The fields `noise` and `resolution` of whatever has this name; none without both.
    pub(super) fn reading(&self, name: &str, f: &mut Fields) -> Option<Converter> {
        let noise = number_within(f, "noise", 0.0..=FAR);
        let resolution = number_within(f, "resolution", 1e-9..=FAR);
        (noise.is_some() || resolution.is_some()).then(|| {
            let mut converter = Converter::new(Noise::of(name, self.seed));
            converter.noise = noise.unwrap_or_default();
            converter.step = resolution.map(Step::of);
            converter
        })
    }

    /// The fields of an analog to digital converter, but for its noise's seed.
    pub(super) fn adc(&self, f: &mut Fields) -> Converter {
        let mut converter = converter(f);
        converter.noise = number_within(f, "noise", 0.0..=MAX_VOLTS).unwrap_or_default();
        converter
    }

    /// The fields of a digital to analog converter.
    pub(super) fn dac(&self, f: &mut Fields) -> Dac {
        Dac {
            converter: converter(f),
            settle: milliseconds(f, "settle_ms").unwrap_or_default(),
        }
    }
}

fn converter(f: &mut Fields) -> Converter {
    let bits = f.whole("bits", 1..=24);
    let bits = bits.map_or(DEFAULT_BITS, |bits| bits.value);
    let mut converter = Converter::new(Noise::new(0));
    converter.step = Some(Step::of_bits(
        u32::try_from(bits).unwrap_or_default(),
        MAX_VOLTS,
    ));
    converter.range = Some((0.0, MAX_VOLTS));
    converter.gain = number_within(f, "gain", 0.0..=10.0).unwrap_or(1.0);
    converter.offset = number_within(f, "offset", -MAX_VOLTS..=MAX_VOLTS).unwrap_or_default();
    converter
}

pub(super) fn milliseconds(f: &mut Fields, key: &'static str) -> Option<Duration> {
    let ms = f.whole(key, 0..=LONGEST);
    ms.map(|ms| Duration::from_millis(ms.value))
}
