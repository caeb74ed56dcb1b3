//! Parquet files of a snapshot: zstd-1, hashed while they are written, synced before they are named.
//!
//! Equal batches give equal bytes: no time, no path and no program version goes into a file.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use arrow::{
    array::RecordBatch,
    datatypes::{Schema, SchemaRef},
};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};
use sha2::{Digest, Sha256};

use super::place::{Set, failed, new_file};
use crate::error::{Error, Result, codes::publish as codes};

/// A file written, as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
}

/// A file being written.
pub(super) struct Writer {
    path: PathBuf,
    arrow: ArrowWriter<Hashing>,
    rows: u64,
}

impl Writer {
    pub(super) fn create(path: &Path, set: Set, schema: &SchemaRef) -> Result<Self> {
        let file = new_file(path, set).map_err(|error| failed(path, &error))?;
        let hashing = Hashing { inner: BufWriter::new(file), digest: Sha256::new(), bytes: 0 };
        let arrow = ArrowWriter::try_new(hashing, schema.clone(), Some(properties()?)).map_err(|_| broken(path))?;
        Ok(Self { path: path.to_owned(), arrow, rows: 0 })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        self.arrow.write(batch).map_err(|_| broken(&self.path))
    }

    /// Ends the file and syncs it.
    pub(super) fn finish(self) -> Result<Written> {
        let hashing = self.arrow.into_inner().map_err(|_| broken(&self.path))?;
        let sync = |mut inner: BufWriter<File>| {
            inner.flush()?;
            inner.get_ref().sync_all()
        };
        let (bytes, sha256) = (hashing.bytes, hex::encode(hashing.digest.finalize()));
        sync(hashing.inner).map_err(|error| failed(&self.path, &error))?;
        Ok(Written { rows: self.rows, bytes, sha256 })
    }
}

fn properties() -> Result<WriterProperties> {
    let level = ZstdLevel::try_new(1).map_err(|_| Error::new(&codes::WRITE_FAILED).detail("compression level"))?;
    Ok(WriterProperties::builder().set_compression(Compression::ZSTD(level)).set_created_by("buss".to_owned()).build())
}

/// The library's own words can quote values, so they are left out.
fn broken(path: &Path) -> Error {
    Error::new(&codes::WRITE_FAILED).detail("Parquet").at(path.display())
}

struct Hashing {
    inner: BufWriter<File>,
    digest: Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.digest.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Column names with the words the manifest uses for their types.
pub(super) type Described = Vec<(String, String)>;

pub(super) fn described(schema: &Schema) -> Described {
    schema.fields().iter().map(|field| (field.name().clone(), field.data_type().to_string())).collect()
}
