//! The run's own controls: every row read, and every öre, is accounted for.

use serde::{Deserialize, Serialize};

use super::Ore;

/// Rows and money by what became of them. In balance when
/// `read = loaded + unchanged + quarantined + duplicates + merged + control + out_of_scope`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub rows_read: i64,
    /// New versions written.
    pub rows_loaded: i64,
    pub rows_unchanged: i64,
    pub rows_quarantined: i64,
    /// Identical copies of a row, dropped with a warning.
    pub rows_duplicate: i64,
    /// Source rows summed into a fact that another row already stands for.
    pub rows_merged: i64,
    /// Totals that the sender repeats (`Total`, `#RES`), used to check and not loaded.
    pub rows_control: i64,
    pub rows_out_of_scope: i64,
    /// Old versions closed; not part of the balance.
    pub rows_closed: i64,
    /// The same for money, over amounts that parse.
    pub amount_read: Ore,
    pub amount_loaded: Ore,
    pub amount_unchanged: Ore,
    pub amount_quarantined: Ore,
    pub amount_duplicate: Ore,
    pub amount_control: Ore,
    pub amount_out_of_scope: Ore,
}
