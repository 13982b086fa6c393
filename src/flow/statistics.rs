//! What many values of one measurement have in common: count, mean, standard deviation, capability.

use indexmap::IndexMap;
use serde_json::Value as Json;

use crate::event::{Measured, Statistics, Verdict};

/// The measurements of a looped step, by their names as the file writes them: one that counts its iterations is one measurement.
#[derive(Debug, Default)]
pub struct Samples(IndexMap<String, Sample>);

/// Welford's running sums of one measurement.
#[derive(Debug, Default)]
struct Sample {
    unit: Option<String>,
    low_limit: Option<f64>,
    high_limit: Option<f64>,
    failed: u64,
    count: u64,
    minimum: f64,
    maximum: f64,
    mean: f64,
    /// The sum of the squared distances from the mean.
    squares: f64,
}

impl Samples {
    pub fn take(&mut self, name: &str, measured: &Measured) {
        if measured.kind != "numeric" {
            return;
        }
        let sample = self.0.entry(name.to_owned()).or_default();
        sample.unit.clone_from(&measured.unit);
        sample.low_limit = limit(measured.low_limit.as_ref());
        sample.high_limit = limit(measured.high_limit.as_ref());
        if measured.verdict != Verdict::Pass {
            sample.failed += 1;
        }
        if let Some(value) = measured.value.as_f64().filter(|value| value.is_finite()) {
            sample.add(value);
        }
    }

    pub fn statistics(&self) -> Vec<Statistics> {
        self.0
            .iter()
            .map(|(name, sample)| sample.statistics(name))
            .collect()
    }
}

impl Sample {
    fn add(&mut self, value: f64) {
        if self.count == 0 {
            (self.minimum, self.maximum) = (value, value);
        }
        self.count += 1;
        self.minimum = self.minimum.min(value);
        self.maximum = self.maximum.max(value);
        let distance = value - self.mean;
        self.mean += distance / count(self.count);
        self.squares += distance * (value - self.mean);
    }

    fn statistics(&self, name: &str) -> Statistics {
        let sigma = (self.count > 1).then(|| (self.squares / count(self.count - 1)).sqrt());
        let nearest = [
            self.high_limit.map(|high| high - self.mean),
            self.low_limit.map(|low| self.mean - low),
        ]
        .into_iter()
        .flatten()
        .min_by(f64::total_cmp);
        let cpk = sigma
            .filter(|sigma| *sigma > 0.0)
            .zip(nearest)
            .map(|(sigma, nearest)| nearest / (3.0 * sigma));
        Statistics {
            name: name.into(),
            unit: self.unit.clone(),
            count: self.count,
            failed: self.failed,
            minimum: self.minimum,
            maximum: self.maximum,
            mean: self.mean,
            sigma,
            cpk,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 values")]
fn count(count: u64) -> f64 {
    count as f64
}

fn limit(limit: Option<&Json>) -> Option<f64> {
    limit.and_then(Json::as_f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(value: f64, verdict: Verdict) -> Measured {
        Measured {
            name: "V".into(),
            kind: "numeric".into(),
            value: value.into(),
            unit: Some("V".into()),
            operator: None,
            low_limit: Some(1.0.into()),
            high_limit: Some(9.0.into()),
            target: None,
            expected: None,
            verdict,
            reason: None,
            message: None,
        }
    }

    #[test]
    fn mean_sigma_and_cpk_are_those_of_a_sample() {
        let mut samples = Samples::default();
        for value in [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0] {
            samples.take("V", &measured(value, Verdict::Pass));
        }
        samples.take("V", &measured(f64::NAN, Verdict::Fail));
        let statistics = &samples.statistics()[0];
        assert_eq!((statistics.count, statistics.failed), (8, 1));
        assert!((statistics.mean - 5.0).abs() < 1e-12);
        let sigma = (32.0_f64 / 7.0).sqrt();
        assert!((statistics.sigma.unwrap() - sigma).abs() < 1e-12);
        assert!((statistics.cpk.unwrap() - 4.0 / (3.0 * sigma)).abs() < 1e-12);
        assert_eq!((statistics.minimum, statistics.maximum), (2.0, 9.0));
    }

    #[test]
    fn one_value_has_no_spread() {
        let mut samples = Samples::default();
        samples.take("V", &measured(5.0, Verdict::Pass));
        let statistics = &samples.statistics()[0];
        assert_eq!((statistics.sigma, statistics.cpk), (None, None));
    }
}
