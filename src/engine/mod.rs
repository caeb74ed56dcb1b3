//! The columnar ground: slices held in memory or spilled to Arrow IPC, and the DataFusion session over them.
//!
//! In: record batches. Out: the same batches, or a DataFusion table of them. Only this module, `validate` and
//! `conform` name DataFusion. A library's message is never shown: it can quote values.

mod spool;

pub use spool::{Spool, Spooled};
