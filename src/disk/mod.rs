//! Files that last: written whole before they bear their name, flushed with their directory, closed to other accounts.
//!
//! In: bytes or Arrow batches, and a path. Out: a durable file, or the system's error for the caller to name. Must never
//! leave a half-written file under a name that somebody reads, nor know what is in it.

mod directory;
mod draft;
mod parquet;

pub use directory::{flush_directory, private_directory};
pub use draft::Draft;
pub use parquet::{ParquetWriter, Written};
