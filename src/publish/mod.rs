//! A passed verdict → marts and snapshot, switched together in one recorded step.
//!
//! In: [`crate::gate::Passed`] and the warehouse at the run's knowledge instant. Out: the rows of `mart_store`, a row of
//! `ops.publication`, a snapshot in both sets and `CURRENT` that names it. A reader never sees a mixture: a snapshot is
//! whole before it is named. No cell value enters an error.

mod core_set;
mod derived;
mod file;
pub mod manifest;
pub mod marts;
mod night;
mod numeric;
mod place;
mod reader;
mod snapshot;
mod sql;
mod state;
mod verify;

pub use night::{Publication, publish, repair, stands};
pub use place::{Place, Set};
pub use state::hash as state;
pub use verify::{Listed, list, manifest, verify};
