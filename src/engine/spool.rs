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

/// Batches being written.
pub struct Spool {
    dir: PathBuf,
    schema: SchemaRef,
    limit_bytes: usize,
    bytes: usize,
    rows: usize,
    memory: Vec<RecordBatch>,
    file: Option<(PathBuf, StreamWriter<BufWriter<File>>)>,
}

/// Batches written; the file, if any, is removed on drop.
#[derive(Debug)]
pub struct Spooled {
    schema: SchemaRef,
    rows: usize,
    memory: Vec<RecordBatch>,
    file: Option<PathBuf>,
}

impl Spool {
    /// `dir` must exist with mode 0700; more than `limit_bytes` goes to a file there.
    pub fn new(dir: &Path, schema: SchemaRef, limit_bytes: usize) -> Self {
        Self { dir: dir.to_owned(), schema, limit_bytes, bytes: 0, rows: 0, memory: Vec::new(), file: None }
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
        for batch in self.memory.drain(..) {
            writer.write(&batch)?;
        }
        self.file = Some((path, writer));
        Ok(())
    }

    pub fn finish(mut self) -> Result<Spooled, ArrowError> {
        let file = match self.file.take() {
            Some((path, mut writer)) => {
                writer.finish()?;
                Some(path)
            }
            None => None,
        };
        Ok(Spooled { schema: self.schema.clone(), rows: self.rows, memory: std::mem::take(&mut self.memory), file })
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
    pub fn batches(&self) -> Result<Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send + '_>, ArrowError> {
        match &self.file {
            Some(path) => Ok(Box::new(StreamReader::try_new(BufReader::new(File::open(path)?), None)?)),
            None => Ok(Box::new(self.memory.iter().cloned().map(Ok))),
        }
    }
}

impl Drop for Spooled {
    fn drop(&mut self) {
        if let Some(path) = &self.file {
            // A file left behind is swept at the next start.
            let _ = fs::remove_file(path);
        }
    }
}
