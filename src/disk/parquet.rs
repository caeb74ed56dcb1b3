//! Parquet: zstd-1, hashed and counted while it is written.
//!
//! Equal batches give equal bytes: no time, no path and no program version goes into a file.

use std::io::{self, BufWriter, Write};

use arrow::{array::RecordBatch, datatypes::SchemaRef};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::{ParquetError, Result},
    file::properties::WriterProperties,
};
use sha2::{Digest, Sha256};

/// Rows of a row group; bounds what a writer holds in memory.
const ROW_GROUP: usize = 128 * 1024;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub rows: u64,
    pub bytes: u64,
    /// Of all bytes, in hexadecimal digits.
    pub sha256: String,
}

/// One file being written. The errors of Parquet may quote values: callers give them codes of their own.
pub struct ParquetWriter<W: Write + Send> {
    arrow: ArrowWriter<Hashing<W>>,
    rows: u64,
}

impl<W: Write + Send> ParquetWriter<W> {
    pub fn new(output: W, schema: SchemaRef) -> Result<Self> {
        let hashing = Hashing { output: BufWriter::new(output), hash: Sha256::new(), bytes: 0 };
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .set_created_by("buss".to_owned())
            .build();
        Ok(Self { arrow: ArrowWriter::try_new(hashing, schema, Some(properties))?, rows: 0 })
    }

    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        self.arrow.write(batch)
    }

    /// Writes the file's end and hands the output back, for the caller to flush to disk.
    pub fn finish(self) -> Result<(W, Written)> {
        let Hashing { output, hash, bytes } = self.arrow.into_inner()?;
        let output = output.into_inner().map_err(|error| ParquetError::from(error.into_error()))?;
        Ok((output, Written { rows: self.rows, bytes, sha256: hex::encode(hash.finalize()) }))
    }
}

/// Hashes and counts what is written through it.
struct Hashing<W: Write> {
    output: BufWriter<W>,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.output.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};

    use super::*;

    #[test]
    fn equal_batches_give_equal_files_that_say_what_they_are() {
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..100));
        let batch = RecordBatch::try_from_iter([("n", numbers)]).unwrap();
        let write = || {
            let mut writer = ParquetWriter::new(Vec::new(), batch.schema()).unwrap();
            writer.write(&batch).unwrap();
            writer.finish().unwrap()
        };
        let (bytes, written) = write();
        assert_eq!((written.rows, written.bytes), (100, bytes.len() as u64));
        assert_eq!(written.sha256, hex::encode(Sha256::digest(&bytes)));
        assert_eq!(write().1, written);
    }
}
