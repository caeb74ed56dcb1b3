//! Conformed rows → current rows of the fact: new members, difference, COPY BINARY, one transaction per delivery.
//!
//! In: a [`ConformedSlice`](crate::conform::ConformedSlice) and what is known of its delivery. Out: a [`LoadedSlice`]; the
//! fact's current rows of the slice are then exactly the conformed rows. New members are added before the transaction
//! (idempotent; an orphan is harmless). In the transaction: fence, difference against the current rows, COPY, ledger row,
//! quarantine, protection, slice files; all of it or nothing. Must never: load under an old epoch, write a row of which
//! nothing changed, repeat a commit whose answer was lost without reading the ledger, name a value in an error, or hold in
//! memory what grows with the rows of a slice.
//!
//! Protection: a load turns `dim_child.protected` on in its own transaction and keeps protected rows apart in its own
//! files. Files of *other* slices are put right by [`protect`], which the driver calls after the loads and before the
//! gate; it compares files with the database, so that one cut short is made good by the next run.

mod children;
mod current;
mod declared;
mod derive;
mod files;
mod identities;
pub mod ledger;
mod loader;
mod members;
mod merge;
mod partition;
mod protect;
mod rows;
mod send;
mod shape;
mod stored;
mod sweep;
#[cfg(test)]
mod tests;
mod transaction;

pub use files::{Audience, SliceFile};
pub use ledger::Delivery;
pub use loader::{LoadedSlice, Loader};
pub use protect::protect;
pub use sweep::sweep;

use arrow::datatypes::DataType;

use crate::error::{Error, codes};

/// Rows of the slice cannot be written aside or read back. The library's own message may quote values.
fn unreadable<E>(_: E) -> Error {
    Error::new(&codes::load::CONFORMED)
}

/// A type that a fact cannot have.
fn column_type(kind: DataType) -> Error {
    Error::new(&codes::load::COLUMN_TYPE).detail(kind)
}
