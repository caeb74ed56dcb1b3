//! The columnar ground: slices held in memory or spilled to Arrow IPC, and the DataFusion session over them.
//!
//! In: record batches and reference lists. Out: the same batches, a table of them, or the answer of a query or a
//! predicate. Memory is bounded by one pool per run. Only this module, `validate` and `conform` name DataFusion.
//! A library's message is never shown: it can quote values.

mod plan_fault;
mod predicate;
mod session;
mod slice_table;
mod spool;
mod tables;

pub use plan_fault::{plan_fault, plan_line};
pub use predicate::{Predicate, rows_where};
pub use session::{Engine, Session};
pub use spool::{Spool, Spooled};
