//! Parquet files of a slice version: immutable, named by their content, on disk before the load commits.
//!
//! A file holds the natural attributes beside the surrogate keys and no system column but the year, in key order as conformed.
//! Rows of protected children stand in a file of their own (audience `protected`), sorted by all its columns, so that
//! equal rows give an equal file whichever load brought them there.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arrow::{
    array::{BooleanArray, Int16Array, RecordBatch},
    compute::{SortColumn, concat_batches, filter_record_batch, lexsort_to_indices, not, take_record_batch},
    datatypes::{DataType, Field, FieldRef, Schema, SchemaRef},
};
use serde::{Deserialize, Serialize};

use super::{
    shape::Shape,
    stored::{Layout, StoredSlice},
};
use crate::{
    disk::{self, Draft, ParquetWriter, Written},
    error::{Error, Result, codes},
};

/// The partition column, kept inside the files.
const YEAR: &str = "period_year";

static NEXT_FILE: AtomicU64 = AtomicU64::new(0);

/// Mark of a file that is not yet named.
pub(super) const UNFINISHED: &str = ".unfinished-";

/// Who may hold a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Core,
    /// Whole rows of protected children: never linked into a snapshot as it is.
    Protected,
}

/// A file of a slice version, as the ledger names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceFile {
    pub table: String,
    pub audience: Audience,
    pub sha256: String,
    pub rows: u64,
    pub bytes: u64,
}

impl SliceFile {
    /// Where the file lies under the directory of slice files.
    pub fn path(&self, slices: &Path) -> PathBuf {
        slices.join(format!("{}.parquet", self.sha256))
    }
}

fn failed<E>(_: E) -> Error {
    // Messages of Arrow and Parquet may quote values.
    Error::new(&codes::load::FILE)
}

/// Makes the directory of slice files, open to its owner only.
pub(super) fn prepare(slices: &Path) -> Result<()> {
    disk::private_directory(slices).map_err(|error| failed(error).at(slices.display()))
}

/// One file being written. Dropped unfinished, it goes away.
pub(super) struct SliceWriter {
    slices: PathBuf,
    parquet: ParquetWriter<Draft>,
}

impl SliceWriter {
    pub(super) fn create(slices: &Path, schema: SchemaRef) -> Result<Self> {
        let number = NEXT_FILE.fetch_add(1, Ordering::Relaxed);
        let draft = Draft::create(slices.join(format!("{UNFINISHED}{}-{number}", std::process::id())), 0o600);
        let parquet = ParquetWriter::new(draft.map_err(failed)?, schema).map_err(failed)?;
        Ok(Self { slices: slices.to_owned(), parquet })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.parquet.write(batch).map_err(failed)
    }

    /// Puts the file on disk under its name.
    pub(super) fn finish(self, table: &str, audience: Audience) -> Result<SliceFile> {
        let (draft, Written { rows, bytes, sha256 }) = self.parquet.finish().map_err(failed)?;
        let file = SliceFile { table: table.to_owned(), audience, sha256, rows, bytes };
        draft.name(&file.path(&self.slices)).map_err(failed)?;
        Ok(file)
    }
}

/// The files of one slice version, being written.
pub(super) struct SliceFiles {
    slices: PathBuf,
    table: String,
    year: i16,
    /// Derived facts have no rows of their own per slice, and no files.
    wanted: bool,
    core: Option<SliceWriter>,
    protected: Vec<RecordBatch>,
}

impl SliceFiles {
    pub(super) fn new(slices: &Path, shape: &Shape, year: i16) -> Result<Self> {
        prepare(slices)?;
        Ok(Self {
            slices: slices.to_owned(),
            table: shape.table.clone(),
            year,
            wanted: shape.derived.is_none(),
            core: None,
            protected: Vec::new(),
        })
    }

    /// Takes a stored batch of the slice, its rows changed or not.
    pub(super) fn take(&mut self, slice: &StoredSlice, stored: &RecordBatch) -> Result<()> {
        if !self.wanted {
            return Ok(());
        }
        let batch = file_batch(&slice.layout, stored, self.year)?;
        let (open, protected) = apart(&batch, &slice.protected(stored))?;
        self.protected.extend(protected);
        let Some(open) = open else { return Ok(()) };
        if self.core.is_none() {
            self.core = Some(SliceWriter::create(&self.slices, open.schema())?);
        }
        self.core.as_mut().map_or(Ok(()), |core| core.write(&open))
    }

    pub(super) fn finish(self) -> Result<Vec<SliceFile>> {
        let mut files = Vec::with_capacity(2);
        if let Some(core) = self.core {
            files.push(core.finish(&self.table, Audience::Core)?);
        }
        files.extend(write_protected(&self.slices, &self.table, &self.protected)?);
        Ok(files)
    }
}

/// Rows open to the core audience, and rows of protected children.
pub(super) fn apart(
    batch: &RecordBatch,
    protected: &BooleanArray,
) -> Result<(Option<RecordBatch>, Option<RecordBatch>)> {
    match protected.true_count() {
        0 => Ok((Some(batch.clone()), None)),
        count if count == batch.num_rows() => Ok((None, Some(batch.clone()))),
        _ => {
            let open = filter_record_batch(batch, &not(protected).map_err(failed)?).map_err(failed)?;
            Ok((Some(open), Some(filter_record_batch(batch, protected).map_err(failed)?)))
        }
    }
}

/// Writes the protected rows, sorted by all columns; they are few.
pub(super) fn write_protected(slices: &Path, table: &str, batches: &[RecordBatch]) -> Result<Option<SliceFile>> {
    let Some(first) = batches.first() else { return Ok(None) };
    let rows = concat_batches(&first.schema(), batches).map_err(failed)?;
    let by: Vec<SortColumn> =
        rows.columns().iter().map(|column| SortColumn { values: column.clone(), options: None }).collect();
    let order = lexsort_to_indices(&by, None).map_err(failed)?;
    let mut writer = SliceWriter::create(slices, rows.schema())?;
    writer.write(&take_record_batch(&rows, &order).map_err(failed)?)?;
    writer.finish(table, Audience::Protected).map(Some)
}

/// The batch as a file holds it: keys with their natural attributes, without source ids and system columns.
fn file_batch(layout: &Layout, stored: &RecordBatch, year: i16) -> Result<RecordBatch> {
    let batch = stored.project(&layout.file).map_err(failed)?;
    let (schema, mut columns, rows) = batch.into_parts();
    let mut fields: Vec<FieldRef> = schema.fields().iter().cloned().collect();
    if schema.column_with_name(YEAR).is_none() {
        fields.push(Arc::new(Field::new(YEAR, DataType::Int16, true)));
        columns.push(Arc::new(Int16Array::from(vec![year; rows])));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(failed)
}
