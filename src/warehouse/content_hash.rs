//! One hash per table and in all, over natural values: two databases with the same content have the same hashes.
//!
//! Facts are hashed with all their versions: members by code, identities by pseudonym, slices by name, and whether the version is current.
//! Surrogate keys, instants and load ids stay out, so that a run that was killed and repeated hashes as one that was not. Members that a killed
//! load left without a fact do not matter. Rows are hashed and sorted in the database and never held in memory.

use std::{collections::BTreeMap, pin::pin};

use futures::TryStreamExt;
use sha2::{Digest, Sha256};
use tokio_postgres::{IsolationLevel, Transaction};

use super::{
    Session, fault,
    names::{in_core, key_of, quoted},
};
use crate::{
    error::Result,
    pipeline::{Pipeline, TargetColumn, TargetKind},
};

/// What of a delivery in force a repeated run repeats.
const LEDGER: &str = "select jsonb_build_array(s.dataset, s.period, s.deliverer, d.content_hash, d.outcome, d.rows_read, d.rows_loaded,
        d.rows_unchanged, d.rows_quarantined, d.rows_duplicate, d.rows_merged, d.rows_control, d.rows_out_of_scope, d.rows_closed, d.amount_read,
        d.amount_loaded, d.amount_unchanged, d.amount_quarantined, d.amount_duplicate, d.amount_control, d.amount_out_of_scope) as natural
    from ops.delivery as d join ops.slice as s on s.slice_id = d.slice_id where d.is_current";
const QUARANTINE: &str = "select jsonb_build_array(s.dataset, s.period, s.deliverer, q.record, q.line, q.rule, q.column_name, q.class, q.severity) as natural
    from ops.quarantine as q join ops.delivery as d on d.delivery_id = q.delivery_id and d.is_current
    join ops.slice as s on s.slice_id = d.slice_id";
const SUCCESSION: &str = "select jsonb_build_array(f.code, b.org_generation, t.code, b.weight) as natural
    from core.bridge_district_succession as b
    join core.dim_district as f on f.district_key = b.district_key
    join core.dim_district as t on t.district_key = b.to_district_key";

/// (table, hash), in order of table; the last, `all`, is over the others. Needs the loader's rights.
pub async fn content_hash(session: &mut Session, pipelines: &[Pipeline]) -> Result<Vec<(String, String)>> {
    let builder = session.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
    let transaction = builder.start().await.map_err(|error| fault(&error))?;
    let mut queries = declared(pipelines);
    queries.extend(dimensions(&transaction, pipelines).await?);
    queries.extend(marts(&transaction).await?);
    for (table, query) in
        [("ops.delivery", LEDGER), ("ops.quarantine", QUARANTINE), ("core.bridge_district_succession", SUCCESSION)]
    {
        queries.insert(table.to_owned(), query.to_owned());
    }
    let mut hashes = Vec::with_capacity(queries.len() + 1);
    let mut all = Sha256::new();
    for (table, query) in queries {
        let hash = hash_rows(&transaction, &query).await?;
        all.update(format!("{table} {hash}\n"));
        hashes.push((table, hash));
    }
    hashes.push(("all".to_owned(), hex::encode(all.finalize())));
    Ok(hashes)
}

/// The hash of a query's rows, whatever their order.
async fn hash_rows(transaction: &Transaction<'_>, natural: &str) -> Result<String> {
    let query =
        format!("select sha256(convert_to(n.natural::text, 'UTF8')) as hash from ({natural}) as n order by hash");
    let rows = transaction.query_raw(&query, std::iter::empty::<i32>()).await.map_err(|error| fault(&error))?;
    let mut rows = pin!(rows);
    let mut hash = Sha256::new();
    while let Some(row) = rows.try_next().await.map_err(|error| fault(&error))? {
        hash.update(row.get::<_, &[u8]>(0));
    }
    Ok(hex::encode(hash.finalize()))
}

/// Facts, and the identity dimensions they point at.
fn declared(pipelines: &[Pipeline]) -> BTreeMap<String, String> {
    let mut queries = BTreeMap::new();
    for pipeline in pipelines {
        queries.insert(format!("core.{}", pipeline.target.table), fact(pipeline));
        for column in &pipeline.target.columns {
            if let TargetKind::Identity { dimension: Some(dimension), attributes, .. } = &column.kind {
                let query = queries.entry(format!("core.{dimension}")).or_insert_with(String::new);
                let part = identified(&pipeline.target.table, column, dimension, attributes);
                // `union` keeps a child once, however many facts point at it.
                *query = if query.is_empty() { part } else { format!("{query} union {part}") };
            }
        }
    }
    queries
}

