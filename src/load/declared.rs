//! Column types of the warehouse's tables, as the database declares them, in their Arrow form.

use std::collections::HashMap;

use arrow::datatypes::{DataType, TimeUnit};
use tokio_postgres::GenericClient;

use crate::{
    error::{Error, Result, codes},
    warehouse::fault,
};

/// Types by table and column.
pub(super) struct Declared(HashMap<(String, String), Option<DataType>>);

impl Declared {
    /// Reads the columns of tables in schema `core`.
    pub(super) async fn read(client: &impl GenericClient, tables: &[String]) -> Result<Self> {
        const COLUMNS: &str = "
            select c.relname::text, a.attname::text, format_type(a.atttypid, null), a.atttypmod
            from pg_class as c
            join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relnamespace = 'core'::regnamespace and c.relname = any($1::text[])";
        let rows = client.query(COLUMNS, &[&tables]).await.map_err(|error| fault(&error))?;
        let typed = rows.iter().map(|row| {
            let (name, modifier): (String, i32) = (row.get(2), row.get(3));
            ((row.get(0), row.get(1)), arrow_type(&name, modifier))
        });
        Ok(Self(typed.collect()))
    }

    /// The Arrow form of a column's type.
    pub(super) fn stored(&self, table: &str, column: &str) -> Result<DataType> {
        let place = || format!("core.{table}.{column}");
        match self.0.get(&(table.to_owned(), column.to_owned())) {
            Some(Some(stored)) => Ok(stored.clone()),
            Some(None) => Err(Error::new(&codes::load::COLUMN_TYPE).detail(place())),
            None => Err(Error::new(&codes::load::TABLE_MISSING).detail(place())),
        }
    }
}

fn arrow_type(name: &str, modifier: i32) -> Option<DataType> {
    Some(match name {
        "smallint" => DataType::Int16,
        "integer" => DataType::Int32,
        "bigint" => DataType::Int64,
        "date" => DataType::Date32,
        "text" | "character varying" => DataType::Utf8,
        "boolean" => DataType::Boolean,
        "double precision" => DataType::Float64,
        "timestamp with time zone" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        // PostgreSQL packs precision and scale into the modifier, offset by its header of four bytes.
        "numeric" if modifier >= 4 => {
            let packed = modifier - 4;
            DataType::Decimal128(u8::try_from(packed >> 16).ok()?, i8::try_from(packed & 0x7ff).ok()?)
        }
        _ => return None,
    })
}

/// The PostgreSQL type of an Arrow form, for casts in SQL.
pub(super) fn sql_type(stored: &DataType) -> &'static str {
    match stored {
        DataType::Int16 => "smallint",
        DataType::Int32 => "integer",
        DataType::Int64 => "bigint",
        DataType::Date32 => "date",
        DataType::Boolean => "boolean",
        DataType::Float64 => "double precision",
        DataType::Timestamp(_, _) => "timestamptz",
        DataType::Decimal128(_, _) => "numeric",
        _ => "text",
    }
}
