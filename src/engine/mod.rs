//! The columnar ground: slices held in memory or spilled to Arrow IPC, records sorted beside them, and the DataFusion
//! session over them.
//!
//! In: record batches and reference lists. Out: the same batches, a table of them, or the answer of a query or a
//! predicate. Memory is bounded by one pool per run, and by [`Scratch`] for what is kept beside it. Only this module, `validate` and `conform` name DataFusion.
//! A library's message is never shown: it can quote values.

mod digest;
mod plan_fault;
mod predicate;
mod scratch;
mod session;
mod slice_table;
mod sorter;
mod spool;
mod tables;

pub use digest::{RowDigest, digests};
pub use plan_fault::{plan_fault, plan_line};
pub use predicate::{Predicate, rows_where};
pub use scratch::Scratch;
pub use session::{Engine, Session};
pub use sorter::{Record, Sorted, Sorter};
pub use spool::{Spool, Spooled};