fn fact(pipeline: &Pipeline) -> String {
    let mut values =
        vec!["s.dataset".to_owned(), "s.period".into(), "s.deliverer".into(), "(t.known_to is null)".into()];
    let mut joins = String::new();
    for (n, column) in pipeline.target.columns.iter().enumerate() {
        let name = &column.name;
        match &column.kind {
            TargetKind::Value => values.push(format!("t.{}", quoted(name))),
            TargetKind::Identity { .. } => {
                values.push(format!("encode(j{n}.pseudonym, 'hex')"));
                joins += &format!(" left join core.identity as j{n} on j{n}.key = t.{}", quoted(name));
            }
            TargetKind::Dimension { dimension, group } => {
                let keyed = group.as_ref().unwrap_or(dimension);
                values.push(format!("j{n}.code"));
                joins += &format!(
                    " left join {} as j{n} on j{n}.{} = t.{}",
                    in_core(keyed),
                    quoted(&key_of(keyed)),
                    quoted(name)
                );
            }
        }
    }
    format!(
        "select {} as natural from {} as t left join ops.slice as s on s.slice_id = t.slice_id{joins}",
        array(&values),
        in_core(&pipeline.target.table)
    )
}

fn identified(table: &str, column: &TargetColumn, dimension: &str, attributes: &[String]) -> String {
    let mut values = vec!["i.kind".to_owned(), "encode(i.pseudonym, 'hex')".to_owned()];
    values.extend(attributes.iter().map(|attribute| format!("d.{}", quoted(attribute))));
    format!(
        "select {} as natural from {} as d join core.identity as i on i.key = d.{key}
         where exists (select from {} as t where t.{} = d.{key})",
        array(&values),
        in_core(dimension),
        in_core(table),
        quoted(&column.name),
        key = quoted(&key_of(dimension)),
    )
}

/// An array keeps null and empty text apart. One function call takes up to a hundred values.
fn array(values: &[String]) -> String {
    let parts: Vec<String> = values.chunks(90).map(|part| format!("jsonb_build_array({})", part.join(", "))).collect();
    parts.join(" || ")
}

/// Members as the lists tell them: inferred ones stand in the facts, and groups are made of their parts.
async fn dimensions(transaction: &Transaction<'_>, pipelines: &[Pipeline]) -> Result<BTreeMap<String, String>> {
    let columns = pipelines.iter().flat_map(|pipeline| &pipeline.target.columns);
    let groups: Vec<&str> = columns
        .filter_map(|column| match &column.kind {
            TargetKind::Dimension { group, .. } => group.as_deref(),
            _ => None,
        })
        .collect();
    let query = "select c.relname::text from pg_class as c
        join pg_attribute as a on a.attrelid = c.oid and a.attname = 'inferred' and not a.attisdropped
        where c.relnamespace = 'core'::regnamespace and c.relkind = 'r' and c.relname like 'dim\\_%' and c.relname <> all($1::text[])";
    let rows = transaction.query(query, &[&groups]).await.map_err(|error| fault(&error))?;
    let named = rows.iter().map(|row| {
        let table: String = row.get(0);
        let query = format!(
            "select to_jsonb(t) - '{}' - 'inferred' as natural from {} as t where not t.inferred",
            key_of(&table),
            in_core(&table)
        );
        (format!("core.{table}"), query)
    });
    Ok(named.collect())
}

/// What is published, without the columns that tell when.
async fn marts(transaction: &Transaction<'_>) -> Result<BTreeMap<String, String>> {
    let query = "select c.relname::text from pg_class as c
        where c.relnamespace = 'mart_store'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition";
    let rows = transaction.query(query, &[]).await.map_err(|error| fault(&error))?;
    let named = rows.iter().map(|row| {
        let table: String = row.get(0);
        let query = format!("select to_jsonb(t) - array['known_at', 'published_at', 'run_id', 'load_id'] as natural from mart_store.{} as t", quoted(&table));
        (format!("mart.{table}"), query)
    });
    Ok(named.collect())
}
