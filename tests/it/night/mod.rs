//! Nights as the operator sees them: what changes, what does not, and what is said of it.

mod again;
mod balance;
mod chain;
pub mod change;
mod dataset;
mod gate;
mod held;
pub mod http;
mod placements;
mod rules;

pub use change::{SKARHOLMEN, reports};
