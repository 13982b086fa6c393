//! `numeric_results`: channels that sample others.

use indexmap::IndexMap;

use super::{
    super::{
        channel::Source,
        channel_type::ChannelType,
        sampler::{MOST_SAMPLES, Sampler, Signal},
    },
    Reader, entries, number_within, twice,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics, quoted},
    package::{
        fields::{self, Fields},
        model::Text,
        node::Node,
    },
    source::Span,
};

const DEFAULT_RATE: u64 = 100_000;

impl Reader<'_> {
    pub(super) fn numeric_results(&mut self, f: &mut Fields) {
        let channels = entries(f, "numeric_results");
        for entry in channels.into_iter().flat_map(|channels| &channels.entries) {
            let name = &entry.key;
            if !self.claim(name, ChannelType::NUMERIC_RESULT, f.problems) {
                continue;
            }
            let what = format!("NumericResult channel {}", quoted(&name.value));
            let Some(mut f) = Fields::of(&entry.value, what, f.problems) else {
                continue;
            };
            f.required("targets");
            let targets = self.targets(&mut f);
            let rate = f.whole("sample_rate", 1..=100_000_000);
            let samples = f.whole("default_samples", 1..=MOST_SAMPLES);
            self.station.channels.shift_remove(&name.value);
            self.station.add_sampler(
                &name.value,
                Sampler {
                    targets,
                    sample_rate: rate.map_or(DEFAULT_RATE, |rate| rate.value),
                    default_samples: samples.map_or(1000, |samples| samples.value),
                    result: None,
                },
            );
            self.describe(name, &mut f);
            f.finish();
        }
    }

    fn targets(&self, f: &mut Fields) -> IndexMap<String, Signal> {
        let mut seen: IndexMap<String, Span> = IndexMap::new();
        let mut targets = IndexMap::new();
        for item in f.list("targets").unwrap_or_default() {
            let (name, signal) = match item {
                Node::Mapping(_) => {
                    let Some(mut f) = Fields::of(item, "a target", f.problems) else {
                        continue;
                    };
                    let name = f.required_text("name");
                    let noise = number_within(&mut f, "noise", 0.0..=1e12).unwrap_or_default();
                    let samples = samples(&mut f);
                    f.finish();
                    let seed = self.seed;
                    (
                        name,
                        Signal {
                            noise,
                            samples,
                            seed,
                        },
                    )
                }
                item => (
                    fields::text(item, "a target", f.problems),
                    Signal {
                        seed: self.seed,
                        ..Signal::default()
                    },
                ),
            };
            let Some(name) = name else {
                continue;
            };
            let net_name = self.net_name(&name, "`targets`", f.problems);
            if let Some(first) = seen.insert(net_name.clone(), name.at) {
                let what = format!("target {}", quoted(&name.value));
                f.problems.push(twice(&what, name.at, first));
            }
            targets.insert(net_name, signal);
        }
        targets
    }

    /// The net name of a channel that is named by it or by its alias. Reports one that does not exist, or has no value.
    pub(super) fn net_name(&self, name: &Text, what: &str, problems: &mut Diagnostics) -> String {
        let message = match self.channel_named(&name.value) {
            Some(channel) if channel.source != Source::None => return channel.net_name,
            Some(_) => format!("{what} names {}, which has no value", quoted(&name.value)),
            None => format!("{what} names an unknown channel {}", quoted(&name.value)),
        };
        let problem = Diagnostic::error(message).at(name.at);
        let near = fields::nearest(
            &name.value,
            self.station.channels.keys().map(String::as_str),
        );
        problems.push(match near {
            Some(near) if near != name.value => {
                problem.hint(format!("did you mean {}?", quoted(near)))
            }
            _ => problem,
        });
        name.value.clone()
    }
}

fn samples(f: &mut Fields) -> Vec<f64> {
    let items = f.list("samples");
    if let Some([]) = items {
        let message = "`samples` is empty";
        f.problems.push(Diagnostic::error(message).at(f.at()));
    }
    let items = items.unwrap_or_default().iter();
    items
        .filter_map(|item| fields::finite(item, "an item of `samples`", f.problems))
        .map(|number| number.value)
        .collect()
}
