//! What goes on by itself on a bench: ramps, what is heated or powered, and devices that begin to speak.

use super::{
    bench::Bench, channel::Source, chips::Chip, equipment::FarEnd, ramp::Ramp, sampler::Signal,
};

impl Bench {
    /// Starts whatever goes on by itself, after a start or a reset.
    pub(super) fn begin(&mut self) {
        let now = self.now;
        for channel in self.channels.values_mut() {
            channel.start(now);
        }
        self.ramps_of_chips().for_each(|ramp| ramp.start(now));
        let peers = self.equipment.peers();
        let mut peers: Vec<_> = peers
            .map(|(end, peer)| (end, peer.powered_by.clone()))
            .collect();
        // Whatever supplies others comes first.
        peers.sort_by_key(|(_, supply)| supply.is_some());
        for (end, supply) in peers {
            let on = supply.is_none_or(|channel| self.is_on(&channel));
            self.with_peer(&end, |peer, bench| peer.start(on, bench));
        }
        self.follow();
    }

    /// The ramps of the chips on its buses.
    pub(super) fn ramps_of_chips(&mut self) -> impl Iterator<Item = &mut Ramp> {
        let buses = self.buses.values_mut();
        let devices = buses.flat_map(|bus| bus.devices.values_mut());
        devices.filter_map(|device| match &mut device.chip {
            Chip::Thermometer(thermometer) => thermometer.ramp_mut(),
            _ => None,
        })
    }

    /// Has whatever is heated or powered follow the channel that does it, and new sensors take their first temperature.
    pub(super) fn follow(&mut self) {
        self.heat();
        self.begin_measuring();
        let peers = self.equipment.peers();
        let peers: Vec<(FarEnd, String)> = peers
            .filter_map(|(end, peer)| Some((end, peer.powered_by.clone()?)))
            .collect();
        for (end, channel) in peers {
            let on = self.is_on(&channel);
            self.with_peer(&end, |peer, bench| {
                if peer.powered_by.is_some() {
                    peer.power(on, bench);
                }
            });
        }
    }

    fn heat(&mut self) {
        let mut heaters: Vec<String> = Vec::new();
        for channel in self.channels.values() {
            if let Source::Ramp(ramp) = &channel.source {
                heaters.extend(ramp.heated_by.clone());
            }
        }
        heaters.extend(
            self.ramps_of_chips()
                .filter_map(|ramp| ramp.heated_by.clone()),
        );
        let now = self.now;
        for heater in heaters {
            let on = self.is_on(&heater);
            let heated = |ramp: &&mut Ramp| ramp.heated_by.as_ref() == Some(&heater);
            let of_chips = self.ramps_of_chips();
            of_chips.filter(heated).for_each(|ramp| ramp.heat(on, now));
            let channels = self.channels.values_mut();
            let of_channels = channels.filter_map(|channel| match &mut channel.source {
                Source::Ramp(ramp) => Some(ramp),
                _ => None,
            });
            of_channels
                .filter(heated)
                .for_each(|ramp| ramp.heat(on, now));
        }
    }

    /// So many samples of a channel that reads this value: with the noise of the signal, or else as its converter gives them.
    pub(super) fn sample(
        &mut self,
        net_name: &str,
        signal: &Signal,
        value: f64,
        count: usize,
    ) -> Vec<f64> {
        let number = self.number(net_name);
        let channel = self.channels.get_mut(net_name);
        let converter = channel.and_then(|channel| channel.converter_mut());
        match (converter, number) {
            (Some(converter), Some(number)) if signal.is_plain() => {
                (0..count).map(|_| converter.convert(number)).collect()
            }
            _ => signal.sample(value, count),
        }
    }
}
