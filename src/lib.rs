//! `buss`: the nightly data-warehouse pipeline of a city's child and youth social care.
//!
//! The data goes one road, and the modules stand in its order. Each stage turns one named type
//! into the next, whose constructor is private to the stage:
//!
//! ```text
//! schedule → extract → land → parse → validate → conform → load → gate → publish
//!            Observed  LandedFile ParsedBatch AcceptedSlice ConformedSlice LoadedSlice Verdict Publication
//! ```
//!
//! Words: [`model`], [`error`]. Declarations: [`settings`], [`pipeline`]. Ground: [`warehouse`]
//! (PostgreSQL), [`engine`] (DataFusion), [`disk`] (durable files), [`privacy`] (pseudonyms, keys), [`telemetry`],
//! [`tls`].
//! Driver: [`plan`] (pure), [`run`], [`history`], [`doctor`]. Edges: [`cli`], [`sample`].
//!
//! Imports go words ← declarations ← ground ← road ← driver ← edges, never back
//! (`tests/it/tidy.rs` holds that).

// Unit tests that need a real server share the harness of the integration tests, which names the crate as they do.
#[cfg(test)]
extern crate self as buss;

pub mod error;
pub mod model;

pub mod pipeline;
pub mod settings;

pub mod disk;
pub mod engine;
pub mod privacy;
pub mod telemetry;
pub mod tls;
pub mod warehouse;

pub mod extract;
pub mod land;
pub mod parse;
pub mod validate;

pub mod conform;
pub mod load;

pub mod gate;
pub mod publish;

pub mod doctor;
pub mod history;
pub mod plan;
pub mod run;

pub mod cli;
pub mod sample;

pub use error::{Error, Result};
