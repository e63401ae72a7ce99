//! Maps from keys of actors, for which each event of a loop asks. Keys are consecutive numbers that nobody outside chooses, so the
//! standard library's hash, which withstands chosen ones, would be wasted on them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::Key;

/// Values by actor.
pub(super) type KeyMap<V> = HashMap<Key, V, BuildHasherDefault<KeyHasher>>;

/// Spreads a number over the whole word by one multiplication.
#[derive(Default)]
pub(super) struct KeyHasher(u64);

/// 2^64 divided by the golden ratio: consecutive numbers go far from each other.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    #[inline]
    fn write_u64(&mut self, n: u64) {
        // The map takes its place from the lowest bits, which are the least mixed ones of a product.
        self.0 = (self.0 ^ n).wrapping_mul(SPREAD).rotate_left(26);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::hash::{BuildHasher, Hash};

    #[test]
    fn keys_in_a_row_fall_into_different_places() {
        let build = BuildHasherDefault::<KeyHasher>::default();
        for first in [0u64, 1, 1000, u64::MAX - 5000] {
            let hashes: Vec<_> = (first..).take(4096).map(|key| build.hash_one(key)).collect();
            let low: HashSet<_> = hashes.iter().map(|hash| hash % 8192).collect();
            let high: HashSet<_> = hashes.iter().map(|hash| hash >> 57).collect();
            // 4,096 random numbers would take about 3,200 of 8,192 places.
            assert!(low.len() > 2500 && high.len() == 128, "{} {}", low.len(), high.len());
        }
        let mut of_bytes = KeyHasher::default();
        "text".hash(&mut of_bytes);
        assert_ne!(of_bytes.finish(), 0);
    }
}
