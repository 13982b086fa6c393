//! A NumericResult channel: it samples other channels fast, and keeps what came out.

use indexmap::IndexMap;

use super::{noise::Noise, statistics::Statistics};

/// The most samples of one measurement.
pub const MOST_SAMPLES: u64 = 100_000;

#[derive(Clone, Debug, PartialEq)]
pub struct Sampler {
    /// What it can sample, by net name.
    pub targets: IndexMap<String, Signal>,
    /// Hz.
    pub sample_rate: u64,
    /// How many samples its configuration asks for at first.
    pub default_samples: u64,
    /// Of the last measurement.
    pub result: Option<Measurement>,
}

/// How the samples of a target lie around its value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signal {
    /// The standard deviation of its noise, in the target's unit.
    pub noise: f64,
    /// These instead of the target's value, over and over.
    pub samples: Vec<f64>,
    /// Where its noise begins.
    pub seed: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    pub statistics: Statistics,
    /// Not with a reduced set.
    pub samples: Option<Vec<f64>>,
}

impl Signal {
    /// Whether it says nothing of its own about the samples.
    pub fn is_plain(&self) -> bool {
        self.samples.is_empty() && self.noise == 0.0
    }

    /// So many samples around this value, the same ones each time.
    pub fn sample(&self, value: f64, count: usize) -> Vec<f64> {
        if !self.samples.is_empty() {
            return self.samples.iter().copied().cycle().take(count).collect();
        }
        let mut noise = Noise::new(self.seed);
        (0..count)
            .map(|_| {
                if self.noise > 0.0 {
                    value + self.noise * noise.draw()
                } else {
                    value
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_the_deviation_it_was_given_and_is_the_same_each_time() {
        let signal = Signal {
            noise: 0.25,
            ..Signal::default()
        };
        let samples = signal.sample(3.0, 10_000);
        assert_eq!(samples, signal.sample(3.0, 10_000));
        let statistics = Statistics::of(&samples).unwrap();
        assert!((statistics.mean - 3.0).abs() < 0.01, "{statistics:?}");
        let stdev = statistics.stdev.unwrap();
        assert!((stdev - 0.25).abs() < 0.01, "{statistics:?}");
    }
}
