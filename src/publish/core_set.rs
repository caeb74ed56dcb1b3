//! Facts of the star's snapshot: the slices' own files are linked, and what is protected is merged without its district.
//! Facts without files of their own are read from the database.
//!
//! In: the ledger's files of the loads in force, in which the load has set rows of protected children apart. Out: files of a
//! snapshot. A protected child's row never stands in a file whose name or columns tell its district.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use arrow::{
    array::{Array, RecordBatch, new_null_array},
    compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch},
    datatypes::{Field, Schema},
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;
use tokio_postgres::GenericClient;

use super::{
    derived::{self, Queries},
    file::{Described, Writer, described},
    manifest::{FileEntry, Table},
    place::{Place, Set, failed, make_dir},
    reader,
};
use crate::{
    error::{Error, Result, codes::publish as codes},
    warehouse::fault,
};

/// Columns that tell a district, beside those whose name begins with `district`.
const TELLS_DISTRICT: [&str; 4] = ["slice_id", "load_id", "deliverer", "region"];
/// The one file of a fact's protected rows.
const PROTECTED: &str = "protected.parquet";

/// A file that a load wrote, as the ledger has it.
#[derive(Debug, Clone, Deserialize)]
struct SliceFile {
    table: String,
    audience: String,
    sha256: String,
    rows: u64,
    bytes: u64,
}

/// Files of one fact: (name in the snapshot, file).
#[derive(Default)]
struct FactFiles {
    open: Vec<(String, SliceFile)>,
    protected: Vec<SliceFile>,
}

/// Writes the facts into `dir`; gives them as the manifest lists them.
pub(super) async fn facts(client: &impl GenericClient, place: &Place, dir: &Path) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    let filed = in_force(client).await?;
    let fact = |table: &String| Fact { place, dir: dir.join(table), table: table.clone() };
    for table in derived::facts(client, filed.keys()).await? {
        tables.push(fact(&table).read(client).await?);
    }
    for (table, files) in &filed {
        tables.push(fact(table).write(files)?);
    }
    Ok(tables)
}

async fn in_force(client: &impl GenericClient) -> Result<BTreeMap<String, FactFiles>> {
    const FILES: &str = "
        select a.period || '_' || a.deliverer, file.value::text
        from asof.delivery as a
        join ops.delivery as d on d.delivery_id = a.delivery_id
        cross join lateral jsonb_array_elements(d.files) as file (value)
        order by 1, 2";
    let mut facts: BTreeMap<String, FactFiles> = BTreeMap::new();
    for row in client.query(FILES, &[]).await.map_err(|error| fault(&error))? {
        let (slice, text): (String, String) = (row.get(0), row.get(1));
        let file: SliceFile = serde_json::from_str(&text)
            .map_err(|_| Error::new(&codes::SLICE_FILE_MISSING).detail("ops.delivery.files").at(&slice))?;
        let fact = facts.entry(file.table.clone()).or_default();
        if file.audience == Set::Core.name() {
            let name = format!("{slice}_{}.parquet", file.sha256.get(..12).unwrap_or_default());
            fact.open.push((name, file));
        } else {
            fact.protected.push(file);
        }
    }
    Ok(facts)
}

struct Fact<'a> {
    place: &'a Place,
    dir: PathBuf,
    table: String,
}

