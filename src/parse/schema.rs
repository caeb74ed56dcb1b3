//! The Arrow schema of a dataset's parsed batches, from its declaration alone.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::pipeline::{Column, ColumnType, Pipeline};

/// Bytes of a pseudonym.
pub(in crate::parse) const PSEUDONYM_BYTES: i32 = 16;

/// `_record`, `_line`, then every column with its companions, as the head of [`super`] says.
pub fn schema(pipeline: &Pipeline) -> SchemaRef {
    let mut fields = vec![field("_record", DataType::Int64, false), field("_line", DataType::Int64, false)];
    for column in &pipeline.columns {
        fields.push(field(&column.name, data_type(column.kind), true));
        if column.kind == ColumnType::Personnummer {
            let companion = |name: &str, kind| field(&format!("{}_{name}", column.name), kind, true);
            fields.push(companion("sex", DataType::Utf8));
            fields.push(companion("birth_year", DataType::Int16));
            fields.push(companion("birth_month", DataType::Int16));
            fields.push(companion("unborn", DataType::Boolean));
            fields.push(companion("age", DataType::Int16));
        } else if has_status(column) {
            fields.push(field(&format!("{}_status", column.name), DataType::Utf8, true));
        }
    }
    Arc::new(Schema::new(fields))
}

/// Optional columns say why they are null; codes say it themselves.
pub(in crate::parse) fn has_status(column: &Column) -> bool {
    use ColumnType::{Code, Codes, District, Personnummer};
    !column.required && !matches!(column.kind, Code | Codes | District | Personnummer)
}

fn data_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::String | ColumnType::Code | ColumnType::Codes | ColumnType::District => DataType::Utf8,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Decimal => DataType::Decimal128(14, 2),
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Date | ColumnType::Month => DataType::Date32,
        ColumnType::Year => DataType::Int16,
        ColumnType::Identity | ColumnType::Personnummer => DataType::FixedSizeBinary(PSEUDONYM_BYTES),
    }
}

fn field(name: &str, kind: DataType, nullable: bool) -> Field {
    Field::new(name, kind, nullable)
}
