//! Small pieces of SQL text: quoted names, and a table's rows in an order that equal content always has.

use tokio_postgres::GenericClient;

use crate::{
    error::Result,
    warehouse::{Session, fault, names::quoted},
};

/// Columns that say when or by which load: they would make equal content differ, or tell who is protected since when.
const LEFT_OUT: [&str; 2] = ["known_at", "protected_by"];

/// A select of all columns of a relation that a snapshot may hold, in natural order: by `code` where there is one, else by
/// every column from the left. Text is compared byte by byte, so that no server's language settings show.
pub(super) async fn ordered_select(client: &impl GenericClient, schema: &str, relation: &str) -> Result<String> {
    const COLUMNS: &str = "
        select a.attname::text, a.attcollation <> 0
        from pg_attribute as a
        where a.attrelid = format('%I.%I', $1::text, $2::text)::regclass and a.attnum > 0 and not a.attisdropped
        order by a.attnum";
    let rows = client.query(COLUMNS, &[&schema, &relation]).await.map_err(|error| fault(&error))?;
    let columns: Vec<(String, bool)> = rows
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .filter(|(name, _): &(String, bool)| !LEFT_OUT.contains(&name.as_str()))
        .collect();
    let key =
        |(name, text): &(String, bool)| if *text { format!("{} collate \"C\"", quoted(name)) } else { quoted(name) };
    let order = match columns.iter().find(|(name, _)| name == "code") {
        Some(code) => key(code),
        None => columns.iter().map(key).collect::<Vec<_>>().join(", "),
    };
    let names = columns.iter().map(|(name, _)| quoted(name)).collect::<Vec<_>>().join(", ");
    Ok(format!("select {names} from {}.{} order by {order}", quoted(schema), quoted(relation)))
}

/// The tables, not the views, of `core` whose name begins so, in order.
pub(super) async fn core_tables(client: &impl GenericClient, prefix: &str) -> Result<Vec<String>> {
    let query = "
        select c.relname::text
        from pg_class as c
        where c.relnamespace = 'core'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
            and starts_with(c.relname, $1)
        order by 1";
    let rows = client.query(query, &[&prefix]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The one text of a query of one row, on the session itself.
pub(super) async fn text(session: &Session, query: &str) -> Result<String> {
    let row = session.query_one(query, &[]).await.map_err(|error| fault(&error))?;
    Ok(row.get(0))
}
