//! Chance that is the same on every machine and in every version of the random number crates.
//!
//! Each file draws from a stream of its own, named by the seed and the file, so that no file depends on another.

use rand::Rng;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use sha2::{Digest, Sha256};

pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub fn new(seed: u64, stream: &str) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(seed.to_le_bytes());
        hasher.update(stream.as_bytes());
        Self(ChaCha8Rng::from_seed(hasher.finalize().into()))
    }

    /// A number below `end`, which must not be 0. The bias is below 2⁻⁴⁰ for the small numbers used here.
    pub fn below(&mut self, end: usize) -> usize {
        let drawn = self.0.next_u64() % end as u64;
        usize::try_from(drawn).unwrap_or_default()
    }

    pub fn chance(&mut self, per_mille: usize) -> bool {
        self.below(1000) < per_mille
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Picks by weight.
    pub fn weighted<T: Copy>(&mut self, of: &[(T, usize)]) -> T {
        let mut drawn = self.below(of.iter().map(|(_, weight)| weight).sum());
        for &(value, weight) in of {
            if drawn < weight {
                return value;
            }
            drawn -= weight;
        }
        of[0].0
    }

    pub fn shuffle<T>(&mut self, of: &mut [T]) {
        for last in (1..of.len()).rev() {
            of.swap(last, self.below(last + 1));
        }
    }
}
