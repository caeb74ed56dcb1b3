//! A slice between two stages: in memory while it is small, an Arrow IPC file when it is not.

use std::{
    fs::{self, File},
    io::{BufReader, BufWriter},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use arrow::{
    array::RecordBatch,
    datatypes::SchemaRef,
    error::ArrowError,
    ipc::{reader::StreamReader, writer::StreamWriter},
};

static NEXT_FILE: AtomicU64 = AtomicU64::new(0);

/// Batches as they are read back.
pub type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

/// Batches being written.
pub struct Spool {
    dir: PathBuf,
    schema: SchemaRef,
    limit_bytes: usize,
    bytes: usize,
    rows: usize,
    memory: Vec<RecordBatch>,
    file: Option<(SpoolFile, StreamWriter<BufWriter<File>>)>,
}

/// Batches written; the file, if any, is removed on drop.
#[derive(Debug)]
pub struct Spooled {
    schema: SchemaRef,
    rows: usize,
    memory: Vec<RecordBatch>,
    file: Option<SpoolFile>,
}

/// A file that goes when its owner goes, written to the end or not.
#[derive(Debug)]
struct SpoolFile(PathBuf);

impl Drop for SpoolFile {
    fn drop(&mut self) {
        // A file left behind is swept at the next start.
        let _ = fs::remove_file(&self.0);
    }
}

impl Spool {
    /// `dir` must exist with mode 0700; more than `limit_bytes` goes to a file there.
    pub fn new(dir: &Path, schema: SchemaRef, limit_bytes: usize) -> Self {
        Self { dir: dir.to_owned(), schema, limit_bytes, bytes: 0, rows: 0, memory: Vec::new(), file: None }
    }

    /// Rows pushed so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn push(&mut self, batch: RecordBatch) -> Result<(), ArrowError> {
        self.rows += batch.num_rows();
        self.bytes += batch.get_array_memory_size();
        if self.file.is_none() && self.bytes <= self.limit_bytes {
            self.memory.push(batch);
            return Ok(());
        }
        if self.file.is_none() {
            self.spill()?;
        }
        self.file.as_mut().map_or(Ok(()), |(_, writer)| writer.write(&batch))
    }

    fn spill(&mut self) -> Result<(), ArrowError> {
        let number = NEXT_FILE.fetch_add(1, Ordering::Relaxed);
        let path = self.dir.join(format!("{}-{number}.arrow", std::process::id()));
        let mut writer = StreamWriter::try_new(BufWriter::new(File::create_new(&path)?), &self.schema)?;
        let file = SpoolFile(path);
        for batch in self.memory.drain(..) {
            writer.write(&batch)?;
        }
        self.file = Some((file, writer));
        Ok(())
    }

    pub fn finish(self) -> Result<Spooled, ArrowError> {
        let Self { schema, rows, memory, file, .. } = self;
        let file = match file {
            Some((file, mut writer)) => {
                writer.finish()?;
                Some(file)
            }
            None => None,
        };
        Ok(Spooled { schema, rows, memory, file })
    }
}

impl Spooled {
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The batches in the order written, as often as asked for.
    pub fn batches(&self) -> Result<Batches, ArrowError> {
        match &self.file {
            Some(SpoolFile(path)) => Ok(Box::new(StreamReader::try_new(BufReader::new(File::open(path)?), None)?)),
            None => Ok(Box::new(self.memory.clone().into_iter().map(Ok))),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Int64Array};

    use super::*;

    fn spooled(dir: &Path, limit_bytes: usize) -> Spooled {
        let batch = |first: i64| {
            let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(first..first + 100));
            RecordBatch::try_from_iter([("_record", numbers)]).expect("batch")
        };
        let mut spool = Spool::new(dir, batch(0).schema(), limit_bytes);
        for first in [0, 100, 200] {
            spool.push(batch(first)).expect("push");
        }
        spool.finish().expect("finish")
    }

    #[test]
    fn a_spilled_slice_reads_back_as_one_in_memory_and_leaves_no_file() {
        let dir = tempfile::tempdir().expect("directory");
        let files = || fs::read_dir(dir.path()).expect("listing").count();
        let in_memory = spooled(dir.path(), usize::MAX);
        assert_eq!(files(), 0);
        let spilled = spooled(dir.path(), 1000);
        assert_eq!(files(), 1);
        for _ in 0..2 {
            let read =
                |slice: &Spooled| slice.batches().expect("batches").collect::<Result<Vec<_>, _>>().expect("read");
            assert_eq!(read(&spilled), read(&in_memory));
        }
        assert_eq!((spilled.rows(), in_memory.rows()), (300, 300));
        drop(spilled);
        assert_eq!(files(), 0);
    }
}
