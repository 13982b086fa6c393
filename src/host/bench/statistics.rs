//! What samples say together.

/// What the samples cannot give is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    pub count: usize,
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    pub median: f64,
    /// Of the samples, not of a population: divided by their number less one.
    pub stdev: Option<f64>,
    pub rms: f64,
    /// Corrected for the number of samples, as spreadsheets do.
    pub skewness: Option<f64>,
    /// The excess over a normal distribution, corrected likewise.
    pub kurtosis: Option<f64>,
}

impl Statistics {
    /// None without samples.
    pub fn of(samples: &[f64]) -> Option<Self> {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (&min, &max) = (sorted.first()?, sorted.last()?);
        let count = samples.len();
        let n = count as f64;
        // Around the first one, so that samples that are all the same have exactly no spread.
        let origin = *samples.first()?;
        let shifted = samples.iter().map(|sample| sample - origin).sum::<f64>() / n;
        let mean = (origin + shifted).clamp(min, max);
        let moment = |power| {
            let deviations = samples.iter().map(|sample| sample - origin - shifted);
            deviations
                .map(|deviation| deviation.powi(power))
                .sum::<f64>()
        };
        let middle = count / 2;
        let at = |place: usize| sorted.get(place).copied().unwrap_or(mean);
        let median = if count % 2 == 1 {
            at(middle)
        } else {
            f64::midpoint(at(middle.saturating_sub(1)), at(middle))
        };
        let stdev = (count > 1).then(|| (moment(2) / (n - 1.0)).sqrt());
        let spread = stdev.filter(|stdev| *stdev > 0.0);
        let skewness = spread.filter(|_| count > 2);
        let kurtosis = spread.filter(|_| count > 3);
        Some(Self {
            count,
            min,
            max,
            mean,
            median,
            stdev,
            rms: (samples.iter().map(|sample| sample * sample).sum::<f64>() / n).sqrt(),
            skewness: skewness.map(|s| n / ((n - 1.0) * (n - 2.0)) * moment(3) / s.powi(3)),
            kurtosis: kurtosis.map(|s| {
                let scale = n * (n + 1.0) / ((n - 1.0) * (n - 2.0) * (n - 3.0));
                let normal = 3.0 * (n - 1.0).powi(2) / ((n - 2.0) * (n - 3.0));
                scale * moment(4) / s.powi(4) - normal
            }),
        })
    }

    /// The process capability between two limits, and that of the nearer one; none without a spread.
    pub fn capability(&self, lower: f64, upper: f64) -> Option<(f64, f64)> {
        let spread = self.stdev.filter(|stdev| *stdev > 0.0)?;
        let nearer = (upper - self.mean).min(self.mean - lower);
        Some(((upper - lower) / (6.0 * spread), nearer / (3.0 * spread)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<f64>, wanted: f64) {
        assert!(
            found.is_some_and(|found| (found - wanted).abs() < 1e-9),
            "{found:?} {wanted}"
        );
    }

    #[test]
    fn samples_have_the_statistics_a_spreadsheet_gives() {
        // AVERAGE, STDEV.S, SKEW and KURT of 2, 3, 5, 9.
        let statistics = Statistics::of(&[5.0, 2.0, 9.0, 3.0]).unwrap();
        assert_eq!((statistics.min, statistics.max), (2.0, 9.0));
        assert_eq!((statistics.mean, statistics.median), (4.75, 4.0));
        near(statistics.stdev, 3.095_695_936_834_452);
        near(Some(statistics.rms), 5.454_356_057_317_857);
        near(statistics.skewness, 1.137_624_366_957_688);
        near(statistics.kurtosis, 0.757_655_954_631_380);
        let (cp, cpk) = statistics.capability(0.0, 10.0).unwrap();
        near(Some(cp), 10.0 / (6.0 * 3.095_695_936_834_452));
        near(Some(cpk), 4.75 / (3.0 * 3.095_695_936_834_452));
    }

    #[test]
    fn what_samples_cannot_give_is_none() {
        assert_eq!(Statistics::of(&[]), None);
        let one = Statistics::of(&[3.3]).unwrap();
        assert_eq!((one.mean, one.median, one.stdev), (3.3, 3.3, None));
        let same = Statistics::of(&[3.301; 1000]).unwrap();
        assert_eq!((same.mean, same.stdev), (3.301, Some(0.0)));
        assert_eq!((same.skewness, same.kurtosis), (None, None));
        assert_eq!(same.capability(0.0, 5.0), None);
        assert_eq!(Statistics::of(&[1.0, 2.0]).unwrap().skewness, None);
        assert_eq!(Statistics::of(&[1.0, 2.0, 4.0]).unwrap().kurtosis, None);
    }
}
