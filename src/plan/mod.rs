//! What a run will do, and why: a pure list that `buss plan` prints, `run` executes and the ledger records.
//!
//! In: what is expected ([`expected`]), what was observed, what the ledger knows. Out: one [`Step`] per expected slice.
//! No I/O, no clock: everything is an argument.

mod decide;
mod expected;
mod step;

pub use decide::{Held, Known, Seen, Version, decide};
pub use expected::{Expected, Selection, expected};
pub use step::{Action, Origin, Plan, Step, Why};
