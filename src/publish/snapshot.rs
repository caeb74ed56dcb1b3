//! One snapshot of both sets, read at one instant of the database and written whole before it is named.

use std::{fs, path::Path};

use tokio_postgres::GenericClient;

use super::{
    core_set,
    file::{Writer, described},
    manifest::{Completeness, FileEntry, Load, Manifest, Table},
    place::{Place, Set, UNFINISHED, failed, make_dir, write_text},
    reader,
    sql::{core_tables, ordered_select},
};
use crate::{
    disk,
    error::{Error, Result, codes::publish as codes},
    warehouse::fault,
};

/// Dimensions of individuals, of names as they were sent, and of loads stay out of the set for BI tools.
const CORE_ONLY: [&str; 4] = ["dim_child", "dim_employee", "dim_load", "dim_provider"];

/// What both manifests say alike.
pub(super) struct Heading {
    pub snapshot: String,
    pub known_at: String,
    loads: Vec<Load>,
    rule_versions: Vec<String>,
    completeness: Vec<Completeness>,
}

impl Heading {
    /// Reads it at the transaction's instant.
    pub(super) async fn read(client: &impl GenericClient, snapshot: String, known_at: String) -> Result<Self> {
        Ok(Self {
            snapshot,
            known_at,
            loads: loads(client).await?,
            rule_versions: rule_versions(client).await?,
            completeness: completeness(client).await?,
        })
    }
}

/// Writes one set under its final name.
pub(super) async fn write(
    client: &impl GenericClient,
    place: &Place,
    set: Set,
    marts: &[String],
    heading: &Heading,
) -> Result<()> {
    place.prepare(set)?;
    let unfinished = format!("{UNFINISHED}{}", heading.snapshot);
    let (dir, named) = (place.snapshot(set, &unfinished), place.snapshot(set, &heading.snapshot));
    // A snapshot of this instant that no publication names was left by a killed run.
    for left in [&unfinished, &heading.snapshot] {
        if place.snapshot(set, left).exists() {
            place.remove(set, left)?;
        }
    }
    make_dir(&dir, set)?;
    let tables = match set {
        Set::Mart => mart_tables(client, &dir, marts).await?,
        Set::Core => core_set_tables(client, place, &dir).await?,
    };
    let manifest = manifest(set, heading, tables);
    write_text(&dir.join("datapackage.json"), set, &pretty(&manifest.datapackage())?)?;
    write_text(&dir.join("manifest.json"), set, &pretty(&manifest)?)?;
    let name = || {
        for entry in fs::read_dir(&dir)? {
            let path = entry?.path();
            if path.is_dir() {
                disk::flush_directory(&path)?;
            }
        }
        disk::flush_directory(&dir)?;
        fs::rename(&dir, &named)?;
        disk::flush_directory(&place.set(set))
    };
    name().map_err(|error| failed(&named, &error))
}

async fn mart_tables(client: &impl GenericClient, dir: &Path, marts: &[String]) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    for mart in marts {
        tables.push(table(client, dir, Set::Mart, "mart_store", mart).await?);
    }
    for dimension in core_tables(client, "dim_").await? {
        if !CORE_ONLY.contains(&dimension.as_str()) {
            tables.push(table(client, dir, Set::Mart, "core", &dimension).await?);
        }
    }
    Ok(tables)
}

async fn core_set_tables(client: &impl GenericClient, place: &Place, dir: &Path) -> Result<Vec<Table>> {
    let mut tables = core_set::facts(client, place, dir).await?;
    for prefix in ["dim_", "bridge_"] {
        for relation in core_tables(client, prefix).await? {
            tables.push(table(client, dir, Set::Core, "core", &relation).await?);
        }
    }
    Ok(tables)
}

/// One relation as one file, in natural order.
async fn table(client: &impl GenericClient, dir: &Path, set: Set, schema: &str, name: &str) -> Result<Table> {
    let folder = dir.join(name);
    make_dir(&folder, set)?;
    let file = format!("{name}.parquet");
    let query = ordered_select(client, schema, name).await?;
    let mut writer = None;
    let mut columns = Vec::new();
    reader::read(client, &query, |schema, batch| {
        if let (Some(batch), Some(writer)) = (batch, &mut writer) {
            return Writer::write(writer, &batch);
        }
        columns = described(schema);
        writer = Some(Writer::create(&folder.join(&file), set, schema)?);
        Ok(())
    })
    .await?;
    let written = writer.ok_or_else(|| Error::new(&codes::WRITE_FAILED).detail(name))?.finish()?;
    let entry =
        FileEntry { path: format!("{name}/{file}"), rows: written.rows, bytes: written.bytes, sha256: written.sha256 };
    Ok(Table::new(name, columns, vec![entry]))
}

fn manifest(set: Set, heading: &Heading, mut tables: Vec<Table>) -> Manifest {
    tables.sort_by(|a, b| a.name.cmp(&b.name));
    Manifest {
        snapshot: heading.snapshot.clone(),
        set: set.name().to_owned(),
        audience: set.audience().to_owned(),
        known_at: heading.known_at.clone(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        rule_versions: heading.rule_versions.clone(),
        tables,
        loads: heading.loads.clone(),
        completeness: heading.completeness.clone(),
    }
}

fn pretty(document: &impl serde::Serialize) -> Result<String> {
    let text =
        serde_json::to_string_pretty(document).map_err(|_| Error::new(&codes::WRITE_FAILED).detail("manifest"))?;
    Ok(text + "\n")
}

async fn loads(client: &impl GenericClient) -> Result<Vec<Load>> {
    const LOADS: &str = "
        select l.load_id, l.deliverer, l.dataset, l.period, l.content_hash
        from asof.delivery as d
        join core.dim_load as l on l.load_id = d.delivery_id
        order by l.dataset, l.period, l.deliverer";
    let rows = client.query(LOADS, &[]).await.map_err(|error| fault(&error))?;
    let load = |row: &tokio_postgres::Row| Load {
        load_id: row.get(0),
        deliverer: row.get(1),
        dataset: row.get(2),
        period: row.get(3),
        content_hash: row.get(4),
    };
    Ok(rows.iter().map(load).collect())
}

async fn rule_versions(client: &impl GenericClient) -> Result<Vec<String>> {
    const VERSIONS: &str = "
        select distinct l.rule_version
        from asof.delivery as d
        join core.dim_load as l on l.load_id = d.delivery_id
        order by 1";
    let rows = client.query(VERSIONS, &[]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

async fn completeness(client: &impl GenericClient) -> Result<Vec<Completeness>> {
    const COMPLETENESS: &str = "
        select
            c.dataset,
            c.period,
            count(*) filter (where c.expected),
            count(*) filter (where c.loaded),
            coalesce(array_agg(c.deliverer order by c.deliverer) filter (where c.expected and not c.loaded), '{}')
        from asof.coverage as c
        group by c.dataset, c.period
        order by c.dataset, c.period";
    let rows = client.query(COMPLETENESS, &[]).await.map_err(|error| fault(&error))?;
    let one = |row: &tokio_postgres::Row| Completeness {
        dataset: row.get(0),
        period: row.get(1),
        expected: row.get(2),
        loaded: row.get(3),
        missing: row.get(4),
    };
    Ok(rows.iter().map(one).collect())
}
