//! The stored rows of the marts: filled from the live selects behind the views `mart.<mart>`.
//!
//! In: a transaction whose setting `buss.as_of` says the instant. Out: the rows of `mart_store`, which others see when it
//! commits. Must never commit: the gate fills marts to judge them and takes them back, publication keeps them. They are
//! computed once for both.

use chrono::{DateTime, Utc};
use tokio_postgres::{GenericClient, Transaction};

use super::{fault, fault_in, names::quoted};
use crate::error::{Error, Result, codes::publish as codes};

/// Names of the marts installed, in order.
pub async fn installed(client: &impl GenericClient) -> Result<Vec<String>> {
    let query = "select viewname::text from pg_views where schemaname = 'mart' order by 1";
    let rows = client.query(query, &[]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Computes every mart as of `known_at`, which the transaction's `buss.as_of` must say, into tables that only this session sees. They
/// outlive the transaction, so that what was judged is what is published.
pub async fn compute(transaction: &Transaction<'_>, known_at: DateTime<Utc>) -> Result<()> {
    for name in installed(transaction).await? {
        let (mart, computed) = (quoted(&name), computed(&name, known_at));
        let make = format!("drop table if exists {computed}; create temporary table {computed} as table mart.{mart}");
        transaction.batch_execute(&make).await.map_err(|error| refused(&error, &name))?;
    }
    Ok(())
}

/// Replaces the stored rows of every mart by those computed for `known_at`; one that was not is computed now. Readers see
/// the old rows until the transaction commits.
pub async fn fill(transaction: &Transaction<'_>, marts: &[String], known_at: DateTime<Utc>) -> Result<()> {
    for name in marts {
        // Table and view are made of one select, so their columns stand in one order.
        let (mart, computed) = (quoted(name), computed(name, known_at));
        let row = transaction.query_one("select to_regclass($1) is not null", &[&computed]).await;
        let is_computed: bool = row.map_err(|error| fault(&error))?.get(0);
        let rows = if is_computed { computed } else { format!("mart.{mart}") };
        let fill = format!("delete from mart_store.{mart}; insert into mart_store.{mart} table {rows}");
        transaction.batch_execute(&fill).await.map_err(|error| refused(&error, name))?;
    }
    Ok(())
}

/// Lets go of what was computed for `known_at`.
pub async fn forget(transaction: &Transaction<'_>, marts: &[String], known_at: DateTime<Utc>) -> Result<()> {
    let drops: String =
        marts.iter().map(|name| format!("drop table if exists {};", computed(name, known_at))).collect();
    transaction.batch_execute(&drops).await.map_err(|error| fault(&error))
}

/// The session's own table of a mart as of an instant.
fn computed(name: &str, known_at: DateTime<Utc>) -> String {
    format!("pg_temp.{}", quoted(&format!("{name}@{}", known_at.timestamp_micros())))
}

/// What the server said of a mart's select, without its words.
pub fn refused(error: &tokio_postgres::Error, name: &str) -> Error {
    fault_in(error, &codes::MART_SQL, &format!("sql/mart/{name}.sql"))
}
