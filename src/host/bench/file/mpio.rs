//! `mpio`: the multi-purpose I/O channels of the station.

use super::{
    super::{
        channel::Channel,
        channel_type::ChannelType,
        noise::Noise,
        pin::{MAX_VOLTS, Pin},
    },
    Reader, number_within,
};
use crate::package::fields::Fields;

impl Reader<'_> {
    pub(super) fn mpio(&mut self, f: &mut Fields) {
        for item in f.list("mpio").unwrap_or_default() {
            let Some(mut f) = Fields::of(item, "an item of `mpio`", f.problems) else {
                continue;
            };
            let prefix = f.required_text("prefix");
            f.required("count");
            let count = f.whole("count", 1..=1000);
            let first = f.whole("first", 0..=99_999).map_or(0, |first| first.value);
            let digits = f.whole("digits", 1..=6).map_or(2, |digits| digits.value);
            let kinds = [
                ("Analog", ChannelType::ANALOG),
                ("PseudoDigital", ChannelType::PSEUDO_DIGITAL),
            ];
            let kind = f
                .one_of("type", &kinds)
                .map_or(ChannelType::ANALOG, |kind| kind.value);
            let mut pin = Pin::default();
            pin.default = number_within(&mut f, "default", 0.0..=MAX_VOLTS).unwrap_or(pin.default);
            pin.vl = number_within(&mut f, "vl", -MAX_VOLTS..=MAX_VOLTS).unwrap_or(pin.vl);
            pin.vh = number_within(&mut f, "vh", -MAX_VOLTS..=MAX_VOLTS).unwrap_or(pin.vh);
            pin.adc = f.fields("adc").map(|mut f| {
                let adc = self.adc(&mut f);
                f.finish();
                adc
            });
            pin.dac = f.fields("dac").map(|mut f| {
                let dac = self.dac(&mut f);
                f.finish();
                dac
            });
            if let (Some(prefix), Some(count)) = (prefix, count) {
                for number in first..first + count.value {
                    let name = format!(
                        "{}{number:0width$}",
                        prefix.value,
                        width = usize::try_from(digits).unwrap_or_default()
                    );
                    if !self.name_channel(&name, prefix.at, f.problems) {
                        break;
                    }
                    let mut pin = pin.clone();
                    pin.adc = pin.adc.map(|adc| adc.seeded(Noise::of(&name, self.seed)));
                    self.station.add_channel(Channel::pin(name, kind, pin));
                }
            }
            f.finish();
        }
    }
}
