//! The night's controls and audits → a verdict: stale beats wrong.
//!
//! In: the warehouse after the loads, `sql/control/*.sql` (what should be beside what is) and `sql/audit/*.sql` (rows
//! returned are findings). Out: rows of `ops.control` and a [`Verdict`]; only one that passed gives the [`Passed`] that
//! `publish` takes. Figures are sums and counts; no row's value is stored or told.

mod check;
mod expect;
mod judge;
mod standing;
mod verdict;

pub use expect::expect;
pub use judge::{Marts, judge, judge_changes};
pub use verdict::{Finding, Passed, Verdict};
