//! Facts that have no files of their own slices, because several slices tell one row: read from the database.
//!
//! In: a fact of the star as it is known at the transaction's instant. Out: the same columns as a slice's file has: keys with
//! their natural attributes, without source ids and system columns, rows of protected children apart.

use std::fmt::Write as _;

use tokio_postgres::GenericClient;

use crate::{
    error::Result,
    warehouse::{
        fault,
        names::{in_core, quoted},
    },
};

/// Attributes of a dimension that stay out of every file.
const LEFT_OUT: &str = "'{code,label,inferred,protected,protected_by}'";

/// A column of the fact, and what is known of the dimension that it keys.
struct Column {
    name: String,
    dimension: Option<String>,
    has_code: bool,
    protects: bool,
    attributes: Vec<String>,
}

/// Queries of a fact's rows: open ones, and those of protected children, where there can be any.
pub(super) struct Queries {
    pub open: String,
    pub protected: Option<String>,
}

/// Facts that are not among `filed`, in order, those without rows left out.
pub(super) async fn facts<'a>(
    client: &impl GenericClient,
    filed: impl Iterator<Item = &'a String>,
) -> Result<Vec<String>> {
    const UNFILED: &str = "
        select c.relname::text from pg_class as c
        where c.relnamespace = 'core'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            and starts_with(c.relname, 'fact_') and c.relname <> all($1::text[])
        order by 1";
    let filed: Vec<&str> = filed.map(String::as_str).collect();
    let mut facts = Vec::new();
    for row in client.query(UNFILED, &[&filed]).await.map_err(|error| fault(&error))? {
        let fact: String = row.get(0);
        let any = format!("select exists (select from asof.{})", quoted(&fact));
        if client.query_one(&any, &[]).await.map_err(|error| fault(&error))?.get(0) {
            facts.push(fact);
        }
    }
    Ok(facts)
}

impl Queries {
    pub(super) async fn of(client: &impl GenericClient, fact: &str) -> Result<Self> {
        let columns = columns(client, fact).await?;
        let (mut selected, mut joins, mut protected) = (Vec::new(), String::new(), Vec::new());
        for (n, column) in columns.iter().enumerate() {
            let stored = format!("t.{}", quoted(&column.name));
            selected.push(stored.clone());
            let Some(dimension) = &column.dimension else { continue };
            let natural = column.name.trim_end_matches("_key");
            let (table, key) = (in_core(dimension), quoted(&column.name));
            let _ = write!(joins, " left join {table} as d{n} on d{n}.{key} = {stored}");
            if column.has_code {
                selected.push(format!("d{n}.code as {}", quoted(natural)));
            }
            let named = |name: &String| format!("d{n}.{} as {}", quoted(name), quoted(&format!("{natural}_{name}")));
            selected.extend(column.attributes.iter().filter(|_| !column.has_code).map(named));
            protected.extend(column.protects.then(|| format!("coalesce(d{n}.protected, false)")));
        }
        let order: Vec<String> = (1..=selected.len()).map(|place| place.to_string()).collect();
        let query = |condition: &str| {
            let (selected, fact, order) = (selected.join(", "), quoted(fact), order.join(", "));
            format!("select {selected} from asof.{fact} as t{joins} where {condition} order by {order}")
        };
        let held = protected.join(" or ");
        Ok(if protected.is_empty() {
            Self { open: query("true"), protected: None }
        } else {
            Self { open: query(&format!("not ({held})")), protected: Some(query(&held)) }
        })
    }
}

async fn columns(client: &impl GenericClient, fact: &str) -> Result<Vec<Column>> {
    let query = format!(
        "select a.attname::text, d.relname::text,
             coalesce(bool_or(m.attname = 'code'), false), coalesce(bool_or(m.attname = 'protected'), false),
             coalesce(array_agg(m.attname::text order by m.attnum) filter (where m.attnum > 1 and m.attname <> all({LEFT_OUT}::name[])), '{{}}')
         from pg_attribute as a
         left join pg_class as d on d.relnamespace = 'core'::regnamespace and d.relkind = 'r'
             and d.relname = 'dim_' || left(a.attname, -4) and a.attname like '%\\_key'
         left join pg_attribute as m on m.attrelid = d.oid and m.attnum > 0 and not m.attisdropped
         where a.attrelid = format('core.%I', $1::text)::regclass and a.attnum > 0 and not a.attisdropped
             and a.attname not like '%\\_id' and a.attname <> all('{{known_from,known_to,row_hash}}'::name[])
         group by a.attnum, a.attname, d.relname
         order by a.attnum"
    );
    let rows = client.query(&query, &[&fact]).await.map_err(|error| fault(&error))?;
    let column = |row: &tokio_postgres::Row| Column {
        name: row.get(0),
        dimension: row.get(1),
        has_code: row.get(2),
        protects: row.get(3),
        attributes: row.get(4),
    };
    Ok(rows.iter().map(column).collect())
}
