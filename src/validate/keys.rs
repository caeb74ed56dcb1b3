//! Declared keys and unique columns: copies of one row are dropped, rows that contradict each other are all rejected.
//!
//! Groups of more than one row are found by the engine, which spills; then they are read in order of key, so that only one
//! group is held at a time. A row whose key did not parse has no key and contradicts nobody.

use std::{collections::HashSet, sync::Arc};

use arrow::{
    array::{ArrayRef, AsArray, RecordBatch},
    datatypes::Int64Type,
    row::{OwnedRow, RowConverter, SortField},
};
use futures::TryStreamExt;

use super::validator::Found;
use crate::{
    engine::Session,
    model::{Reason, Severity},
    pipeline::Pipeline,
};

/// What must be told apart within one slice.
pub(super) struct Keys {
    key: Vec<String>,
    unique: Vec<String>,
    dataset: String,
}

impl Keys {
    pub fn of(pipeline: &Pipeline) -> Self {
        let unique = pipeline.columns.iter().filter(|column| column.unique).map(|column| column.name.clone());
        Self { key: pipeline.key.clone(), unique: unique.collect(), dataset: pipeline.name.to_string() }
    }
}

/// One of several rows with the same key.
struct Copy {
    record: i64,
    line: i64,
    content: OwnedRow,
}

/// Adds what the keys say to `found`. Fails with the rule that could not be evaluated.
pub(super) async fn check(session: &Session, keys: &Keys, found: &mut Found) -> Result<(), String> {
    if !keys.key.is_empty() {
        let rule = format!("{}.key.conflict", keys.dataset);
        let duplicate: Arc<str> = format!("{}.key.duplicate", keys.dataset).into();
        let (conflict, column): (Arc<str>, Arc<str>) = (rule.as_str().into(), keys.key[0].as_str().into());
        groups(session, &keys.key, |copies| same_key(copies, &conflict, &duplicate, &column, found))
            .await
            .ok_or(rule)?;
    }
    for column in &keys.unique {
        let rule = format!("{}.{column}.unique", keys.dataset);
        let (id, name): (Arc<str>, Arc<str>) = (rule.as_str().into(), column.as_str().into());
        let columns = std::slice::from_ref(column);
        groups(session, columns, |copies| not_unique(copies, &id, &name, found)).await.ok_or(rule)?;
    }
    Ok(())
}

/// Identical copies are dropped but for the first; any difference rejects them all.
fn same_key(copies: &[Copy], conflict: &Arc<str>, duplicate: &Arc<str>, column: &Arc<str>, found: &mut Found) {
    let contents: HashSet<_> = copies.iter().map(|copy| copy.content.row()).collect();
    if contents.len() > 1 {
        for copy in copies {
            let class = format!("rows={} versions={}", copies.len(), contents.len());
            found.add(reason(copy, conflict, column, class, Severity::Reject));
        }
        return;
    }
    for copy in copies.iter().skip(1) {
        found.duplicates.insert(copy.record);
        let class = format!("copy of record {}", copies[0].record);
        found.add(reason(copy, duplicate, column, class, Severity::Warn));
    }
}

/// Several rows with one value in a unique column; copies that are dropped anyway do not count.
fn not_unique(copies: &[Copy], rule: &Arc<str>, column: &Arc<str>, found: &mut Found) {
    let kept: Vec<_> = copies.iter().filter(|copy| !found.duplicates.contains(copy.record)).collect();
    if kept.len() > 1 {
        for copy in &kept {
            found.add(reason(copy, rule, column, format!("rows={}", kept.len()), Severity::Reject));
        }
    }
}

fn reason(copy: &Copy, rule: &Arc<str>, column: &Arc<str>, class: String, severity: Severity) -> Reason {
    Reason {
        record: copy.record,
        line: copy.line,
        rule: rule.clone(),
        column: Some(column.clone()),
        class,
        severity,
        heals: false,
    }
}

/// Visits each group of two or more rows with equal values in `columns`, in file order within the group. `None` when
/// the query fails.
async fn groups(session: &Session, columns: &[String], mut visit: impl FnMut(&[Copy])) -> Option<()> {
    let mut rows = session.query(&doubled(columns)).await.ok()?.execute_stream().await.ok()?;
    let fields = rows.schema();
    let position = |name: &str| fields.index_of(name).ok();
    let key: Vec<usize> = columns.iter().map(|name| position(name)).collect::<Option<_>>()?;
    let content: Vec<usize> =
        (0..fields.fields().len()).filter(|&at| !fields.field(at).name().starts_with('_')).collect();
    let converter = |of: &[usize]| {
        RowConverter::new(of.iter().map(|&at| SortField::new(fields.field(at).data_type().clone())).collect()).ok()
    };
    let (keys, contents) = (converter(&key)?, converter(&content)?);
    let mut group: Option<(OwnedRow, Vec<Copy>)> = None;
    while let Some(batch) = rows.try_next().await.ok()? {
        let batch_keys = keys.convert_columns(&pick(&batch, &key)).ok()?;
        let batch_contents = contents.convert_columns(&pick(&batch, &content)).ok()?;
        let records = batch.column(position("_record")?).as_primitive::<Int64Type>();
        let lines = batch.column(position("_line")?).as_primitive::<Int64Type>();
        for row in 0..batch.num_rows() {
            let copy =
                Copy { record: records.value(row), line: lines.value(row), content: batch_contents.row(row).owned() };
            match &mut group {
                Some((of, copies)) if of.row() == batch_keys.row(row) => copies.push(copy),
                _ => {
                    if let Some((_, copies)) = group.replace((batch_keys.row(row).owned(), vec![copy])) {
                        visit(&copies);
                    }
                }
            }
        }
    }
    if let Some((_, copies)) = group {
        visit(&copies);
    }
    Some(())
}

fn pick(batch: &RecordBatch, columns: &[usize]) -> Vec<ArrayRef> {
    columns.iter().map(|&column| batch.column(column).clone()).collect()
}

/// All columns of the rows that share their values in `columns`, in order of these. The doubled keys, which are few, are
/// the side of the join that is held in memory.
fn doubled(columns: &[String]) -> String {
    let list = |prefix: &str| columns.iter().map(|name| format!("{prefix}\"{name}\"")).collect::<Vec<_>>().join(", ");
    let equal = columns.iter().map(|name| format!("s.\"{name}\" = d.\"{name}\"")).collect::<Vec<_>>().join(" and ");
    let own = list("");
    format!(
        "select s.* from (select {own} from slice group by {own} having count(*) > 1) as d right semi join slice as s \
         on {equal} order by {}, s._record",
        list("s.")
    )
}
