//! Proves that sorted rows have one key each.

use arrow::{
    array::{ArrayRef, RecordBatch},
    datatypes::Schema,
    row::{OwnedRow, RowConverter, SortField},
};

/// The key columns and the last key seen.
pub(super) struct Grain {
    columns: Vec<usize>,
    converter: RowConverter,
    last: Option<OwnedRow>,
}

impl Grain {
    /// `None` when a key column is missing or has a type without order.
    pub fn of(schema: &Schema, key: &[&str]) -> Option<Self> {
        let columns: Vec<usize> = key.iter().map(|name| schema.index_of(name).ok()).collect::<Option<_>>()?;
        let fields = columns.iter().map(|&column| SortField::new(schema.field(column).data_type().clone()));
        Some(Self { converter: RowConverter::new(fields.collect()).ok()?, columns, last: None })
    }

    /// False when a row has the key of the row before it. Without a key every row is its own.
    pub fn keeps(&mut self, batch: &RecordBatch) -> Option<bool> {
        if self.columns.is_empty() || batch.num_rows() == 0 {
            return Some(true);
        }
        let columns: Vec<ArrayRef> = self.columns.iter().map(|&column| batch.column(column).clone()).collect();
        let rows = self.converter.convert_columns(&columns).ok()?;
        let repeated = (1..rows.num_rows()).any(|row| rows.row(row - 1) == rows.row(row));
        let continued = self.last.as_ref().is_some_and(|last| last.row() == rows.row(0));
        self.last = Some(rows.row(rows.num_rows() - 1).owned());
        Some(!repeated && !continued)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int64Array, StringArray};

    use super::*;

    fn rows(keys: &[(&str, i64)]) -> RecordBatch {
        let (texts, numbers): (Vec<_>, Vec<_>) = keys.iter().copied().unzip();
        let (texts, numbers): (ArrayRef, ArrayRef) =
            (Arc::new(StringArray::from(texts)), Arc::new(Int64Array::from(numbers)));
        RecordBatch::try_from_iter([("a", texts), ("b", numbers)]).expect("batch")
    }

    #[test]
    fn a_key_that_stands_twice_is_seen_within_and_across_batches() {
        let grain = |key: &[&str]| Grain::of(&rows(&[]).schema(), key).expect("grain");
        let mut one = grain(&["a", "b"]);
        assert_eq!(one.keeps(&rows(&[("x", 1), ("x", 2)])), Some(true));
        assert_eq!(one.keeps(&rows(&[("x", 2), ("y", 2)])), Some(false));
        assert_eq!(grain(&["a"]).keeps(&rows(&[("x", 1), ("x", 2)])), Some(false));
        assert_eq!(grain(&[]).keeps(&rows(&[("x", 1), ("x", 1)])), Some(true));
        assert!(Grain::of(&rows(&[]).schema(), &["c"]).is_none());
    }
}
