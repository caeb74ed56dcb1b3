//! A set of record numbers as a bitmap: one bit per row of the file.

/// Record numbers from 1. Zero stands for the file itself and is never a member.
#[derive(Debug, Default)]
pub(super) struct Records {
    words: Vec<u64>,
    count: i64,
}

impl Records {
    /// True when the record was not in the set before.
    pub fn insert(&mut self, record: i64) -> bool {
        let Some((word, bit)) = place(record) else { return false };
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        self.count += i64::from(new);
        new
    }

    pub fn contains(&self, record: i64) -> bool {
        place(record).is_some_and(|(word, bit)| self.words.get(word).is_some_and(|bits| bits & bit != 0))
    }

    pub fn count(&self) -> i64 {
        self.count
    }
}

fn place(record: i64) -> Option<(usize, u64)> {
    let record = usize::try_from(record).ok().filter(|&record| record > 0)?;
    Some((record / 64, 1 << (record % 64)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn behaves_as_a_set(members in prop::collection::vec(1_i64..500, 0..200), others in prop::collection::vec(-3_i64..600, 0..50)) {
            let mut records = Records::default();
            let mut set = BTreeSet::new();
            for &record in &members {
                prop_assert_eq!(records.insert(record), set.insert(record));
            }
            for record in others {
                prop_assert_eq!(records.contains(record), set.contains(&record));
            }
            prop_assert_eq!(records.count(), i64::try_from(set.len()).expect("few"));
        }
    }
}
