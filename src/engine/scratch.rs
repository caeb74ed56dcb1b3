//! Where a delivery's intermediate data goes: memory while it is little, files when it is more.

use std::path::{Path, PathBuf};

use arrow::datatypes::SchemaRef;

use super::{Record, Sorter, Spool};

/// A directory of intermediate files (it must exist, mode 0700) and the bytes that one piece of data may hold in memory.
#[derive(Debug, Clone)]
pub struct Scratch {
    dir: PathBuf,
    memory_bytes: usize,
}

impl Scratch {
    pub fn new(dir: &Path, memory_bytes: usize) -> Self {
        Self { dir: dir.to_owned(), memory_bytes }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A place for batches.
    pub fn spool(&self, schema: SchemaRef) -> Spool {
        Spool::new(&self.dir, schema, self.memory_bytes)
    }

    /// A place for records that shall be read in order.
    pub fn sorter<R: Record>(&self) -> Sorter<R> {
        Sorter::new(&self.dir, self.memory_bytes / SORTERS)
    }
}

/// A delivery has several sorters at work at once; together they hold about as much as a spool.
const SORTERS: usize = 4;
