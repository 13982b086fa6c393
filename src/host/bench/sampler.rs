//! A NumericResult channel: it samples other channels fast, and keeps what came out.

use indexmap::IndexMap;

use super::statistics::Statistics;

/// The most samples of one measurement.
pub const MOST_SAMPLES: u64 = 100_000;
/// How many uniform numbers add up to one that is nearly normal, with a variance of 1.
const SUMMANDS: u32 = 12;

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
}

#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    pub statistics: Statistics,
    /// Not with a reduced set.
    pub samples: Option<Vec<f64>>,
}

impl Signal {
    /// So many samples around this value, the same ones each time.
    pub fn sample(&self, value: f64, count: usize) -> Vec<f64> {
        if !self.samples.is_empty() {
            return self.samples.iter().copied().cycle().take(count).collect();
        }
        let mut noise = Noise(0);
        (0..count)
            .map(|_| {
                if self.noise > 0.0 {
                    value + self.noise * noise.next()
                } else {
                    value
                }
            })
            .collect()
    }
}

/// Numbers around 0 with a standard deviation of 1, from the generator SplitMix64.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        let sum: f64 = (0..SUMMANDS).map(|_| self.uniform()).sum();
        sum - f64::from(SUMMANDS) / 2.0
    }

    /// From 0 to 1.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        // 53 bits, which a float holds exactly.
        (mixed >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_the_deviation_it_was_given_and_is_the_same_each_time() {
        let signal = Signal {
            noise: 0.25,
            samples: Vec::new(),
        };
        let samples = signal.sample(3.0, 10_000);
        assert_eq!(samples, signal.sample(3.0, 10_000));
        let statistics = Statistics::of(&samples).unwrap();
        assert!((statistics.mean - 3.0).abs() < 0.01, "{statistics:?}");
        let stdev = statistics.stdev.unwrap();
        assert!((stdev - 0.25).abs() < 0.01, "{statistics:?}");
    }
}
