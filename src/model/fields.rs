//! How full each declared field of a delivery is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Cells of one field over the accepted rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldCount {
    pub rows: i64,
    /// Cells that hold a value; unknown, suppressed and not applicable do not.
    pub filled: i64,
}

/// Counts by field, as `ops.delivery.fields` keeps them.
pub type FieldCounts = BTreeMap<String, FieldCount>;
