//! The current rows of a slice, as the difference needs them: digest of the key, row hash, and where the row lies.

use std::{pin::pin, sync::Arc};

use arrow::{
    array::{
        ArrayRef, BooleanArray, Date32Array, Float64Array, Int16Array, Int32Array, Int64Array, StringArray,
        TimestampMicrosecondArray,
    },
    compute::cast,
    datatypes::DataType,
};
use bytes::BytesMut;
use chrono::{DateTime, NaiveDate, Utc};
use futures::TryStreamExt;
use tokio_postgres::{
    Row, Transaction,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};

use super::{
    column_type,
    merge::Current,
    shape::{Shape, StoredColumn},
    unreadable,
};
use crate::{
    engine::{RowDigest, Scratch, Sorted, Sorter, digests},
    error::{Error, Result, codes},
    warehouse::{
        fault,
        names::{in_core, quoted},
    },
};

const CHUNK: usize = 8192;

/// Physical place of a row version: block and offset. Valid within the transaction that read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(pub(super) u64);

impl<'a> FromSql<'a> for Place {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let mut place = [0; 8];
        place[2..].copy_from_slice(<&[u8; 6]>::try_from(raw)?);
        Ok(Self(u64::from_be_bytes(place)))
    }
    fn accepts(kind: &Type) -> bool {
        *kind == Type::TID
    }
}

impl ToSql for Place {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(&self.0.to_be_bytes()[2..]);
        Ok(IsNull::No)
    }
    fn accepts(kind: &Type) -> bool {
        *kind == Type::TID
    }
    to_sql_checked!();
}

/// Reads the current rows of a slice, in order of the digest of their key.
pub(super) async fn read(
    tx: &Transaction<'_>,
    scratch: &Scratch,
    shape: &Shape,
    slice_id: i32,
    year: i16,
) -> Result<Sorted<Current>> {
    let columns: Vec<&StoredColumn> = shape.keys().chain(shape.side()).collect();
    let mut selected = vec!["ctid".to_owned(), "row_hash".to_owned()];
    selected.extend(columns.iter().map(|column| select(column)));
    let query = format!(
        "select {} from {} where slice_id = $1 and period_year = $2 and known_to is null",
        selected.join(", "),
        in_core(&shape.table),
    );
    let parameters: [&(dyn ToSql + Sync); 2] = [&slice_id, &year];
    let rows = tx.query_raw(&query, parameters.iter().copied()).await.map_err(|error| fault(&error))?;
    let mut chunks = pin!(rows.try_ready_chunks(CHUNK));
    let mut current = scratch.sorter();
    while let Some(rows) = chunks.try_next().await.map_err(|error| fault(&error.1))? {
        take(&rows, &columns, shape.keys().count(), &mut current)?;
    }
    current.finish().map_err(unreadable)
}

/// Numbers of arbitrary scale are read as text, which the client has a type for.
fn select(column: &StoredColumn) -> String {
    match column.stored {
        DataType::Decimal128(_, _) => format!("{}::text", quoted(&column.name)),
        _ => quoted(&column.name),
    }
}

fn take(rows: &[Row], columns: &[&StoredColumn], keys: usize, current: &mut Sorter<Current>) -> Result<()> {
    let arrays = columns
        .iter()
        .enumerate()
        .map(|(position, column)| array_of(rows, position + 2, &column.stored))
        .collect::<Result<Vec<_>>>()?;
    let arrays: Vec<&ArrayRef> = arrays.iter().collect();
    let key = digests(&arrays[..keys], rows.len()).map_err(column_type)?;
    let side = digests(&arrays[keys..], rows.len()).map_err(column_type)?;
    for (row, (key, side)) in rows.iter().zip(key.into_iter().zip(side)) {
        let Place(place) = row.try_get(0).map_err(|error| fault(&error))?;
        let row_hash: &[u8] = row.try_get(1).map_err(|error| fault(&error))?;
        // A hash of another length was not made by this program: the row counts as changed.
        let row_hash = row_hash.try_into().map_or(0, RowDigest::from_be_bytes);
        current.push((key, place, row_hash, side)).map_err(unreadable)?;
    }
    Ok(())
}

fn values<'a, T: FromSql<'a>>(rows: &'a [Row], position: usize) -> Result<Vec<Option<T>>> {
    rows.iter().map(|row| row.try_get(position).map_err(|error| fault(&error))).collect()
}

fn array_of(rows: &[Row], position: usize, stored: &DataType) -> Result<ArrayRef> {
    Ok(match stored {
        DataType::Int16 => Arc::new(Int16Array::from(values(rows, position)?)),
        DataType::Int32 => Arc::new(Int32Array::from(values(rows, position)?)),
        DataType::Int64 => Arc::new(Int64Array::from(values(rows, position)?)),
        DataType::Float64 => Arc::new(Float64Array::from(values(rows, position)?)),
        DataType::Boolean => Arc::new(BooleanArray::from(values(rows, position)?)),
        DataType::Utf8 => Arc::new(StringArray::from(values::<&str>(rows, position)?)),
        DataType::Date32 => {
            let days = values::<NaiveDate>(rows, position)?;
            Arc::new(
                days.into_iter()
                    .map(|day| day.map(arrow::datatypes::Date32Type::from_naive_date))
                    .collect::<Date32Array>(),
            )
        }
        DataType::Timestamp(_, _) => {
            let instants = values::<DateTime<Utc>>(rows, position)?;
            let micros = instants.into_iter().map(|instant| instant.map(|instant| instant.timestamp_micros()));
            Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
        DataType::Decimal128(_, _) => {
            let text: ArrayRef = Arc::new(StringArray::from(values::<&str>(rows, position)?));
            cast(&text, stored).map_err(|_| Error::new(&codes::load::COLUMN_TYPE))?
        }
        other => return Err(Error::new(&codes::load::COLUMN_TYPE).detail(other)),
    })
}
