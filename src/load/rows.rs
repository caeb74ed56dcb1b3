//! Conformed batches as the fact stores them: surrogates looked up on columns, values cast.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, FixedSizeBinaryArray, Int32Array, RecordBatch, StringArray},
    compute::{CastOptions, cast_with_options},
    datatypes::DataType,
    util::display::FormatOptions,
};

use super::{
    column_type,
    members::{Members, UNKNOWN},
    shape::{Shape, StoredColumn, StoredKind},
};
use crate::{
    engine::{RowDigest, digests},
    error::{Error, Result, codes},
};

/// A batch as it is stored.
pub(super) struct StoredRows {
    /// One array per column of the shape.
    pub(super) columns: Vec<ArrayRef>,
    /// Codes of the member columns, where a column is one; for the slice files.
    pub(super) codes: Vec<Option<ArrayRef>>,
    pub(super) key: Vec<RowDigest>,
    pub(super) hash: Vec<RowDigest>,
    pub(super) side: Vec<RowDigest>,
}

/// Casts strictly: a value that does not fit is an error, never null, and never named.
pub(super) fn cast_to(array: &ArrayRef, stored: &DataType, column: &str) -> Result<ArrayRef> {
    if array.data_type() == stored {
        return Ok(array.clone());
    }
    let strict = CastOptions { safe: false, format_options: FormatOptions::default() };
    cast_with_options(array, stored, &strict).map_err(|_| Error::new(&codes::load::COLUMN_TYPE).detail(column))
}

/// A column of the conformed batch as text.
pub(super) fn text(batch: &RecordBatch, index: usize, column: &str) -> Result<StringArray> {
    Ok(cast_to(batch.column(index), &DataType::Utf8, column)?.as_string::<i32>().clone())
}

/// A column of pseudonyms.
pub(super) fn pseudonyms<'a>(batch: &'a RecordBatch, index: usize, column: &str) -> Result<&'a FixedSizeBinaryArray> {
    let array = batch.column(index).as_any().downcast_ref::<FixedSizeBinaryArray>();
    array
        .filter(|array| array.value_length() == 16)
        .ok_or_else(|| Error::new(&codes::load::COLUMN_TYPE).detail(format!("{column} is no pseudonym")))
}

impl StoredRows {
    /// `first` is the place of the batch's first cell, as when its members were named.
    pub(super) fn new(shape: &Shape, members: &mut Members, batch: &RecordBatch, first: u64) -> Result<Self> {
        let rows = batch.num_rows();
        let (mut columns, mut codes) =
            (Vec::with_capacity(shape.columns.len()), Vec::with_capacity(shape.columns.len()));
        for (column, at) in shape.columns.iter().zip(0..) {
            let (stored, code) = stored_column(column, members, batch, first + at * rows as u64)?;
            columns.push(stored);
            codes.push(code);
        }
        let natural: Vec<&ArrayRef> = shape
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| !matches!(column.kind, StoredKind::Identity { .. }))
            .map(|(position, _)| codes[position].as_ref().unwrap_or(&columns[position]))
            .collect();
        let hash = digests(&natural, rows).map_err(column_type)?;
        let key = digests(&keys(shape, &columns)?, rows).map_err(column_type)?;
        let side = digests(&side(shape, &columns), rows).map_err(column_type)?;
        Ok(Self { columns, codes, key, hash, side })
    }
}

/// Key columns, none of which may be null.
fn keys<'a>(shape: &Shape, columns: &'a [ArrayRef]) -> Result<Vec<&'a ArrayRef>> {
    let keys = shape.columns.iter().zip(columns).filter(|(column, _)| column.key);
    keys.map(|(column, array)| match array.null_count() {
        0 => Ok(array),
        _ => Err(Error::new(&codes::load::NULL_KEY).detail(&column.name)),
    })
    .collect()
}

fn side<'a>(shape: &Shape, columns: &'a [ArrayRef]) -> Vec<&'a ArrayRef> {
    shape.columns.iter().zip(columns).filter(|(column, _)| column.is_side()).map(|(_, array)| array).collect()
}

fn stored_column(
    column: &StoredColumn,
    members: &mut Members,
    batch: &RecordBatch,
    first: u64,
) -> Result<(ArrayRef, Option<ArrayRef>)> {
    match &column.kind {
        StoredKind::Value => Ok((cast_to(batch.column(column.index), &column.stored, &column.name)?, None)),
        StoredKind::Identity { scope, .. } => {
            let keys: ArrayRef = Arc::new(members.surrogates(*scope, first, batch.num_rows())?);
            Ok((cast_to(&keys, &column.stored, &column.name)?, None))
        }
        StoredKind::Member { keyed, .. } => {
            let codes = text(batch, column.index, &column.source)?;
            let codes: StringArray = codes.iter().map(|code| Some(code.unwrap_or(UNKNOWN))).collect();
            let dimension = members.dimension(keyed)?;
            let keys: ArrayRef = Arc::new(
                codes.iter().map(|code| code.and_then(|code| dimension.get(code).copied())).collect::<Int32Array>(),
            );
            if keys.null_count() > 0 {
                return Err(Error::new(&codes::load::TABLE_MISSING).detail(format!("a member of core.{keyed}")));
            }
            Ok((cast_to(&keys, &column.stored, &column.name)?, Some(Arc::new(codes))))
        }
    }
}
