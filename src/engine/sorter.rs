//! Records of a few numbers, given in any order and read back sorted: in memory while they are few, else in sorted runs on disk.
//!
//! It stands where a set or a map over all rows of a slice would: memory stays the same however many rows there are.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    vec,
};

static NEXT_RUN: AtomicU64 = AtomicU64::new(0);

/// Bytes read ahead of each run.
const AHEAD: usize = 32 << 10;

/// What can be sorted: integers and tuples of them.
pub trait Record: Copy + Ord {
    fn write(self, output: &mut impl Write) -> io::Result<()>;
    fn read(input: &mut impl Read) -> io::Result<Self>;
}

/// Records being gathered.
#[derive(Debug)]
pub struct Sorter<R> {
    dir: PathBuf,
    /// Records that memory may hold.
    limit: usize,
    held: Vec<R>,
    runs: Vec<Run<R>>,
}

/// All records in order, equal ones beside each other.
#[derive(Debug)]
pub struct Sorted<R> {
    runs: Vec<Run<R>>,
    /// The least unread record of each run.
    next: BinaryHeap<Reverse<(R, usize)>>,
}

/// Records in order.
#[derive(Debug)]
enum Run<R> {
    Memory(vec::IntoIter<R>),
    /// A file without a name, which goes when it is closed, and the number of records left in it.
    File(BufReader<File>, usize),
}

impl<R: Record> Sorter<R> {
    /// `dir` must exist with mode 0700; more than `limit_bytes` goes to files there.
    pub fn new(dir: &Path, limit_bytes: usize) -> Self {
        let limit = (limit_bytes / size_of::<R>()).max(1);
        Self { dir: dir.to_owned(), limit, held: Vec::new(), runs: Vec::new() }
    }

    pub fn push(&mut self, record: R) -> io::Result<()> {
        if self.held.len() == self.limit {
            self.spill()?;
        }
        self.held.push(record);
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        let mut output = BufWriter::new(nameless(&self.dir)?);
        self.held.iter().try_for_each(|record| record.write(&mut output))?;
        let mut file = output.into_inner()?;
        file.rewind()?;
        self.runs.push(Run::File(BufReader::with_capacity(AHEAD, file), self.held.len()));
        self.held.clear();
        Ok(())
    }

    pub fn finish(mut self) -> io::Result<Sorted<R>> {
        self.held.sort_unstable();
        self.runs.push(Run::Memory(self.held.into_iter()));
        let mut next = BinaryHeap::with_capacity(self.runs.len());
        for (at, run) in self.runs.iter_mut().enumerate() {
            next.extend(run.take()?.map(|record| Reverse((record, at))));
        }
        Ok(Sorted { runs: self.runs, next })
    }
}

impl<R: Record> Run<R> {
    fn take(&mut self) -> io::Result<Option<R>> {
        match self {
            Self::Memory(records) => Ok(records.next()),
            Self::File(_, 0) => Ok(None),
            Self::File(file, left) => {
                *left -= 1;
                R::read(file).map(Some)
            }
        }
    }
}

impl<R: Record> Iterator for Sorted<R> {
    type Item = io::Result<R>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut least = self.next.peek_mut()?;
        let Reverse((record, run)) = *least;
        match self.runs[run].take() {
            Ok(Some(following)) => least.0.0 = following,
            Ok(None) => drop(PeekMut::pop(least)),
            Err(error) => {
                drop(least);
                self.next.clear();
                return Some(Err(error));
            }
        }
        Some(Ok(record))
    }
}

macro_rules! integers {
    ($($kind:ty),*) => {
        $(impl Record for $kind {
            fn write(self, output: &mut impl Write) -> io::Result<()> {
                output.write_all(&self.to_le_bytes())
            }
            fn read(input: &mut impl Read) -> io::Result<Self> {
                let mut bytes = [0; size_of::<Self>()];
                input.read_exact(&mut bytes)?;
                Ok(Self::from_le_bytes(bytes))
            }
        })*
    };
}

macro_rules! tuples {
    ($($kind:ident $at:tt),*) => {
        impl<$($kind: Record),*> Record for ($($kind,)*) {
            fn write(self, output: &mut impl Write) -> io::Result<()> {
                $(self.$at.write(output)?;)*
                Ok(())
            }
            fn read(input: &mut impl Read) -> io::Result<Self> {
                Ok(($($kind::read(input)?,)*))
            }
        }
    };
}

integers!(i64, u64, u128);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2, D 3);

/// A new file, open for writing and reading, whose name is gone already.
fn nameless(dir: &Path) -> io::Result<File> {
    let number = NEXT_RUN.fetch_add(1, Ordering::Relaxed);
    let path = dir.join(format!("{}-{number}.run", std::process::id()));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    fs::remove_file(&path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(dir: &Path, limit_bytes: usize, records: &[(u64, i64)]) -> Vec<(u64, i64)> {
        let mut sorter = Sorter::new(dir, limit_bytes);
        records.iter().try_for_each(|record| sorter.push(*record)).expect("pushed");
        sorter.finish().expect("finished").collect::<io::Result<_>>().expect("read")
    }

    proptest! {
        #[test]
        fn records_come_back_in_order_whether_they_fit_in_memory_or_not(
            records in prop::collection::vec((0_u64..20, -3_i64..3), 0..200), limit_bytes in prop_oneof![Just(0), Just(100), Just(1 << 20)],
        ) {
            let dir = tempfile::tempdir().expect("directory");
            let mut expected = records.clone();
            expected.sort_unstable();
            prop_assert_eq!(sorted(dir.path(), limit_bytes, &records), expected);
            prop_assert_eq!(fs::read_dir(dir.path()).expect("listing").count(), 0);
        }
    }
}
