//! Conformed batches as the fact stores them: surrogates looked up on columns, values cast, digests beside.

use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BooleanArray, FixedSizeBinaryArray, Int32Array, Int64Array, RecordBatch, StringArray,
    },
    compute::{CastOptions, cast_with_options},
    datatypes::DataType,
    util::display::FormatOptions,
};

use super::{
    hash::{RowDigest, digests},
    members::{Members, UNKNOWN},
    shape::{Shape, StoredColumn, StoredKind},
};
use crate::error::{Error, Result, codes};

/// A batch as it is stored.
pub(super) struct StoredRows {
    /// One array per column of the shape.
    pub(super) columns: Vec<ArrayRef>,
    /// Codes of the member columns, where a column is one; for the slice files.
    pub(super) codes: Vec<Option<ArrayRef>>,
    pub(super) key: Vec<RowDigest>,
    pub(super) hash: Vec<RowDigest>,
    pub(super) side: Vec<RowDigest>,
    /// True where the row hangs on a protected child.
    pub(super) protected: BooleanArray,
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

/// The pseudonym in a row, if there is one.
pub(super) fn pseudonym_at(array: &FixedSizeBinaryArray, row: usize) -> Option<[u8; 16]> {
    (!array.is_null(row)).then(|| array.value(row).try_into().ok()).flatten()
}

impl StoredRows {
    pub(super) fn new(shape: &Shape, members: &Members, batch: &RecordBatch) -> Result<Self> {
        let rows = batch.num_rows();
        let (mut columns, mut codes) =
            (Vec::with_capacity(shape.columns.len()), Vec::with_capacity(shape.columns.len()));
        for column in &shape.columns {
            let (stored, code) = stored_column(column, members, batch)?;
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
        let hash = digests(&natural, rows)?;
        let key = digests(&select(shape, &columns, |column| column.key)?, rows)?;
        let side = digests(&side(shape, &columns), rows)?;
        let protected = protected_rows(shape, members, &columns, rows);
        Ok(Self { columns, codes, key, hash, side, protected })
    }
}

/// Key columns, none of which may be null.
fn select<'a>(
    shape: &Shape,
    columns: &'a [ArrayRef],
    wanted: impl Fn(&StoredColumn) -> bool,
) -> Result<Vec<&'a ArrayRef>> {
    shape
        .columns
        .iter()
        .zip(columns)
        .filter(|(column, _)| wanted(column))
        .map(|(column, array)| match array.null_count() {
            0 => Ok(array),
            _ => Err(Error::new(&codes::load::NULL_KEY).detail(&column.name)),
        })
        .collect()
}

fn side<'a>(shape: &Shape, columns: &'a [ArrayRef]) -> Vec<&'a ArrayRef> {
    let beside = |column: &StoredColumn| !column.key && matches!(column.kind, StoredKind::Identity { .. });
    shape.columns.iter().zip(columns).filter(|(column, _)| beside(column)).map(|(_, array)| array).collect()
}

fn stored_column(
    column: &StoredColumn,
    members: &Members,
    batch: &RecordBatch,
) -> Result<(ArrayRef, Option<ArrayRef>)> {
    match &column.kind {
        StoredKind::Value => Ok((cast_to(batch.column(column.index), &column.stored, &column.name)?, None)),
        StoredKind::Identity { scope, .. } => {
            let pseudonyms = pseudonyms(batch, column.index, &column.source)?;
            let keys = (0..batch.num_rows())
                .map(|row| pseudonym_at(pseudonyms, row).and_then(|pseudonym| members.identity(*scope, pseudonym)));
            let keys: ArrayRef = Arc::new(keys.collect::<Int64Array>());
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

fn protected_rows(shape: &Shape, members: &Members, columns: &[ArrayRef], rows: usize) -> BooleanArray {
    let children: Vec<&Int64Array> = shape
        .columns
        .iter()
        .zip(columns)
        .filter(|(column, _)| matches!(&column.kind, StoredKind::Identity { dimension: Some(_), .. }))
        .filter_map(|(_, array)| array.as_primitive_opt())
        .collect();
    let is_protected = |child: &Int64Array, row: usize| !child.is_null(row) && members.is_protected(child.value(row));
    (0..rows).map(|row| Some(children.iter().any(|child| is_protected(child, row)))).collect()
}
