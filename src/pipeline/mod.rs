//! Declarations: one TOML file per dataset says where rows come from, what they must be and where they go.
//!
//! In: `pipelines/<dataset>.toml` (embedded, overlaid by `[paths] pipelines`). Out: a checked [`Pipeline`],
//! or all findings at once, each with file and line. No I/O beyond reading those files; no data.

mod assets;
mod check;
mod column;
mod coverage;
mod declaration;
mod load;
mod reference;
mod schema;
mod target;
mod version;

pub use assets::{Assets, Files};
pub use column::{Column, ColumnType, KeepWhen, Scope};
pub use coverage::parse_years;
pub use declaration::{Csv, DelivererKind, Format, Merge, Pipeline, Proof, Rule, RuleKind, Xlsx};
pub use load::Declarations;
pub use reference::{CodeList, Reference, fold};
pub use target::{Target, TargetColumn, TargetKind};
