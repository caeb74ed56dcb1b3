//! The setting `buss.as_of`: the instant from which a transaction looks at the warehouse.

use chrono::{DateTime, SecondsFormat, Utc};
use tokio_postgres::GenericClient;

use super::fault;
use crate::error::Result;

/// Sets it until the transaction ends; without an instant the transaction sees what is current, and the stored marts.
pub async fn look_as_of(transaction: &impl GenericClient, instant: Option<DateTime<Utc>>) -> Result<()> {
    let text = instant.map(instant_text).unwrap_or_default();
    let set = "select set_config('buss.as_of', $1, true)";
    transaction.execute(set, &[&text]).await.map(drop).map_err(|error| fault(&error))
}

/// An instant with every digit the warehouse keeps: `2027-03-01T06:00:00.000000Z`.
pub fn instant_text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Micros, true)
}
