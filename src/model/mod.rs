//! The words of the domain and of the warehouse. No I/O, no policy: only names with their checks.

mod address;
mod delivery;
mod fields;
mod money;
mod names;
mod reason;
mod run;
mod tally;
mod validators;

pub use address::{escaped, file_url};
pub use delivery::{Outcome, Timeliness};
pub use fields::{FieldCount, FieldCounts};
pub use money::Ore;
pub use names::{ContentHash, DatasetName, DelivererCode, LoadId, Period, RunId, SliceKey};
pub use reason::{Reason, Severity};
pub use run::RunHandle;
pub use tally::Tally;
pub use validators::Validators;
