//! Pseudo-random noise: the same seed gives the same numbers in the same order.

/// How many uniform numbers add up to one that is nearly normal, with a variance of 1.
const SUMMANDS: u32 = 12;

/// Numbers around 0 with a standard deviation of 1, from the generator SplitMix64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for whatever has this name, so that how often one thing is read changes nothing of another.
    pub fn of(name: &str, seed: u64) -> Self {
        // FNV-1a.
        let hash = name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        });
        let mut mixed = Self(hash ^ seed);
        Self(mixed.bits())
    }

    pub fn draw(&mut self) -> f64 {
        let sum: f64 = (0..SUMMANDS).map(|_| self.uniform()).sum();
        sum - f64::from(SUMMANDS) / 2.0
    }

    /// From 0 to 1.
    fn uniform(&mut self) -> f64 {
        // 53 bits, which a float holds exactly.
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_seeds_have_streams_of_their_own() {
        let first = |name, seed| Noise::of(name, seed).draw();
        assert_eq!(first("A", 0), first("A", 0));
        assert_ne!(first("A", 0), first("B", 0));
        assert_ne!(first("A", 0), first("A", 1));
    }
}
