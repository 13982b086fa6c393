//! The group `numeric-results`: fast samples of a channel, and what they say.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::StatusCode;
use serde_json::{Map, Value as Json, json};

use super::{
    super::{
        channel_type::ChannelType,
        error::BenchError,
        form,
        sampler::{MOST_SAMPLES, Measurement, Sampler},
        statistics::Statistics,
    },
    body::Body,
    problem::Problem,
    reply::{Answer, Reply},
    server::{Agent, Call},
};

const DEFAULT_SAMPLES: u64 = 1000;

/// Samples as they were taken.
struct Acquisition {
    /// The net name of the channel that samples.
    channel: String,
    /// The net name of the one that is sampled.
    target: String,
    unit: String,
    rate: u64,
    duration: Duration,
    samples: Vec<f64>,
    statistics: Statistics,
}

impl Agent {
    pub(super) fn list_samplers(&mut self, _: &Call) -> Answer {
        let samplers = &self.bench.equipment().samplers;
        let shown = self.bench.channels().filter_map(|channel| {
            let sampler = samplers.get(&channel.net_name)?;
            Some(json!({
                "netName": channel.net_name,
                "alias": channel.alias,
                "possibleTargetNames": sampler.targets.keys().collect::<Vec<_>>(),
                "sampleRate": self.rate(&channel.net_name, sampler),
                "defaultSamples": sampler.default_samples,
            }))
        });
        Ok(Reply::json(&shown.collect::<Json>()))
    }

    pub(super) fn list_targets(&mut self, call: &Call) -> Answer {
        let name = self.sampler(&call.required_query("channel")?)?;
        let sampler = self.bench.equipment().samplers.get(&name);
        let targets = sampler
            .into_iter()
            .flat_map(|sampler| sampler.targets.keys());
        Ok(Reply::json(&json!(targets.collect::<Vec<_>>())))
    }

    pub(super) fn measure(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let reduced = body.boolean("ReducedSet")?.unwrap_or(true);
        let taken = self.sample(
            body.required_text("ChannelNetName")?,
            body.required_text("TargetNetName")?,
            &body,
            call.now,
        )?;
        self.reconfigure(&taken, reduced);
        let reply = json!({
            "channelNetName": taken.channel,
            "targetNetName": taken.target,
            "sampleCount": if reduced { 0 } else { taken.samples.len() },
            "sampleRate": taken.rate,
            "reducedSet": reduced,
            "started": self.calendar.text(call.now),
            "stopped": self.calendar.text(call.now.saturating_add(taken.duration)),
            "duration": hours(taken.duration),
        });
        if let Some(sampler) = self.bench.equipment_mut().samplers.get_mut(&taken.channel) {
            sampler.result = Some(Measurement {
                statistics: taken.statistics,
                samples: (!reduced).then_some(taken.samples),
            });
        }
        Ok(Reply::json(&reply).after(taken.duration))
    }

    pub(super) fn acquire(&mut self, call: &Call) -> Answer {
        let body = Body::parse(call.body)?;
        let limits = (body.number("Lsl")?, body.number("Usl")?);
        if let (Some(lower), Some(upper)) = limits
            && lower >= upper
        {
            return Err(Problem::bad_request(format!(
                "field \"Lsl\" must be below \"Usl\", not {lower} with {upper}"
            )));
        }
        let taken = self.sample(
            body.required_text("Channel")?,
            body.required_text("Target")?,
            &body,
            call.now,
        )?;
        self.reconfigure(&taken, false);
        let bytes: Vec<u8> = taken
            .samples
            .iter()
            .flat_map(|sample| sample.to_le_bytes())
            .collect();
        let statistics = &taken.statistics;
        let capability = match limits {
            (Some(lower), Some(upper)) => statistics.capability(lower, upper),
            _ => None,
        };
        let reply = json!({
            "channel": taken.channel,
            "target": taken.target,
            "unit": taken.unit,
            "sampleRate": taken.rate,
            "started": self.calendar.text(call.now),
            "durationMs": taken.duration.as_secs_f64() * 1000.0,
            "samples": STANDARD.encode(bytes),
            "stats": {
                "count": statistics.count,
                "min": statistics.min,
                "max": statistics.max,
                "range": statistics.max - statistics.min,
                "mean": statistics.mean,
                "median": statistics.median,
                "stdev": statistics.stdev,
                "rms": statistics.rms,
                "skewness": statistics.skewness,
                "kurtosis": statistics.kurtosis,
                "cp": capability.map(|(cp, _)| cp),
                "cpk": capability.map(|(_, cpk)| cpk),
            },
        });
        Ok(Reply::json(&reply).after(taken.duration))
    }

    pub(super) fn result_mean(&mut self, call: &Call) -> Answer {
        self.result(call, |result| Ok(json!(result.statistics.mean)))
    }

    pub(super) fn result_min(&mut self, call: &Call) -> Answer {
        self.result(call, |result| Ok(json!(result.statistics.min)))
    }

