//! The stored rows of the marts: filled from the live selects behind the views `mart.<mart>`.
//!
//! In: a transaction whose setting `buss.as_of` says the instant. Out: the rows of `mart_store`, which others see when it
//! commits. Must never commit: the gate fills marts to judge them and takes them back, publication keeps them.

use tokio_postgres::{GenericClient, Transaction};

use super::{fault, fault_in, names::quoted};
use crate::error::{Error, Result, codes::publish as codes};

/// Names of the marts installed, in order.
pub async fn installed(client: &impl GenericClient) -> Result<Vec<String>> {
    let query = "select viewname::text from pg_views where schemaname = 'mart' order by 1";
    let rows = client.query(query, &[]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Replaces the stored rows of every mart by those of the instant the transaction's `buss.as_of` says. Readers see the old
/// rows until it commits.
pub async fn fill(transaction: &Transaction<'_>, marts: &[String]) -> Result<()> {
    for name in marts {
        // Table and view are made of one select, so their columns stand in one order.
        let mart = quoted(name);
        let fill = format!("delete from mart_store.{mart}; insert into mart_store.{mart} table mart.{mart}");
        transaction.batch_execute(&fill).await.map_err(|error| refused(&error, name))?;
    }
    Ok(())
}

/// What the server said of a mart's select, without its words.
pub fn refused(error: &tokio_postgres::Error, name: &str) -> Error {
    fault_in(error, &codes::MART_SQL, &format!("sql/mart/{name}.sql"))
}
