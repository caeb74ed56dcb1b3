//! Pseudonyms, personnummer and keys. What is personal becomes meaningless here, and nothing of it prints.
//!
//! In: ids as they stand in a cell, and the secrets of the settings. Out: 128-bit pseudonyms, birth and sex of a child, and
//! the key that opens the landing. Neither a key nor an id stands in a `Debug`, an error or a log.

pub mod keys;
mod personnummer;
mod pseudonym;
mod scan;

pub use personnummer::{Flaw, Personnummer, Sex};
pub use pseudonym::Pseudonyms;
pub use scan::{Shapes, holds_personnummer};
