//! The difference between the current rows of a slice and those that come: what stays, what closes, what is written.
//!
//! Both sides come sorted by the digest of their key and are merged, so that neither has to be held.

use std::iter::Peekable;

use arrow::{array::BooleanBufferBuilder, buffer::BooleanBuffer};

use super::unreadable;
use crate::{
    engine::{RowDigest, Scratch, Sorted, Sorter},
    error::{Error, Result, codes},
};

/// A row that comes: digest of its key, its number in the slice, its hash, and a digest of the identities beside the key.
pub(super) type Incoming = (RowDigest, u64, RowDigest, RowDigest);
/// A current row: digest of its key, its [`Place`](super::current::Place), hash and side.
pub(super) type Current = (RowDigest, u64, RowDigest, RowDigest);

/// What the load has to do.
#[derive(Debug)]
pub(super) struct Difference {
    /// By row number: true where the row is new or changed.
    pub(super) written: BooleanBuffer,
    /// Places of rows that changed or vanished, in physical order.
    pub(super) closing: Sorted<u64>,
    pub(super) rows_closed: i64,
}

/// Compares; `rows` come.
pub(super) fn difference(
    scratch: &Scratch,
    rows: usize,
    incoming: Sorted<Incoming>,
    current: Sorted<Current>,
) -> Result<Difference> {
    let mut written = BooleanBufferBuilder::new(rows);
    written.append_n(rows, true);
    let mut old = Old { current: current.peekable(), closing: scratch.sorter(), closed: 0 };
    let mut last = None;
    for row in incoming {
        let (key, number, hash, side) = row.map_err(unreadable)?;
        if last.replace(key) == Some(key) {
            return Err(Error::new(&codes::load::DUPLICATE_KEY));
        }
        old.close_before(key)?;
        if old.keeps(key, hash, side)? {
            written.set_bit(usize::try_from(number).map_err(unreadable)?, false);
        }
    }
    old.close_rest()?;
    Ok(Difference {
        written: written.finish(),
        closing: old.closing.finish().map_err(unreadable)?,
        rows_closed: old.closed,
    })
}

/// The current rows, as far as they are not yet matched.
struct Old {
    current: Peekable<Sorted<Current>>,
    closing: Sorter<u64>,
    closed: i64,
}

impl Old {
    /// Closes the rows whose key did not come.
    fn close_before(&mut self, key: RowDigest) -> Result<()> {
        while let Some(row) = self.current.next_if(|row| row.as_ref().map_or(true, |row| row.0 < key)) {
            self.close(row.map_err(unreadable)?.1)?;
        }
        Ok(())
    }

    fn close_rest(&mut self) -> Result<()> {
        while let Some(row) = self.current.next() {
            self.close(row.map_err(unreadable)?.1)?;
        }
        Ok(())
    }

    /// True when a current row has this key and nothing of it changed; one that changed is closed.
    fn keeps(&mut self, key: RowDigest, hash: RowDigest, side: RowDigest) -> Result<bool> {
        let Some(row) = self.current.next_if(|row| row.as_ref().map_or(true, |row| row.0 == key)) else {
            return Ok(false);
        };
        let (_, place, old_hash, old_side) = row.map_err(unreadable)?;
        let same = (old_hash, old_side) == (hash, side);
        if !same {
            self.close(place)?;
        }
        Ok(same)
    }

    fn close(&mut self, place: u64) -> Result<()> {
        self.closed += 1;
        self.closing.push(place).map_err(unreadable)
    }
}
