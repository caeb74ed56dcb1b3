//! The difference between the current rows of a slice and the conformed ones: what stays, what closes, what is written.

use std::collections::{HashMap, HashSet};

use arrow::array::UInt32Array;

use super::{
    current::{CurrentRow, Tid},
    hash::RowDigest,
    rows::StoredRows,
};
use crate::{
    error::{Error, Result, codes},
    model::{Ore, Tally},
};

/// A difference under way. Memory grows with the slice's keys only.
pub(super) struct Difference {
    current: HashMap<RowDigest, CurrentRow>,
    seen: HashSet<RowDigest>,
    closing: Vec<Tid>,
    rows_loaded: i64,
    rows_unchanged: i64,
    amount_loaded: Ore,
    amount_unchanged: Ore,
}

impl Difference {
    pub(super) fn new(current: HashMap<RowDigest, CurrentRow>) -> Self {
        Self {
            seen: HashSet::with_capacity(current.len()),
            current,
            closing: Vec::new(),
            rows_loaded: 0,
            rows_unchanged: 0,
            amount_loaded: Ore(0),
            amount_unchanged: Ore(0),
        }
    }

    /// Rows of the batch that are new or changed. `amount` gives the money of a row.
    pub(super) fn take(&mut self, rows: &StoredRows, amount: impl Fn(usize) -> Ore) -> Result<UInt32Array> {
        let mut written = Vec::new();
        for (row, &key) in rows.key.iter().enumerate() {
            if !self.seen.insert(key) {
                return Err(Error::new(&codes::load::DUPLICATE_KEY));
            }
            let old = self.current.remove(&key);
            if old.is_some_and(|old| old.row_hash == rows.hash[row] && old.side == rows.side[row]) {
                self.rows_unchanged += 1;
                self.amount_unchanged += amount(row);
                continue;
            }
            self.closing.extend(old.map(|old| old.tid));
            self.rows_loaded += 1;
            self.amount_loaded += amount(row);
            written.extend(u32::try_from(row));
        }
        Ok(UInt32Array::from(written))
    }

    /// Rows to close, when no more batches come: changed and vanished ones. The counts go to the tally.
    pub(super) fn finish(mut self, tally: &mut Tally) -> Vec<Tid> {
        self.closing.extend(self.current.values().map(|row| row.tid));
        tally.rows_loaded = self.rows_loaded;
        tally.rows_unchanged = self.rows_unchanged;
        tally.amount_loaded = self.amount_loaded;
        tally.amount_unchanged = self.amount_unchanged;
        tally.rows_closed = i64::try_from(self.closing.len()).unwrap_or(i64::MAX);
        self.closing
    }
}
