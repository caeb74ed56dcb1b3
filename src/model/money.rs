//! Money in öre, so that sums are exact.

use std::{fmt, iter::Sum, ops::AddAssign};

use serde::{Deserialize, Serialize};

/// An amount in öre (1/100 SEK). Costs are positive in the warehouse; credit is negative in SIE.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ore(pub i128);

impl AddAssign for Ore {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Ore {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(|amount| amount.0).sum())
    }
}

impl fmt::Display for Ore {
    /// SEK with two decimals and a point, as PostgreSQL reads `numeric`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let ore = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", ore / 100, ore % 100)
    }
}
