//! Parquet files of a snapshot, synced before their directory is named.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use arrow::{
    array::RecordBatch,
    datatypes::{Schema, SchemaRef},
};

use super::place::{Set, failed, new_file};
use crate::{
    disk::{ParquetWriter, Written},
    error::{Error, Result, codes::publish as codes},
};

/// A file being written.
pub(super) struct Writer {
    path: PathBuf,
    parquet: ParquetWriter<File>,
}

impl Writer {
    pub(super) fn create(path: &Path, set: Set, schema: &SchemaRef) -> Result<Self> {
        let file = new_file(path, set).map_err(|error| failed(path, &error))?;
        let parquet = ParquetWriter::new(file, schema.clone()).map_err(|_| broken(path))?;
        Ok(Self { path: path.to_owned(), parquet })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.parquet.write(batch).map_err(|_| broken(&self.path))
    }

    /// Ends the file and syncs it.
    pub(super) fn finish(self) -> Result<Written> {
        let (file, written) = self.parquet.finish().map_err(|_| broken(&self.path))?;
        file.sync_all().map_err(|error| failed(&self.path, &error))?;
        Ok(written)
    }
}

/// The library's own words can quote values, so they are left out.
fn broken(path: &Path) -> Error {
    Error::new(&codes::WRITE_FAILED).detail("Parquet").at(path.display())
}

/// Column names with the words the manifest uses for their types.
pub(super) type Described = Vec<(String, String)>;

pub(super) fn described(schema: &Schema) -> Described {
    schema.fields().iter().map(|field| (field.name().clone(), field.data_type().to_string())).collect()
}