impl Fact<'_> {
    fn write(&self, files: &FactFiles) -> Result<Table> {
        make_dir(&self.dir, Set::Core)?;
        let mut merged = Merged::default();
        let mut entries = Vec::new();
        let mut schema = Vec::new();
        for (name, file) in &files.open {
            let (entry, columns) = self.link(name, file)?;
            entries.push(entry);
            schema = columns;
        }
        for file in &files.protected {
            for batch in self.batches(file)? {
                merged.push(&batch?)?;
            }
        }
        if let Some(batch) = merged.finish()? {
            schema = described(&batch.schema());
            entries.push(self.write_protected(&batch)?);
        }
        Ok(Table::new(&self.table, schema, entries))
    }

    /// Writes the rows that no slice alone tells.
    async fn read(&self, client: &impl GenericClient) -> Result<Table> {
        make_dir(&self.dir, Set::Core)?;
        let queries = Queries::of(client, &self.table).await?;
        let name = format!("{}.parquet", self.table);
        let (mut writer, mut columns, mut merged) = (None, Vec::new(), Merged::default());
        reader::read(client, &queries.open, |schema, batch| {
            if let (Some(batch), Some(writer)) = (batch, &mut writer) {
                return Writer::write(writer, &batch);
            }
            columns = described(schema);
            writer = Some(Writer::create(&self.dir.join(&name), Set::Core, schema)?);
            Ok(())
        })
        .await?;
        let broken = || Error::new(&codes::WRITE_FAILED).detail(&self.table);
        let written = writer.ok_or_else(broken)?.finish()?;
        let (path, rows) = (self.path(&name), written.rows);
        let mut entries = vec![FileEntry { path, rows, bytes: written.bytes, sha256: written.sha256 }];
        if let Some(protected) = &queries.protected {
            reader::read(client, protected, |_, batch| batch.map_or(Ok(()), |batch| merged.push(&batch))).await?;
        }
        if let Some(batch) = merged.finish()? {
            entries.push(self.write_protected(&batch)?);
        }
        Ok(Table::new(&self.table, columns, entries))
    }

    /// Links a slice's file, or copies it where the snapshots lie on another file system.
    fn link(&self, name: &str, file: &SliceFile) -> Result<(FileEntry, Described)> {
        let source = self.source(file);
        let columns = described(open(&source, file)?.schema());
        let target = self.dir.join(name);
        fs::hard_link(&source, &target).or_else(|_| copy(&source, &target)).map_err(|error| failed(&target, &error))?;
        let entry =
            FileEntry { path: self.path(name), rows: file.rows, bytes: file.bytes, sha256: file.sha256.clone() };
        Ok((entry, columns))
    }

    fn batches(&self, file: &SliceFile) -> Result<impl Iterator<Item = Result<RecordBatch>> + use<>> {
        let source = self.source(file);
        let reader = open(&source, file)?.build().map_err(|_| damaged(&source))?;
        Ok(reader.map(move |batch| batch.map_err(|_| damaged(&source))))
    }

    fn write_protected(&self, batch: &RecordBatch) -> Result<FileEntry> {
        let mut writer = Writer::create(&self.dir.join(PROTECTED), Set::Core, &batch.schema())?;
        writer.write(batch)?;
        let written = writer.finish()?;
        Ok(FileEntry { path: self.path(PROTECTED), rows: written.rows, bytes: written.bytes, sha256: written.sha256 })
    }

    fn source(&self, file: &SliceFile) -> PathBuf {
        self.place.slices.join(format!("{}.parquet", file.sha256))
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.table)
    }
}

fn open(source: &Path, file: &SliceFile) -> Result<ParquetRecordBatchReaderBuilder<fs::File>> {
    let opened = fs::File::open(source).map_err(|error| damaged(source).detail(error.kind()))?;
    if opened.metadata().map(|data| data.len()).ok() != Some(file.bytes) {
        return Err(damaged(source));
    }
    ParquetRecordBatchReaderBuilder::try_new(opened).map_err(|_| damaged(source))
}

fn damaged(source: &Path) -> Error {
    Error::new(&codes::SLICE_FILE_MISSING).at(source.display())
}

fn copy(source: &Path, target: &Path) -> io::Result<()> {
    fs::copy(source, target)?;
    fs::File::open(target)?.sync_all()
}

/// Protected rows of all slices of a fact, without what tells their district.
#[derive(Default)]
struct Merged(Vec<RecordBatch>);

impl Merged {
    fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_rows() > 0 {
            self.0.push(without_district(batch)?);
        }
        Ok(())
    }

    /// All rows, sorted by every column, so that neither order nor neighbours tell a slice.
    fn finish(self) -> Result<Option<RecordBatch>> {
        let Some(first) = self.0.first() else { return Ok(None) };
        let broken = |_| Error::new(&codes::WRITE_FAILED).detail("protected rows");
        let all = concat_batches(&first.schema(), &self.0).map_err(broken)?;
        let keys: Vec<SortColumn> = all
            .columns()
            .iter()
            .filter(|column| column.null_count() < column.len())
            .map(|column| SortColumn { values: column.clone(), options: None })
            .collect();
        let order = lexsort_to_indices(&keys, None).map_err(broken)?;
        take_record_batch(&all, &order).map(Some).map_err(broken)
    }
}

fn without_district(batch: &RecordBatch) -> Result<RecordBatch> {
    let tells = |name: &str| name.starts_with("district") || TELLS_DISTRICT.contains(&name);
    let fields: Vec<Field> =
        batch.schema().fields().iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
    let columns = batch
        .columns()
        .iter()
        .zip(&fields)
        .map(
            |(column, field)| {
                if tells(field.name()) { new_null_array(field.data_type(), column.len()) } else { column.clone() }
            },
        )
        .collect();
    RecordBatch::try_new(std::sync::Arc::new(Schema::new(fields)), columns)
        .map_err(|_| Error::new(&codes::WRITE_FAILED).detail("protected rows"))
}
