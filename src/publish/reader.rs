//! Rows of PostgreSQL → Arrow batches, by the binary form of each value.
//!
//! In: a query whose columns have types with one plain form. Out: record batches of bounded size, all columns nullable.
//! A value never enters an error.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BinaryBuilder, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int16Builder,
        Int32Builder, Int64Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
    },
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
};
use futures::{StreamExt, pin_mut};
use tokio_postgres::{
    GenericClient, Row, Statement,
    types::{FromSql, Type},
};

use super::numeric;
use crate::{
    error::{Error, Result, codes::publish as codes},
    warehouse::fault,
};

/// Rows per batch: enough for Parquet to compress, little enough to hold.
const BATCH_ROWS: usize = 65_536;
/// Days and microseconds from 1970-01-01 (Arrow) to 2000-01-01 (PostgreSQL).
const EPOCH_DAYS: i32 = 10_957;
const EPOCH_MICROS: i64 = 946_684_800_000_000;
/// A numeric without declared scale keeps this many decimals.
const FREE_SCALE: i8 = 9;

/// Runs a query and hands its rows over in batches; gives the schema, also where there are no rows.
pub(super) async fn read(
    client: &impl GenericClient,
    query: &str,
    mut take: impl FnMut(&SchemaRef, Option<RecordBatch>) -> Result<()>,
) -> Result<()> {
    let statement = client.prepare(query).await.map_err(|error| fault(&error))?;
    let schema = schema_of(&statement)?;
    take(&schema, None)?;
    let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 0] = [];
    let rows = client.query_raw(&statement, parameters).await.map_err(|error| fault(&error))?;
    pin_mut!(rows);
    let mut columns = builders(&schema);
    let mut held = 0;
    while let Some(row) = rows.next().await {
        let row = row.map_err(|error| fault(&error))?;
        append(&mut columns, &row)?;
        held += 1;
        if held == BATCH_ROWS {
            take(&schema, Some(batch(&schema, &mut columns)?))?;
            held = 0;
        }
    }
    if held > 0 {
        take(&schema, Some(batch(&schema, &mut columns)?))?;
    }
    Ok(())
}

fn schema_of(statement: &Statement) -> Result<SchemaRef> {
    let fields = statement.columns().iter().map(|column| {
        let kind = arrow_type(column.type_(), column.type_modifier())
            .ok_or_else(|| Error::new(&codes::COLUMN_TYPE).detail(column.name()))?;
        Ok(Field::new(column.name(), kind, true))
    });
    Ok(Arc::new(Schema::new(fields.collect::<Result<Vec<_>>>()?)))
}

fn arrow_type(kind: &Type, modifier: i32) -> Option<DataType> {
    Some(match *kind {
        Type::BOOL => DataType::Boolean,
        Type::INT2 => DataType::Int16,
        Type::INT4 => DataType::Int32,
        Type::INT8 => DataType::Int64,
        Type::FLOAT8 => DataType::Float64,
        Type::TEXT | Type::VARCHAR | Type::NAME | Type::BPCHAR => DataType::Utf8,
        Type::BYTEA => DataType::Binary,
        Type::DATE => DataType::Date32,
        Type::TIMESTAMPTZ => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        // Precision and scale are packed into the modifier, offset by a header of four bytes.
        Type::NUMERIC if modifier >= 4 => {
            let packed = modifier - 4;
            DataType::Decimal128(u8::try_from(packed >> 16).ok()?, i8::try_from(packed & 0x7ff).ok()?)
        }
        Type::NUMERIC => DataType::Decimal128(38, FREE_SCALE),
        _ => return None,
    })
}

/// A column being built.
enum Column {
    Bool(BooleanBuilder),
    Int2(Int16Builder),
    Int4(Int32Builder),
    Int8(Int64Builder),
    Float8(Float64Builder),
    Text(StringBuilder),
    Bytes(BinaryBuilder),
    Date(Date32Builder),
    Instant(TimestampMicrosecondBuilder),
    Numeric(Decimal128Builder, i8),
}

fn builders(schema: &Schema) -> Vec<Column> {
    schema.fields().iter().map(|field| builder(field.data_type())).collect()
}

