//! What stands between a true value and what is read of it: gain, offset, noise, a range and steps.

use super::noise::Noise;

/// Without steps, values are given to so many parts of a unit, so that their texts stay short.
const FINEST: f64 = 1e9;

/// A converter, ideal until its fields say otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Converter {
    pub gain: f64,
    /// In the unit of what is converted, as are the other fields.
    pub offset: f64,
    /// The standard deviation of its noise.
    pub noise: f64,
    pub range: Option<(f64, f64)>,
    pub step: Option<Step>,
    random: Noise,
}

/// The distance of two values that a converter tells apart: a quotient, since 0.1 is no binary fraction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    numerator: f64,
    denominator: f64,
    /// The greatest number of steps; none is no limit.
    most: Option<f64>,
}

impl Step {
    /// A step of this size, which is above 0.
    pub fn of(size: f64) -> Self {
        let parts = (1.0 / size).round();
        let divides = parts >= 1.0 && (parts * size - 1.0).abs() < 1e-9;
        Self {
            numerator: if divides { 1.0 } else { size },
            denominator: if divides { parts } else { 1.0 },
            most: None,
        }
    }

    /// The step of a converter of so many bits that reach from 0 to `full`, which itself is out of reach.
    pub fn of_bits(bits: u32, full: f64) -> Self {
        let codes = f64::from(2u32.saturating_pow(bits));
        Self {
            numerator: full,
            denominator: codes,
            most: Some(codes - 1.0),
        }
    }

    fn nearest(self, value: f64) -> f64 {
        let steps = (value * self.denominator / self.numerator).round();
        let steps = self.most.map_or(steps, |most| steps.min(most));
        steps * self.numerator / self.denominator
    }
}

impl Converter {
    pub fn new(random: Noise) -> Self {
        Self {
            gain: 1.0,
            offset: 0.0,
            noise: 0.0,
            range: None,
            step: None,
            random,
        }
    }

    /// The same with other noise.
    #[must_use]
    pub fn seeded(self, random: Noise) -> Self {
        Self { random, ..self }
    }

    /// What comes out for a true value; draws from its noise.
    pub fn convert(&mut self, value: f64) -> f64 {
        let noise = if self.noise > 0.0 {
            self.noise * self.random.draw()
        } else {
            0.0
        };
        self.shape(value, noise)
    }

    /// What comes out without its noise.
    pub fn quiet(&self, value: f64) -> f64 {
        self.shape(value, 0.0)
    }

    fn shape(&self, value: f64, noise: f64) -> f64 {
        let mut value = value * self.gain + self.offset + noise;
        if let Some((lowest, highest)) = self.range {
            value = value.clamp(lowest, highest);
        }
        let value = match self.step {
            Some(step) => step.nearest(value),
            None => (value * FINEST).round() / FINEST,
        };
        // Adding 0 turns -0 into 0.
        value + 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converter(step: Option<Step>) -> Converter {
        Converter {
            step,
            ..Converter::new(Noise::new(0))
        }
    }

    #[test]
    fn steps_give_short_numbers() {
        assert_eq!(converter(Some(Step::of(0.1))).convert(3.34), 3.3);
        assert_eq!(converter(Some(Step::of(0.0625))).convert(25.1), 25.125);
        assert_eq!(
            converter(Some(Step::of(0.3))).convert(1.0),
            0.8999999999999999
        );
        assert_eq!(converter(Some(Step::of(5.0))).convert(12.6), 15.0);
        assert_eq!(converter(None).convert(1.0 / 3.0), 0.333333333);
    }

    #[test]
    fn full_scale_is_one_step_out_of_reach() {
        let mut adc = converter(Some(Step::of_bits(12, 5.0)));
        adc.range = Some((0.0, 5.0));
        assert_eq!(adc.convert(5.0), 5.0 * 4095.0 / 4096.0);
        assert_eq!(adc.convert(-1.0), 0.0);
        adc.gain = 2.0;
        adc.offset = 0.5;
        assert_eq!(adc.convert(1.0), 2.5);
    }
}
