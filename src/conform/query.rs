//! Runs a conform query: its target columns, in order of key, one row per key.

use std::sync::Arc;

use arrow::{
    array::RecordBatch,
    compute::cast,
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use datafusion::{
    common::Column,
    error::Result as QueryResult,
    logical_expr::{Expr, SortExpr},
    prelude::DataFrame,
};
use futures::TryStreamExt;

use super::{fault, grain::Grain};
use crate::{
    engine::{Engine, Session, Spooled},
    error::{Result, codes::conform as codes},
    model::SliceKey,
    pipeline::{Pipeline, TargetColumn, TargetKind},
};

/// The columns that a conform query must give, in the target's order.
pub(super) fn outputs(pipeline: &Pipeline) -> Vec<String> {
    let mut outputs: Vec<String> = Vec::new();
    for column in &pipeline.target.columns {
        let source = column.source();
        outputs.push(source.to_owned());
        if let TargetKind::Identity { attributes, .. } = &column.kind {
            outputs.extend(attributes.iter().map(|attribute| format!("{source}_{attribute}")));
        }
    }
    let mut seen = std::collections::HashSet::new();
    outputs.retain(|output| seen.insert(output.clone()));
    outputs
}

/// The conformed columns that tell rows of a slice apart.
pub(super) fn key(pipeline: &Pipeline) -> Vec<&str> {
    pipeline.target.columns.iter().filter(|column| column.key).map(TargetColumn::source).collect()
}

/// The query with its target columns, sorted by key.
pub(super) async fn plan(session: &Session, pipeline: &Pipeline, sql: &str) -> QueryResult<DataFrame> {
    let column = |name: &str| Expr::Column(Column::new_unqualified(name));
    let sorted: Vec<SortExpr> = key(pipeline).into_iter().map(|name| column(name).sort(true, true)).collect();
    let columns: Vec<Expr> = outputs(pipeline).iter().map(|name| column(name)).collect();
    session.query(sql).await?.select(columns)?.sort(sorted)
}

/// The conformed rows, spooled.
pub(super) async fn run(
    engine: &Engine,
    pipeline: &Pipeline,
    sql: &str,
    slice: &SliceKey,
    accepted: &Arc<Spooled>,
) -> Result<Spooled> {
    let failed = || fault(&codes::QUERY_FAILED, pipeline, slice);
    let lost = || fault(&codes::SPOOL, pipeline, slice);
    let session = engine.session(slice, accepted).map_err(|_| failed())?;
    let planned = plan(&session, pipeline, sql).await.map_err(|_| failed())?;
    let mut batches = planned.execute_stream().await.map_err(|_| failed())?;
    let schema = plain_schema(&batches.schema());
    let mut grain = Grain::of(&schema, &key(pipeline)).ok_or_else(failed)?;
    let mut spool = engine.spool(schema.clone());
    while let Some(batch) = batches.try_next().await.map_err(|_| failed())? {
        let batch = plain(&batch, &schema).ok_or_else(failed)?;
        if !grain.keeps(&batch).ok_or_else(failed)? {
            return Err(fault(&codes::GRAIN_BROKEN, pipeline, slice));
        }
        spool.push(batch).map_err(|_| lost())?;
    }
    spool.finish().map_err(|_| lost())
}

/// The engine's string views and dictionaries as plain text, which everything after this stage reads.
fn plain_schema(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| {
        let kind = match field.data_type() {
            DataType::Utf8View | DataType::LargeUtf8 | DataType::Dictionary(..) => DataType::Utf8,
            other => other.clone(),
        };
        Field::new(field.name(), kind, field.is_nullable())
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

fn plain(batch: &RecordBatch, schema: &SchemaRef) -> Option<RecordBatch> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type()).ok()).collect::<Option<_>>()?;
    RecordBatch::try_new(schema.clone(), columns).ok()
}
