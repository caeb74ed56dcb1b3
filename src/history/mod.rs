//! The ledger as the driver and the operator see it: runs, deliveries, quarantine, the run lock.
//!
//! In: a session of the warehouse. Out: what is known of each slice ([`slices`]), decisions written ([`refuse`], [`hold`],
//! [`approve`], [`reject`], [`arrivals`]), what was pulled ([`pulled_versions`]), the run's record ([`record_events`]), and the read models that `status`, `history`,
//! `delivery` and `quarantine` print. Must never: change a fact, or hold a cell value.

mod decide;
mod lock;
mod read;
mod runs;
mod slices;
mod status;
mod validators;

pub use crate::{load::Delivery, model::RunHandle};
pub use decide::{Arrival, approve, arrivals, hold, refuse, reject};
pub use lock::RunLock;
pub use read::{
    DeliveryRow, EventRow, QuarantineEntry, QuarantineGroup, RunDetail, RunRow, deliveries, quarantine, quarantine_of,
    run, runs,
};
pub use runs::{RunEnd, begin_run, finish_run, record_events};
pub use slices::{SliceState, slices};
pub use status::{ArrivalRow, PublicationRow, Status, status};
pub use validators::{PulledVersion, pulled_versions, write_pulled};