fn builder(kind: &DataType) -> Column {
    match kind {
        DataType::Boolean => Column::Bool(BooleanBuilder::new()),
        DataType::Int16 => Column::Int2(Int16Builder::new()),
        DataType::Int32 => Column::Int4(Int32Builder::new()),
        DataType::Int64 => Column::Int8(Int64Builder::new()),
        DataType::Float64 => Column::Float8(Float64Builder::new()),
        DataType::Binary => Column::Bytes(BinaryBuilder::new()),
        DataType::Date32 => Column::Date(Date32Builder::new()),
        DataType::Timestamp(..) => Column::Instant(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
        DataType::Decimal128(_, scale) => {
            Column::Numeric(Decimal128Builder::new().with_data_type(kind.clone()), *scale)
        }
        // `arrow_type` gives no other type.
        _ => Column::Text(StringBuilder::new()),
    }
}

/// A value as the server sent it.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(raw))
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}

fn append(columns: &mut [Column], row: &Row) -> Result<()> {
    for (position, column) in columns.iter_mut().enumerate() {
        let value: Option<Raw<'_>> = row.try_get(position).map_err(|error| fault(&error))?;
        let taken = if let Some(Raw(bytes)) = value {
            append_value(column, bytes)
        } else {
            append_null(column);
            Some(())
        };
        taken.ok_or_else(|| Error::new(&codes::COLUMN_TYPE).detail(row.columns()[position].name()))?;
    }
    Ok(())
}

/// `None` when the bytes are not a value of the column's type.
fn append_value(column: &mut Column, bytes: &[u8]) -> Option<()> {
    match column {
        Column::Bool(builder) => builder.append_value(*bytes.first()? != 0),
        Column::Int2(builder) => builder.append_value(i16::from_be_bytes(bytes.try_into().ok()?)),
        Column::Int4(builder) => builder.append_value(i32::from_be_bytes(bytes.try_into().ok()?)),
        Column::Int8(builder) => builder.append_value(i64::from_be_bytes(bytes.try_into().ok()?)),
        Column::Float8(builder) => builder.append_value(f64::from_be_bytes(bytes.try_into().ok()?)),
        Column::Text(builder) => builder.append_value(std::str::from_utf8(bytes).ok()?),
        Column::Bytes(builder) => builder.append_value(bytes),
        Column::Date(builder) => {
            builder.append_value(i32::from_be_bytes(bytes.try_into().ok()?).checked_add(EPOCH_DAYS)?);
        }
        Column::Instant(builder) => {
            builder.append_value(i64::from_be_bytes(bytes.try_into().ok()?).checked_add(EPOCH_MICROS)?);
        }
        Column::Numeric(builder, scale) => builder.append_value(numeric::decimal(bytes, *scale)?),
    }
    Some(())
}

fn append_null(column: &mut Column) {
    match column {
        Column::Bool(builder) => builder.append_null(),
        Column::Int2(builder) => builder.append_null(),
        Column::Int4(builder) => builder.append_null(),
        Column::Int8(builder) => builder.append_null(),
        Column::Float8(builder) => builder.append_null(),
        Column::Text(builder) => builder.append_null(),
        Column::Bytes(builder) => builder.append_null(),
        Column::Date(builder) => builder.append_null(),
        Column::Instant(builder) => builder.append_null(),
        Column::Numeric(builder, _) => builder.append_null(),
    }
}

fn finish(column: &mut Column) -> ArrayRef {
    match column {
        Column::Bool(builder) => Arc::new(builder.finish()),
        Column::Int2(builder) => Arc::new(builder.finish()),
        Column::Int4(builder) => Arc::new(builder.finish()),
        Column::Int8(builder) => Arc::new(builder.finish()),
        Column::Float8(builder) => Arc::new(builder.finish()),
        Column::Text(builder) => Arc::new(builder.finish()),
        Column::Bytes(builder) => Arc::new(builder.finish()),
        Column::Date(builder) => Arc::new(builder.finish()),
        Column::Instant(builder) => Arc::new(builder.finish()),
        Column::Numeric(builder, _) => Arc::new(builder.finish()),
    }
}

fn batch(schema: &SchemaRef, columns: &mut [Column]) -> Result<RecordBatch> {
    let arrays = columns.iter_mut().map(finish).collect();
    RecordBatch::try_new(schema.clone(), arrays).map_err(|_| Error::new(&codes::COLUMN_TYPE).detail("column lengths"))
}
