//! Members into the database: what differs is written, nothing else, and keys stay with their codes.

use std::collections::HashMap;

use tokio_postgres::{Transaction, types::ToSql};

use super::{districts::Succession, members::Members};
use crate::{error::Result, warehouse::fault};

/// Members that every dimension has: key, code, label.
const COMMON: [(i32, &str, &str); 4] = [
    (0, "_unknown", "okänd"),
    (-1, "_not_applicable", "ej tillämpligt"),
    (-2, "_not_delivered", "ej levererad"),
    (-3, "_suppressed", "dold av avsändaren"),
];

/// Column types of the dimensions that have members: key, code, label and `inferred`.
pub(super) struct Dimensions(HashMap<String, HashMap<String, String>>);

impl Dimensions {
    pub(super) async fn read(transaction: &Transaction<'_>) -> Result<Self> {
        let query = "select c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod)
            from pg_class as c
            join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            where c.relnamespace = 'core'::regnamespace and c.relkind = 'r' and c.relname like 'dim\\_%'";
        let mut tables: HashMap<String, HashMap<String, String>> = HashMap::new();
        for row in transaction.query(query, &[]).await.map_err(|error| fault(&error))? {
            tables.entry(row.get(0)).or_default().insert(row.get(1), row.get(2));
        }
        tables.retain(|_, columns| ["code", "label", "inferred"].iter().all(|column| columns.contains_key(*column)));
        Ok(Self(tables))
    }

    pub(super) async fn add_common_members(&self, transaction: &Transaction<'_>) -> Result<()> {
        let (keys, codes, labels) = common();
        let mut tables: Vec<&String> = self.0.keys().collect();
        tables.sort();
        for table in tables {
            let key = format!("{}_key", table.trim_start_matches("dim_"));
            let insert = format!(
                "insert into core.\"{table}\" (\"{key}\", code, label)
                 select v.key, v.code, v.label from unnest($1::integer[], $2::text[], $3::text[]) as v (key, code, label)
                 where not exists (select from core.\"{table}\" as t where t.code = v.code)"
            );
            transaction.execute(&insert, &[&keys, &codes, &labels]).await.map_err(|error| fault(&error))?;
        }
        Ok(())
    }

    /// Changes members that differ, then adds those that are missing. A dimension that this database lacks is passed over: its pipeline is
    /// refused elsewhere.
    pub(super) async fn upsert(&self, transaction: &Transaction<'_>, members: &Members<'_>) -> Result<()> {
        let Some(types) = self.0.get(&members.table) else { return Ok(()) };
        let Members { table, columns, .. } = members;
        let arrays: Vec<Vec<Option<&str>>> =
            (0..columns.len()).map(|column| members.rows.iter().map(|row| row[column].as_deref()).collect()).collect();
        let values: Vec<&(dyn ToSql + Sync)> = arrays.iter().map(|array| array as &(dyn ToSql + Sync)).collect();
        let source = source(columns, types);
        let attributes = &columns[1..];
        let update = format!(
            "update core.\"{table}\" as t set {}, inferred = false from {source} as v
             where t.code = v.code and (t.inferred or ({}) is distinct from ({}))",
            joined(attributes, |column| format!("{column} = v.{column}")),
            joined(attributes, |column| format!("t.{column}")),
            joined(attributes, |column| format!("v.{column}")),
        );
        let insert = format!(
            "insert into core.\"{table}\" ({}) select {} from {source} as v
             where not exists (select from core.\"{table}\" as t where t.code = v.code)",
            columns.join(", "),
            joined(columns, |column| format!("v.{column}")),
        );
        for statement in [update, insert] {
            transaction.execute(&statement, &values).await.map_err(|error| fault(&error))?;
        }
        Ok(())
    }
}

fn common() -> (Vec<i32>, Vec<&'static str>, Vec<&'static str>) {
    let keys = COMMON.iter().map(|member| member.0).collect();
    let codes = COMMON.iter().map(|member| member.1).collect();
    let labels = COMMON.iter().map(|member| member.2).collect();
    (keys, codes, labels)
}

/// The members as a table of the dimension's own types; of a code that a list has twice the first counts.
fn source(columns: &[&str], types: &HashMap<String, String>) -> String {
    let parameters: Vec<String> = (1..=columns.len()).map(|n| format!("${n}::text[]")).collect();
    let cast = joined(columns, |column| {
        format!("u.{column}::{} as {column}", types.get(column).map_or("text", String::as_str))
    });
    format!(
        "(select distinct on (u.code) {cast} from unnest({}) with ordinality as u ({}, position) order by u.code, u.position)",
        parameters.join(", "),
        columns.join(", "),
    )
}

fn joined(columns: &[&str], each: impl Fn(&str) -> String) -> String {
    columns.iter().map(|column| each(column)).collect::<Vec<_>>().join(", ")
}

/// The bridge of districts, as it should be: rows that no longer hold go, others come or change.
pub(super) async fn succession(transaction: &Transaction<'_>, successions: &[Succession]) -> Result<()> {
    let from: Vec<&str> = successions.iter().map(|row| row.from.as_str()).collect();
    let generation: Vec<String> = successions.iter().map(|row| row.generation.to_string()).collect();
    let to: Vec<&str> = successions.iter().map(|row| row.to.as_str()).collect();
    let weight: Vec<String> = successions.iter().map(|row| format!("{:.6}", row.weight)).collect();
    let wanted = "wanted as (
        select f.district_key, u.generation::smallint as org_generation, t.district_key as to_district_key, u.weight::numeric(9, 6) as weight
        from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u (from_code, generation, to_code, weight)
        join core.dim_district as f on f.code = u.from_code
        join core.dim_district as t on t.code = u.to_code
    )";
    let same = "b.district_key = w.district_key and b.org_generation = w.org_generation and b.to_district_key = w.to_district_key";
    let statements = [
        format!(
            "with {wanted} delete from core.bridge_district_succession as b
             where not exists (select from wanted as w where {same} and b.weight = w.weight)"
        ),
        format!(
            "with {wanted} insert into core.bridge_district_succession (district_key, org_generation, to_district_key, weight)
             select w.district_key, w.org_generation, w.to_district_key, w.weight from wanted as w
             where not exists (select from core.bridge_district_succession as b where {same})"
        ),
    ];
    for statement in statements {
        transaction.execute(&statement, &[&from, &generation, &to, &weight]).await.map_err(|error| fault(&error))?;
    }
    Ok(())
}
