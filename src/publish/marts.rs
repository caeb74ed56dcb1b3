//! Marts: `sql/mart/<mart>.sql` becomes the view `mart.<mart>`, whose rows of the published instant are stored.
//!
//! The view reads the stored rows, or runs the select live when the setting `buss.as_of` is set. Views are made anew only
//! when a text or a table of `core` changed, all of them in one transaction. No row leaves this module.

use sha2::{Digest, Sha256};
use tokio_postgres::{Column, GenericClient, Transaction};

use crate::{
    error::Result,
    pipeline::Files,
    warehouse::{Session, fault, marts::refused, names::quoted},
};

/// Key of the advisory lock under which views are made: "mart" in ASCII.
const LOCK: i64 = 0x6d61_7274;

/// The catalogue of `core` as text: whatever the views of `asof` depend on.
const CATALOGUE: &str = "
    select coalesce(string_agg(c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod), E'\\n'
        order by c.relname, a.attnum), '')
    from pg_class as c
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'core'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition";

const DROP_VIEWS: &str = "
    do $$
    declare
        mart record;
    begin
        for mart in select viewname from pg_views where schemaname = 'mart' loop
            execute format('drop view if exists mart.%I cascade', mart.viewname);
        end loop;
    end
    $$";

/// Makes the views of `asof` and `mart` where they are not what the files and tables say; true when it did.
pub async fn install(session: &mut Session, sql: &Files) -> Result<bool> {
    let transaction = session.transaction().await.map_err(|error| fault(&error))?;
    transaction.execute("select pg_advisory_xact_lock($1)", &[&LOCK]).await.map_err(|error| fault(&error))?;
    let signature = signature(&transaction, sql).await?;
    let installed =
        transaction.query_opt("select signature from ops.installed_views", &[]).await.map_err(|error| fault(&error))?;
    if installed.is_some_and(|row| row.get::<_, String>(0) == signature) {
        return Ok(false);
    }
    transaction.batch_execute(DROP_VIEWS).await.map_err(|error| fault(&error))?;
    transaction.batch_execute("call ops.refresh_asof()").await.map_err(|error| fault(&error))?;
    for (name, select) in marts(sql) {
        make(&transaction, name, select).await.map_err(|error| refused(&error, name))?;
    }
    record(&transaction, &signature).await?;
    transaction.commit().await.map_err(|error| fault(&error))?;
    Ok(true)
}

/// Names and selects of the marts, in order of name.
fn marts(sql: &Files) -> impl Iterator<Item = (&str, &str)> {
    sql.under("mart").filter_map(|(path, text)| {
        let name = path.strip_prefix("mart/")?.strip_suffix(".sql")?;
        Some((name, text.trim_end().trim_end_matches(';')))
    })
}

async fn signature(client: &impl GenericClient, sql: &Files) -> Result<String> {
    let catalogue = client.query_one(CATALOGUE, &[]).await.map_err(|error| fault(&error))?;
    let mut digest = Sha256::new();
    digest.update(catalogue.get::<_, &str>(0));
    for (name, select) in marts(sql) {
        digest.update([0]);
        digest.update(name);
        digest.update([0]);
        digest.update(select);
    }
    Ok(hex::encode(digest.finalize()))
}

/// Makes one mart: its stored table, where no migration made it as the select is, and its view.
async fn make(transaction: &Transaction<'_>, name: &str, select: &str) -> Result<(), tokio_postgres::Error> {
    let live = transaction.prepare(select).await?;
    let (store, view) = (format!("mart_store.{}", quoted(name)), format!("mart.{}", quoted(name)));
    if !stored_as(transaction, name, live.columns()).await? {
        let make = format!(
            "drop table if exists {store}; create table {store} as select * from (\n{select}\n) as live with no data"
        );
        transaction.batch_execute(&make).await?;
    }
    let columns = live.columns().iter().map(|column| quoted(column.name())).collect::<Vec<_>>().join(", ");
    let make = format!(
        "create view {view} as
         select {columns} from {store} where core.known_at() = 'infinity'
         union all
         select {columns} from (\n{select}\n) as live where core.known_at() < 'infinity'"
    );
    transaction.batch_execute(&make).await
}

/// True when the stored table has the select's columns and types.
async fn stored_as(transaction: &Transaction<'_>, name: &str, live: &[Column]) -> Result<bool, tokio_postgres::Error> {
    const COLUMNS: &str = "
        select a.attname::text, a.atttypid, a.atttypmod
        from pg_attribute as a
        where a.attrelid = to_regclass('mart_store.' || quote_ident($1)) and a.attnum > 0 and not a.attisdropped
        order by a.attnum";
    let stored = transaction.query(COLUMNS, &[&name]).await?;
    let same = |(row, column): (&tokio_postgres::Row, &Column)| {
        row.get::<_, &str>(0) == column.name()
            && row.get::<_, u32>(1) == column.type_().oid()
            && row.get::<_, i32>(2) == column.type_modifier()
    };
    Ok(!stored.is_empty() && stored.len() == live.len() && stored.iter().zip(live).all(same))
}

async fn record(transaction: &Transaction<'_>, signature: &str) -> Result<()> {
    let recorded = async {
        transaction
            .batch_execute("call ops.describe_words(); call ops.describe_views(); call ops.grant_views()")
            .await?;
        let upsert = "insert into ops.installed_views (signature) values ($1) on conflict (one) do update set signature = excluded.signature";
        transaction.execute(upsert, &[&signature]).await
    };
    recorded.await.map(drop).map_err(|error| fault(&error))
}
