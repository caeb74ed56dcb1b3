//! The shape of a target: which conformed column feeds which stored column, and with which type.

use arrow::datatypes::{DataType, SchemaRef};
use tokio_postgres::GenericClient;

use super::declared::Declared;
use crate::{
    error::{Error, Result, codes},
    pipeline::{Merge, Pipeline, Scope, TargetColumn, TargetKind},
};

/// A target with everything looked up once per load.
#[derive(Debug)]
pub(super) struct Shape {
    /// Table the slice's rows are kept in: the fact, or `<dataset>_slice`.
    pub(super) table: String,
    /// The fact derived, when rows of several slices may share a key.
    pub(super) derived: Option<String>,
    pub(super) columns: Vec<StoredColumn>,
    /// Position among `columns` of the money whose balance is proven.
    pub(super) amount: Option<usize>,
}

/// One stored column and where it comes from.
#[derive(Debug)]
pub(super) struct StoredColumn {
    pub(super) name: String,
    pub(super) source: String,
    /// Position in the conformed batch.
    pub(super) index: usize,
    pub(super) kind: StoredKind,
    /// Arrow form of the PostgreSQL type.
    pub(super) stored: DataType,
    pub(super) key: bool,
    /// Of copies in several slices the oldest period's tells it.
    pub(super) earliest: bool,
}

#[derive(Debug)]
pub(super) enum StoredKind {
    Value,
    Identity {
        scope: Scope,
        dimension: Option<ChildDimension>,
    },
    Member {
        /// Dimension whose key is stored.
        keyed: String,
        /// Dimension of the single codes, when `keyed` is a group of them.
        parts: Option<String>,
    },
}

/// A dimension whose key is an identity.
#[derive(Debug)]
pub(super) struct ChildDimension {
    pub(super) table: String,
    pub(super) attributes: Vec<Attribute>,
    /// Position in the conformed batch of the mark of protection.
    pub(super) protected: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Attribute {
    /// Column of the dimension (`birth_year`).
    pub(super) name: String,
    /// Column of the conform query (`child_birth_year`).
    pub(super) source: String,
    pub(super) index: usize,
    pub(super) stored: DataType,
}

/// Attribute that is a mark of protection: turned on by a load's own transaction, never off.
const PROTECTED: &str = "protected";

impl Shape {
    pub(super) async fn read(client: &impl GenericClient, pipeline: &Pipeline, schema: &SchemaRef) -> Result<Self> {
        let target = &pipeline.target;
        let (table, derived) = match target.merge {
            Merge::WithinSlice => (target.table.clone(), None),
            Merge::AcrossSlices => (format!("{}_slice", pipeline.name), Some(target.table.clone())),
        };
        let declared = Declared::read(client, &tables(&table, &target.columns)).await?;
        let columns = target
            .columns
            .iter()
            .map(|column| StoredColumn::new(column, &table, &declared, schema))
            .collect::<Result<Vec<_>>>()?;
        let amount = amount_column(pipeline, &columns)?;
        Ok(Self { table, derived, columns, amount })
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &StoredColumn> {
        self.columns.iter().filter(|column| column.key)
    }

    /// Identities beside the key: compared by surrogate, because a row hash holds none.
    pub(super) fn side(&self) -> impl Iterator<Item = &StoredColumn> {
        self.columns.iter().filter(|column| column.is_side())
    }
}

fn tables(table: &str, columns: &[TargetColumn]) -> Vec<String> {
    let dimensions = columns.iter().filter_map(|column| match &column.kind {
        TargetKind::Identity { dimension, .. } => dimension.clone(),
        _ => None,
    });
    std::iter::once(table.to_owned()).chain(dimensions).collect()
}

fn amount_column(pipeline: &Pipeline, columns: &[StoredColumn]) -> Result<Option<usize>> {
    let Some(amount) = &pipeline.amount else { return Ok(None) };
    let named = columns.iter().position(|column| column.source == *amount || column.name == *amount);
    let decimal = || columns.iter().position(|column| matches!(column.stored, DataType::Decimal128(_, _)));
    named.or_else(decimal).map(Some).ok_or_else(|| Error::new(&codes::load::COLUMN_MISSING).detail(amount))
}

fn position(schema: &SchemaRef, name: &str) -> Result<usize> {
    schema.index_of(name).map_err(|_| Error::new(&codes::load::COLUMN_MISSING).detail(name))
}

impl StoredColumn {
    pub(super) fn is_side(&self) -> bool {
        !self.key && matches!(self.kind, StoredKind::Identity { .. })
    }

    fn new(column: &TargetColumn, table: &str, declared: &Declared, schema: &SchemaRef) -> Result<Self> {
        let kind = match &column.kind {
            TargetKind::Value => StoredKind::Value,
            TargetKind::Dimension { dimension, group } => match group {
                Some(group) => StoredKind::Member { keyed: group.clone(), parts: Some(dimension.clone()) },
                None => StoredKind::Member { keyed: dimension.clone(), parts: None },
            },
            TargetKind::Identity { scope, dimension, attributes } => StoredKind::Identity {
                scope: *scope,
                dimension: match dimension {
                    Some(table) => Some(ChildDimension::new(table, attributes, column.source(), declared, schema)?),
                    None => None,
                },
            },
        };
        Ok(Self {
            name: column.name.clone(),
            source: column.source().to_owned(),
            index: position(schema, column.source())?,
            kind,
            stored: declared.stored(table, &column.name)?,
            key: column.key,
            earliest: column.earliest,
        })
    }
}

impl ChildDimension {
    fn new(table: &str, attributes: &[String], source: &str, declared: &Declared, schema: &SchemaRef) -> Result<Self> {
        let mut read = Vec::with_capacity(attributes.len());
        let mut protected = None;
        for name in attributes {
            let source = format!("{source}_{name}");
            let index = position(schema, &source)?;
            if name == PROTECTED {
                protected = Some(index);
            } else {
                let stored = declared.stored(table, name)?;
                read.push(Attribute { name: name.clone(), source, index, stored });
            }
        }
        Ok(Self { table: table.to_owned(), attributes: read, protected })
    }
}
