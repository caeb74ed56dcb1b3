//! Files of slices whose rows hang on a child that was protected after they were written.
//!
//! In: the ledger's current files and `dim_child`. Out: the same rows, those of protected children moved to the protected
//! file, and the ledger naming the new files in the same transaction. What to do is read off the database each time (a
//! slice whose protected file has fewer rows than the fact has rows of protected children), so that it may be cut short and
//! repeated. The driver calls it after the loads and before the gate.

use std::{collections::HashSet, fs::File, path::Path};

use arrow::{
    array::{Array, AsArray, BooleanArray, RecordBatch},
    datatypes::Int64Type,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use super::{
    files::{Audience, SliceFile, SliceWriter, apart, write_protected},
    ledger,
};
use crate::{
    error::{Error, Result, codes},
    model::RunHandle,
    pipeline::{Merge, Pipeline, TargetColumn, TargetKind},
    warehouse::{
        Session, fault,
        names::{in_core, key_of, quoted},
    },
};

/// A fact whose rows hang on a child.
struct Hanging<'a> {
    table: &'a str,
    column: &'a str,
    dimension: &'a str,
}

/// Puts the files of all slices right; gives how many slices were rewritten.
pub async fn protect(session: &mut Session, run: &RunHandle, pipelines: &[Pipeline], slices: &Path) -> Result<usize> {
    let mut rewritten = 0;
    for hanging in pipelines.iter().filter(|pipeline| pipeline.target.merge == Merge::WithinSlice).flat_map(hangings) {
        let children = protected_children(session, hanging.dimension).await?;
        if children.is_empty() {
            continue;
        }
        for slice_id in outdated(session, &hanging).await? {
            rewrite(session, run, &hanging, &children, slice_id, slices).await?;
            rewritten += 1;
        }
    }
    Ok(rewritten)
}

fn hangings(pipeline: &Pipeline) -> impl Iterator<Item = Hanging<'_>> {
    pipeline.target.columns.iter().filter_map(|column: &TargetColumn| match &column.kind {
        TargetKind::Identity { dimension: Some(dimension), attributes, .. }
            if attributes.iter().any(|attribute| attribute == "protected") =>
        {
            Some(Hanging { table: &pipeline.target.table, column: &column.name, dimension })
        }
        _ => None,
    })
}

async fn protected_children(session: &Session, dimension: &str) -> Result<HashSet<i64>> {
    let query = format!("select {} from {} where protected", quoted(&key_of(dimension)), in_core(dimension));
    let rows = session.query(&query, &[]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Slices of which the core file still holds rows of protected children.
async fn outdated(session: &Session, hanging: &Hanging<'_>) -> Result<Vec<i32>> {
    let query = format!(
        "select f.slice_id
         from {fact} as f
         join {dimension} as d on d.{key} = f.{column} and d.protected
         join ops.delivery as v on v.slice_id = f.slice_id and v.is_current
         where f.known_to is null
         group by f.slice_id, v.files
         having count(*) > (
             select coalesce(sum((file ->> 'rows')::bigint), 0) from jsonb_array_elements(v.files) as file
             where file ->> 'audience' = 'protected' and file ->> 'table' = $1
         )
         order by f.slice_id",
        fact = in_core(hanging.table),
        dimension = in_core(hanging.dimension),
        key = quoted(&key_of(hanging.dimension)),
        column = quoted(hanging.column),
    );
    let rows = session.query(&query, &[&hanging.table]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

async fn rewrite(
    session: &mut Session,
    run: &RunHandle,
    hanging: &Hanging<'_>,
    children: &HashSet<i64>,
    slice_id: i32,
    slices: &Path,
) -> Result<()> {
    const FILES: &str = "select files from ops.delivery where slice_id = $1 and is_current";
    const NAME: &str = "update ops.delivery set files = $2 where slice_id = $1 and is_current";
    let unreadable = |_| Error::new(&codes::load::FILE);
    let tx = session.transaction().await.map_err(|error| fault(&error))?;
    ledger::guard(&tx, run, slice_id).await?;
    let files: Value = tx.query_one(FILES, &[&slice_id]).await.map_err(|error| fault(&error))?.get(0);
    let files: Vec<SliceFile> = serde_json::from_value(files).map_err(unreadable)?;
    let moved = move_rows(&files, hanging, children, slices)?;
    let moved = serde_json::to_value(moved).map_err(unreadable)?;
    tx.execute(NAME, &[&slice_id, &moved]).await.map_err(|error| fault(&error))?;
    tx.commit().await.map_err(|error| fault(&error))
}

/// Reads the files of a version and writes them anew, protected rows apart. The old files are left to the sweep.
fn move_rows(
    files: &[SliceFile],
    hanging: &Hanging<'_>,
    children: &HashSet<i64>,
    slices: &Path,
) -> Result<Vec<SliceFile>> {
    let (mut core, mut protected) = (None::<SliceWriter>, Vec::new());
    let (own, mut kept): (Vec<&SliceFile>, Vec<&SliceFile>) =
        files.iter().partition(|file| file.table == hanging.table);
    for file in own {
        for batch in read(&file.path(slices))? {
            let batch = batch?;
            let held = match file.audience {
                Audience::Protected => BooleanArray::from(vec![true; batch.num_rows()]),
                Audience::Core => of_children(&batch, hanging.column, children)?,
            };
            let (open, held) = apart(&batch, &held)?;
            protected.extend(held);
            let Some(open) = open else { continue };
            if core.is_none() {
                core = Some(SliceWriter::create(slices, open.schema())?);
            }
            core.as_mut().map_or(Ok(()), |core| core.write(&open))?;
        }
    }
    let mut moved: Vec<SliceFile> = kept.drain(..).cloned().collect();
    if let Some(core) = core {
        moved.push(core.finish(hanging.table, Audience::Core)?);
    }
    moved.extend(write_protected(slices, hanging.table, &protected)?);
    Ok(moved)
}

fn read(path: &Path) -> Result<impl Iterator<Item = Result<RecordBatch>>> {
    let failed = || Error::new(&codes::load::FILE).at(path.display());
    let file = File::open(path).map_err(|_| failed())?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|_| failed())?.with_batch_size(8192).build();
    Ok(reader.map_err(|_| failed())?.map(|batch| batch.map_err(|_| Error::new(&codes::load::FILE))))
}

fn of_children(batch: &RecordBatch, column: &str, children: &HashSet<i64>) -> Result<BooleanArray> {
    let keys = batch.column_by_name(column).and_then(|column| column.as_primitive_opt::<Int64Type>());
    let keys = keys.ok_or_else(|| Error::new(&codes::load::FILE))?;
    Ok((0..keys.len()).map(|row| Some(!keys.is_null(row) && children.contains(&keys.value(row)))).collect())
}
