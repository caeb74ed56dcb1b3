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

impl Tally {
    /// Rows read that nothing accounts for; 0 when in balance.
    pub const fn rows_missing(&self) -> i64 {
        self.rows_read
            - self.rows_loaded
            - self.rows_unchanged
            - self.rows_quarantined
            - self.rows_duplicate
            - self.rows_merged
            - self.rows_control
            - self.rows_out_of_scope
    }

    /// Money read that nothing accounts for; 0 when in balance. Summed source rows keep their money.
    pub const fn amount_missing(&self) -> Ore {
        Ore(self.amount_read.0
            - self.amount_loaded.0
            - self.amount_unchanged.0
            - self.amount_quarantined.0
            - self.amount_duplicate.0
            - self.amount_control.0
            - self.amount_out_of_scope.0)
    }
}
