//! `nets` and `faults`: how the board is wired, and what is wrong with it and with the agent.

use std::time::Duration;

use super::{
    super::{
        channel::{Channel, Source},
        channel_type::ChannelType,
        fault::{AgentFault, FaultKind},
    },
    Reader, entries,
    resources::names,
};
use crate::{
    diagnostic::{Diagnostic, quoted},
    package::{
        fields::{self, Fields, nearest},
        model::Text,
    },
};

impl Reader<'_> {
    pub(super) fn nets(&mut self, f: &mut Fields) {
        self.station.wiring.nets = self.wires("nets", "a net", f);
    }

    pub(super) fn faults(&mut self, f: &mut Fields) {
        let Some(mut f) = f.fields("faults") else {
            return;
        };
        let opens = f.texts("opens");
        self.station.wiring.opens = opens
            .into_iter()
            .filter_map(|name| self.pin(name, "`opens`", &mut f))
            .collect();
        self.station.wiring.shorts = self.wires("shorts", "a short", &mut f);
        self.short_reads(&mut f);
        if let Some(mut agent) = f.fields("agent") {
            self.station.fault = agent_fault(&mut agent);
            agent.finish();
        }
        f.finish();
    }

    fn short_reads(&mut self, f: &mut Fields) {
        let Some(buses) = entries(f, "short_reads") else {
            return;
        };
        for entry in &buses.entries {
            let name = &entry.key;
            let what = format!("`short_reads` of {}", quoted(&name.value));
            let most = fields::whole(&entry.value, &what, 0..=65536, f.problems);
            let is_bus =
                |channel: &&Channel| [ChannelType::I2C, ChannelType::SPI].contains(&channel.kind);
            let channels = &self.station.channels;
            let named = channels.get(&name.value);
            let named = named.or_else(|| channels.values().find(|bus| bus.alias == name.value));
            let bus = named.filter(is_bus).map(|bus| bus.net_name.clone());
            let Some(bus) = bus else {
                let problem = Diagnostic::error(format!(
                    "`short_reads` names {}, which is no I2C or SPI bus",
                    quoted(&name.value)
                ))
                .at(name.at);
                let buses = channels.values().filter(is_bus);
                f.problems.push(
                    match nearest(&name.value, buses.map(|bus| bus.net_name.as_str())) {
                        Some(near) => problem.hint(format!("did you mean {}?", quoted(near))),
                        None => problem,
                    },
                );
                continue;
            };
            if let Some(most) = most {
                let most = usize::try_from(most.value).unwrap_or(usize::MAX);
                let faults = &mut self.station.equipment.short_reads;
                faults.insert(bus, most);
            }
        }
    }

    fn wires(&self, key: &'static str, what: &str, f: &mut Fields) -> Vec<Vec<String>> {
        let mut wires = Vec::new();
        for item in f.list(key).unwrap_or_default() {
            let problems = f.problems.len();
            let channels = names(item, what, f);
            if f.problems.len() == problems && channels.len() < 2 {
                f.problems.push(
                    Diagnostic::error(format!("{what} needs at least two channels")).at(item.at()),
                );
            }
            wires.push(
                channels
                    .into_iter()
                    .filter_map(|name| self.pin(name, what, f))
                    .collect(),
            );
        }
        wires
    }

    /// The name of an MPIO channel.
    fn pin(&self, name: Text, what: &str, f: &mut Fields) -> Option<String> {
        let channels = &self.station.channels;
        let problem = match channels.get(&name.value) {
            Some(channel) if matches!(channel.source, Source::Pin(_)) => return Some(name.value),
            Some(_) => Diagnostic::error(format!(
                "{what} names {}, which is no MPIO channel",
                quoted(&name.value)
            ))
            .at(name.at),
            None => {
                let problem = Diagnostic::error(format!(
                    "{what} names an unknown channel {}",
                    quoted(&name.value)
                ))
                .at(name.at);
                let pins = channels
                    .values()
                    .filter(|channel| matches!(channel.source, Source::Pin(_)));
                match nearest(&name.value, pins.map(|channel| channel.net_name.as_str())) {
                    Some(near) => problem.hint(format!("did you mean {}?", quoted(near))),
                    None => problem.hint("MPIO channels come from `mpio`"),
                }
            }
        };
        f.problems.push(problem);
        None
    }
}

fn agent_fault(f: &mut Fields) -> Option<AgentFault> {
    let kinds = [
        ("refuse", FaultKind::Refuse),
        ("reset", FaultKind::Reset),
        ("stall", FaultKind::Stall),
        ("half_reply", FaultKind::HalfReply),
        ("slow", FaultKind::Slow(Duration::from_secs(1))),
    ];
    f.required("kind");
    let kind = f.one_of("kind", &kinds);
    let after = f
        .whole("after", 0..=u64::MAX)
        .map_or(0, |after| after.value);
    let times = f.whole("times", 1..=u64::MAX).map(|times| times.value);
    let delay = f.whole("delay_ms", 0..=3_600_000);
    let mut kind = kind?.value;
    if let Some(delay) = delay {
        if matches!(kind, FaultKind::Slow(_)) {
            kind = FaultKind::Slow(Duration::from_millis(delay.value));
        } else {
            f.problems
                .push(Diagnostic::error("`delay_ms` is for the fault `slow` only").at(delay.at));
        }
    }
    Some(AgentFault { kind, after, times })
}
