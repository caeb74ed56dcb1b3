//! How full each declared column is over the accepted rows, counted by batch.

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch, StringArray};

use crate::{engine::Spooled, model::FieldCounts};

/// Codes that stand for a value that was not given.
const NO_VALUE: [&str; 2] = ["_suppressed", "_not_applicable"];

/// Counts by declared column. `None` when the rows cannot be read.
pub(super) fn count(rows: &Spooled) -> Option<FieldCounts> {
    let mut counts = FieldCounts::new();
    // Every column is told, also where no row was accepted.
    add(&mut counts, &RecordBatch::new_empty(rows.schema()));
    for batch in rows.batches().ok()? {
        add(&mut counts, &batch.ok()?);
    }
    Some(counts)
}

fn add(counts: &mut FieldCounts, batch: &RecordBatch) {
    let schema = batch.schema();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        // Record, line and companions are the parser's, not the sender's.
        if field.name().starts_with('_') || is_companion(batch, field.name()) {
            continue;
        }
        let empty =
            column.null_count() + column.as_string_opt::<i32>().map_or(0, without_value) + unborn(batch, field.name());
        let count = counts.entry(field.name().clone()).or_default();
        count.rows += i64::try_from(batch.num_rows()).unwrap_or(i64::MAX);
        count.filled += i64::try_from(batch.num_rows() - empty).unwrap_or(0);
    }
}

fn is_companion(batch: &RecordBatch, name: &str) -> bool {
    let of = |suffix: &str| name.strip_suffix(suffix).is_some_and(|column| batch.column_by_name(column).is_some());
    ["_status", "_sex", "_birth_year", "_birth_month", "_unborn", "_age", "_protected"].iter().any(|suffix| of(suffix))
}

/// Children for whom a case stands: the row has a pseudonym, but the sender gave no number.
fn unborn(batch: &RecordBatch, name: &str) -> usize {
    let unborn = batch.column_by_name(&format!("{name}_unborn")).and_then(|column| column.as_boolean_opt());
    unborn.map_or(0, BooleanArray::true_count)
}

fn without_value(codes: &StringArray) -> usize {
    codes.iter().flatten().filter(|code| NO_VALUE.contains(code)).count()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, FixedSizeBinaryArray, Int64Array, StringArray};

    use super::*;

    #[test]
    fn only_values_of_declared_columns_count() {
        let pseudonyms = FixedSizeBinaryArray::try_from_iter([[1_u8; 16], [2; 16], [3; 16]].iter()).unwrap();
        let columns: [(&str, ArrayRef); 6] = [
            ("_record", Arc::new(Int64Array::from(vec![1, 2, 3]))),
            ("anmalare", Arc::new(StringArray::from(vec![Some("Skola"), Some("_suppressed"), None]))),
            ("antal", Arc::new(Int64Array::from(vec![Some(0), Some(1), None]))),
            ("antal_status", Arc::new(StringArray::from(vec![Some("nil"), None, Some("unknown")]))),
            ("child", Arc::new(pseudonyms)),
            ("child_unborn", Arc::new(BooleanArray::from(vec![false, true, false]))),
        ];
        let mut counts = FieldCounts::new();
        add(&mut counts, &RecordBatch::try_from_iter(columns).unwrap());
        let found: Vec<(&str, i64, i64)> =
            counts.iter().map(|(name, count)| (name.as_str(), count.rows, count.filled)).collect();
        assert_eq!(found, [("anmalare", 3, 1), ("antal", 3, 2), ("child", 3, 2)]);
    }
}
