//! A slice as it is stored, made before its transaction: spooled in key order, with what the difference compares.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, FixedSizeBinaryArray, Int64Array, RecordBatch},
    compute::or,
    datatypes::{DataType, Field, Int64Type, Schema, SchemaRef},
};
use tokio_postgres::GenericClient;

use super::{
    children::{self, Marked},
    members::{self, Cache, Members},
    merge::Incoming,
    rows::{StoredRows, cast_to},
    shape::{ChildDimension, Shape, StoredKind},
    unreadable,
};
use crate::{
    engine::{Scratch, Sorted, Sorter, Spool, Spooled},
    error::Result,
};

/// What stands beside the shape's columns in a stored batch.
pub(super) const ROW_HASH: &str = "row_hash";
const PROTECTED: &str = "_protected";

/// Rows with surrogates, and what was learnt while they were made.
#[derive(Debug)]
pub(super) struct StoredSlice {
    pub(super) layout: Layout,
    pub(super) rows: Spooled,
    /// Children that the slice marks as protected.
    pub(super) marked: Marked,
}

/// Columns of a stored batch: those of the shape, those that only slice files have, the row hash, and whether the
/// warehouse knows the row's child as protected.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    schema: SchemaRef,
    /// Positions of the columns of a slice file.
    pub(super) file: Vec<usize>,
    /// Positions of children, with their dimension.
    children: Vec<(usize, String)>,
}

/// Resolves the members of a conformed slice, and stores it aside; gives the digests of its rows for the difference.
pub(super) async fn store(
    client: &impl GenericClient,
    cache: &Cache,
    scratch: &Scratch,
    shape: &Shape,
    conformed: &Spooled,
) -> Result<(StoredSlice, Sorted<Incoming>)> {
    let mut members = members::resolve(client, cache, scratch, shape, conformed).await?;
    let layout = Layout::of(shape);
    let mut storing =
        Storing { rows: scratch.spool(layout.schema.clone()), incoming: scratch.sorter(), marked: Marked::default() };
    for batch in conformed.batches().map_err(unreadable)? {
        storing.take(client, &layout, shape, &mut members, &batch.map_err(unreadable)?).await?;
    }
    let rows = storing.rows.finish().map_err(unreadable)?;
    let incoming = storing.incoming.finish().map_err(unreadable)?;
    Ok((StoredSlice { layout, rows, marked: storing.marked }, incoming))
}

struct Storing {
    rows: Spool,
    incoming: Sorter<Incoming>,
    marked: Marked,
}

impl Storing {
    async fn take(
        &mut self,
        client: &impl GenericClient,
        layout: &Layout,
        shape: &Shape,
        members: &mut Members,
        batch: &RecordBatch,
    ) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let first_row = self.rows.rows() as u64;
        let rows = StoredRows::new(shape, members, batch, first_row * shape.columns.len() as u64)?;
        for (row, number) in (0..batch.num_rows()).zip(first_row..) {
            self.incoming.push((rows.key[row], number, rows.hash[row], rows.side[row])).map_err(unreadable)?;
        }
        let mut protected = BooleanArray::from(vec![false; batch.num_rows()]);
        for (at, dimension) in dimensions(shape) {
            let children: &Int64Array = rows.columns[at].as_primitive();
            let known = children::write(client, dimension, batch, children, &mut self.marked).await?;
            protected = or(&protected, &known).map_err(unreadable)?;
        }
        let batch = layout.batch(shape, rows, batch, protected)?;
        self.rows.push(batch).map_err(unreadable)
    }
}

/// Children among the columns, by their position.
fn dimensions(shape: &Shape) -> impl Iterator<Item = (usize, &ChildDimension)> {
    shape.columns.iter().enumerate().filter_map(|(at, column)| match &column.kind {
        StoredKind::Identity { dimension: Some(dimension), .. } => Some((at, dimension)),
        _ => None,
    })
}

impl Layout {
    fn of(shape: &Shape) -> Self {
        let mut fields: Vec<Field> =
            shape.columns.iter().map(|column| Field::new(&column.name, column.stored.clone(), true)).collect();
        let mut file = Vec::new();
        for (at, column) in shape.columns.iter().enumerate() {
            // Source ids stay out of the files; keys have their natural attributes beside them.
            if !matches!(&column.kind, StoredKind::Identity { dimension: None, .. }) {
                file.push(at);
            }
            for (name, kind) in beside(&column.kind) {
                file.push(fields.len());
                fields.push(Field::new(name.unwrap_or(&column.source), kind, true));
            }
        }
        // A name that stands there already is the same column.
        let mut names = std::collections::HashSet::new();
        file.retain(|&at| names.insert(fields[at].name().clone()));
        fields.push(Field::new(ROW_HASH, DataType::FixedSizeBinary(16), false));
        fields.push(Field::new(PROTECTED, DataType::Boolean, false));
        let children = dimensions(shape).map(|(at, dimension)| (at, dimension.table.clone())).collect();
        Self { schema: Arc::new(Schema::new(fields)), file, children }
    }

    /// The stored form of a conformed batch.
    fn batch(
        &self,
        shape: &Shape,
        rows: StoredRows,
        conformed: &RecordBatch,
        protected: BooleanArray,
    ) -> Result<RecordBatch> {
        let mut beside = Vec::new();
        for (column, codes) in shape.columns.iter().zip(rows.codes) {
            if let StoredKind::Identity { dimension: Some(dimension), .. } = &column.kind {
                for attribute in &dimension.attributes {
                    beside.push(cast_to(conformed.column(attribute.index), &attribute.stored, &attribute.source)?);
                }
            }
            beside.extend(codes);
        }
        let hash = FixedSizeBinaryArray::try_from_iter(rows.hash.iter().map(|hash| hash.to_be_bytes()));
        let mut columns: Vec<ArrayRef> = rows.columns;
        columns.extend(beside);
        columns.push(Arc::new(hash.map_err(unreadable)?));
        columns.push(Arc::new(protected));
        RecordBatch::try_new(self.schema.clone(), columns).map_err(unreadable)
    }
}

/// Columns that a file has beside a stored one; without a name, that of the column's source.
fn beside(kind: &StoredKind) -> Vec<(Option<&str>, DataType)> {
    match kind {
        StoredKind::Identity { dimension: Some(dimension), .. } => {
            let attributes = dimension.attributes.iter();
            attributes.map(|attribute| (Some(attribute.source.as_str()), attribute.stored.clone())).collect()
        }
        StoredKind::Member { .. } => vec![(None, DataType::Utf8)],
        StoredKind::Identity { dimension: None, .. } | StoredKind::Value => Vec::new(),
    }
}

impl StoredSlice {
    pub(super) fn row_hash<'a>(&self, batch: &'a RecordBatch) -> &'a ArrayRef {
        batch.column(self.layout.schema.fields().len() - 2)
    }

    /// Which rows of a stored batch hang on a protected child: one that was known, or that the slice itself marks.
    pub(super) fn protected(&self, batch: &RecordBatch) -> BooleanArray {
        let known = batch.column(self.layout.schema.fields().len() - 1).as_boolean();
        let marked = |row: usize| {
            self.layout.children.iter().any(|(at, table)| {
                let children = batch.column(*at).as_primitive::<Int64Type>();
                children.is_valid(row) && self.marked.contains(table, children.value(row))
            })
        };
        (0..batch.num_rows()).map(|row| Some(known.value(row) || marked(row))).collect()
    }
}
