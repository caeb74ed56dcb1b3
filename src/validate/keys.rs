//! Declared keys and unique columns: copies of one row are dropped, rows that contradict each other are all rejected.
//!
//! Digests of key and row are sorted, on disk where they are many, so that only one group of equal keys is held at a time. A
//! row whose key did not parse has no key and contradicts nobody.

use std::{collections::HashSet, io, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, RecordBatch},
    datatypes::{DataType, SchemaRef},
};

use super::{rules::Places, validator::Found};
use crate::{
    engine::{RowDigest, Scratch, Sorted, Sorter, digests},
    model::{Reason, Severity},
    pipeline::Pipeline,
};

/// Digest of the key, record, line, digest of the whole row.
type Keyed = (RowDigest, i64, i64, RowDigest);

/// What must be told apart within one slice, and the rows seen so far.
pub(super) struct Keys {
    dataset: String,
    key: Option<Gathered>,
    unique: Vec<Gathered>,
    /// Positions of everything that the sender said.
    content: Vec<usize>,
}

/// The rows by one set of columns.
struct Gathered {
    /// The column that a reason names.
    column: Arc<str>,
    positions: Vec<usize>,
    rows: Sorter<Keyed>,
}

/// Why keys cannot be told apart.
#[derive(Debug)]
pub(super) struct Failed;

impl From<io::Error> for Failed {
    fn from(_: io::Error) -> Self {
        Self
    }
}

impl From<DataType> for Failed {
    fn from(_: DataType) -> Self {
        Self
    }
}

/// One of several rows with the same key.
struct Copy {
    record: i64,
    line: i64,
    content: RowDigest,
}

impl Keys {
    pub fn of(pipeline: &Pipeline, schema: &SchemaRef, scratch: &Scratch) -> Self {
        let gathered = |columns: &[String]| {
            let positions = columns.iter().map(|name| schema.index_of(name).ok()).collect::<Option<Vec<_>>>()?;
            Some(Gathered { column: columns.first()?.as_str().into(), positions, rows: scratch.sorter() })
        };
        let unique = pipeline.columns.iter().filter(|column| column.unique);
        Self {
            dataset: pipeline.name.to_string(),
            key: gathered(&pipeline.key),
            unique: unique.filter_map(|column| gathered(std::slice::from_ref(&column.name))).collect(),
            content: (0..schema.fields().len()).filter(|&at| !schema.field(at).name().starts_with('_')).collect(),
        }
    }

    /// Remembers the rows of a batch.
    pub fn take(&mut self, rows: &RecordBatch, places: &Places<'_>) -> Result<(), Failed> {
        if self.key.is_none() && self.unique.is_empty() {
            return Ok(());
        }
        let content = digests(&columns(rows, &self.content), rows.num_rows())?;
        for gathered in self.key.iter_mut().chain(&mut self.unique) {
            let key = columns(rows, &gathered.positions);
            let digests = digests(&key, rows.num_rows())?;
            for row in (0..rows.num_rows()).filter(|&row| key.iter().all(|column| column.is_valid(row))) {
                gathered.rows.push((digests[row], places.record(row), places.line(row), content[row]))?;
            }
        }
        Ok(())
    }

    /// Adds what the keys say to `found`.
    pub fn check(self, found: &mut Found) -> Result<(), Failed> {
        let dataset = self.dataset;
        if let Some(key) = self.key {
            let conflict: Arc<str> = format!("{dataset}.key.conflict").into();
            let duplicate: Arc<str> = format!("{dataset}.key.duplicate").into();
            groups(key.rows.finish()?, |copies| same_key(copies, &conflict, &duplicate, &key.column, found))?;
        }
        for unique in self.unique {
            let rule: Arc<str> = format!("{dataset}.{}.unique", unique.column).into();
            groups(unique.rows.finish()?, |copies| not_unique(copies, &rule, &unique.column, found))?;
        }
        Ok(())
    }
}

fn columns<'a>(rows: &'a RecordBatch, positions: &[usize]) -> Vec<&'a ArrayRef> {
    positions.iter().map(|&at| rows.column(at)).collect()
}

/// Visits each group of two or more rows with one key, in file order within the group.
fn groups(rows: Sorted<Keyed>, mut visit: impl FnMut(&[Copy])) -> Result<(), Failed> {
    let (mut of, mut copies) = (None, Vec::new());
    for row in rows {
        let (key, record, line, content) = row?;
        if of.replace(key) != Some(key) {
            if copies.len() > 1 {
                visit(&copies);
            }
            copies.clear();
        }
        copies.push(Copy { record, line, content });
    }
    if copies.len() > 1 {
        visit(&copies);
    }
    Ok(())
}

/// Identical copies are dropped but for the first; any difference rejects them all.
fn same_key(copies: &[Copy], conflict: &Arc<str>, duplicate: &Arc<str>, column: &Arc<str>, found: &mut Found) {
    let contents: HashSet<_> = copies.iter().map(|copy| copy.content).collect();
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
