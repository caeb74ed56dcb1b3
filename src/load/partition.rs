//! Partitions of a fact by the slice's calendar year, made before the load and kept for good.

use tokio_postgres::GenericClient;

use crate::{
    error::{Error, Result, codes},
    model::Period,
    warehouse::{
        Session, fault,
        names::{in_core, quoted},
    },
};

/// Serialises the making of partitions among sessions.
const LOCK: i64 = 0x6275_7373_0003;

/// The partition a period's rows go to.
pub(super) fn year_of(period: &Period) -> Result<i16> {
    let digits = period.as_str().get(..4).and_then(|digits| digits.parse().ok());
    digits.ok_or_else(|| Error::new(&codes::load::PERIOD).detail(period))
}

/// Makes the partition of `core.<table>` for a year, unless it is there or the table is not partitioned. Attaching takes a
/// lock that lets other loads go on.
pub(super) async fn ensure(session: &mut Session, table: &str, year: i16) -> Result<()> {
    let partition = format!("{table}_p{year}");
    if !is_missing(&**session, table, &partition).await? {
        return Ok(());
    }
    let tx = session.transaction().await.map_err(|error| fault(&error))?;
    tx.execute("select pg_advisory_xact_lock($1)", &[&LOCK]).await.map_err(|error| fault(&error))?;
    if is_missing(&tx, table, &partition).await? {
        let make = format!(
            "create table {new} (like {parent} including defaults including constraints including comments);
             alter table {parent} attach partition {new} for values in ({year})",
            new = in_core(&partition),
            parent = in_core(table),
        );
        tx.batch_execute(&make).await.map_err(|error| fault(&error))?;
    }
    tx.commit().await.map_err(|error| fault(&error))
}

async fn is_missing(client: &impl GenericClient, table: &str, partition: &str) -> Result<bool> {
    const LOOK: &str = "
        select p.relkind = 'p' and to_regclass($2) is null
        from pg_class as p where p.oid = to_regclass($1)";
    let names = (format!("core.{}", quoted(table)), format!("core.{}", quoted(partition)));
    let row = client.query_opt(LOOK, &[&names.0, &names.1]).await.map_err(|error| fault(&error))?;
    row.map(|row| row.get(0)).ok_or_else(|| Error::new(&codes::load::TABLE_MISSING).detail(format!("core.{table}")))
}