    pub(super) fn result_max(&mut self, call: &Call) -> Answer {
        self.result(call, |result| Ok(json!(result.statistics.max)))
    }

    /// The answer has to be a number: 0 for a single sample.
    pub(super) fn result_stdev(&mut self, call: &Call) -> Answer {
        self.result(call, |result| {
            Ok(json!(result.statistics.stdev.unwrap_or_default()))
        })
    }

    pub(super) fn result_samples(&mut self, call: &Call) -> Answer {
        self.result(call, |result| match &result.samples {
            Some(samples) => Ok(json!(samples)),
            None => Err(Problem::bad_request(
                "the samples were not kept: measure with ReducedSet false",
            )),
        })
    }

    fn result(&self, call: &Call, show: fn(&Measurement) -> Result<Json, Problem>) -> Answer {
        let name = self.sampler(&call.required_query("channel")?)?;
        let sampler = self.bench.equipment().samplers.get(&name);
        let result = sampler.and_then(|sampler| sampler.result.as_ref());
        let result = result.ok_or_else(|| {
            Problem::new(
                StatusCode::NOT_FOUND,
                format!("no measurement of \"{name}\" found: measure first"),
            )
        })?;
        Ok(Reply::json(&show(result)?))
    }

    /// The net name of a NumericResult channel, by its net name or alias.
    fn sampler(&self, name: &str) -> Result<String, BenchError> {
        let channel = self.bench.channel(name).ok();
        channel
            .map(|(_, channel)| channel.net_name.clone())
            .filter(|name| self.bench.equipment().samplers.contains_key(name))
            .ok_or_else(|| BenchError::UnknownChannelOf {
                kind: ChannelType::NUMERIC_RESULT,
                name: name.into(),
            })
    }

    /// Hz, as the channel is configured.
    fn rate(&self, name: &str, sampler: &Sampler) -> u64 {
        let channel = self.bench.channel(name).ok();
        channel
            .and_then(|(_, channel)| channel.details.get("sampleRate")?.as_u64())
            .filter(|rate| *rate > 0)
            .unwrap_or(sampler.sample_rate)
    }

    fn sample(
        &mut self,
        channel: &str,
        target: &str,
        body: &Body,
        now: Duration,
    ) -> Result<Acquisition, Problem> {
        let samples = body.whole("Samples", 1)?.map(i64::unsigned_abs);
        let samples = samples.unwrap_or(DEFAULT_SAMPLES);
        if samples > MOST_SAMPLES {
            return Err(Problem::bad_request(format!(
                "field \"Samples\" must be at most {MOST_SAMPLES}, not {samples}"
            )));
        }
        let name = self.sampler(channel)?;
        self.bench.channel(&name)?.1.check_enabled()?;
        let (_, sampled) = self.bench.channel(target)?;
        let (target, unit) = (sampled.net_name.clone(), sampled.unit.clone());
        let sampler = self.bench.equipment().samplers.get(&name);
        let signal = sampler.and_then(|sampler| sampler.targets.get(&target));
        let (Some(sampler), Some(signal)) = (sampler, signal.cloned()) else {
            let known = sampler
                .into_iter()
                .flat_map(|sampler| sampler.targets.keys());
            let known: Vec<_> = known.map(String::as_str).collect();
            return Err(Problem::bad_request(format!(
                "{name} cannot sample {target}: its targets are {}",
                known.join(", ")
            )));
        };
        let rate = self.rate(&name, sampler);
        let text = self.bench.read(&target, now)?;
        let level = form::logic(&text).map(|on| f64::from(u8::from(on)));
        let number = text.trim().parse().ok();
        let number = number.filter(|number: &f64| number.is_finite());
        let value = number.or(level).ok_or_else(|| {
            Problem::bad_request(format!(
                "{target} cannot be sampled: \"{text}\" is no number"
            ))
        })?;
        let count = usize::try_from(samples).unwrap_or_default();
        let taken = self.bench.sample(&target, &signal, value, count);
        let statistics = Statistics::of(&taken)
            .ok_or_else(|| Problem::bad_request("field \"Samples\" must be at least 1, not 0"))?;
        Ok(Acquisition {
            channel: name,
            target,
            unit,
            rate,
            duration: Duration::from_secs_f64(samples as f64 / rate as f64),
            samples: taken,
            statistics,
        })
    }

    /// A measurement leaves its settings with the channel.
    fn reconfigure(&mut self, taken: &Acquisition, reduced: bool) {
        let mut details = Map::new();
        details.insert("targetNetName".into(), taken.target.as_str().into());
        details.insert("numberOfSamples".into(), taken.samples.len().into());
        details.insert("reducedSet".into(), reduced.into());
        self.bench.note_details(&taken.channel, details);
    }
}

/// As `hh:mm:ss.fffffff`.
fn hours(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!(
        "{:02}:{:02}:{:02}.{:07}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        duration.subsec_nanos() / 100
    )
}
